"""Text as the words by which it is found, in any script. Pure.

`tokens_of` is what is kept with a picture; `terms_of` what a person looks for, each with the tokens that a picture
must have. A token is the beginning of a word, a whole word (`=word`), or a whole tag (`#tag`), so that one look into
an index answers whatever somebody types, however many words begin so. Where words are written without spaces between
them (Chinese, Japanese, Thai, Khmer...), or grow endings (Korean), tokens are letters and pairs of letters: a run of
them is found wherever it stands.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex
from markupsafe import Markup, escape

from picturerail.gallery.search.facets import FACETS, facet_token
from picturerail.gallery.search.folding import folded, spelled, visible
from picturerail.gallery.search.tags import tag_token

MAX_TOKENS = 1500  # of one picture; what a very long description says behind these is not found
MAX_PREFIX = 16  # characters of a word that are told apart, but for whole words
MAX_WORD = 64  # characters
MAX_QUERY = 1000  # characters; what is behind them is not looked for
MAX_TERMS = 24

_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
    "\u30fc\uff70々〆〇"
)
_APOSTROPHES = "'’ʼ＇‘ʻʾʿ׳"
_LETTER = rf"[\p{{L}}\p{{M}}\p{{N}}--[{_UNSPACED}{_APOSTROPHES}]]"
_RUN = rf"[{_UNSPACED}](?:[{_UNSPACED}]|\p{{M}})*"
_EMOJI = (
    r"\p{Regional_Indicator}{2}|(?!\p{N})\p{Extended_Pictographic}[\ufe0f\U0001f3fb-\U0001f3ff]?"
    r"(?:\u200d\p{Extended_Pictographic}[\ufe0f\U0001f3fb-\U0001f3ff]?)*"
)
_WORD = regex.compile(rf"{_RUN}|{_LETTER}+(?:[{_APOSTROPHES}]{_LETTER}+)*|{_EMOJI}", regex.V1)
_UNSPACED_RUN = regex.compile(_RUN, regex.V1)
_FACET = rf"(?<![\p{{L}}\p{{N}}])(?:{'|'.join(FACETS)}):[^\s,]+"
_HASHTAG = r"(?<![\p{L}\p{N}])[#＃][^\s,]+"
_MINUS = r"(?<![^\s])-(?=[^\s-])"  # in front of what is to be left out
_QUERY = regex.compile(rf"(?:{_MINUS})?+(?:{_FACET}|{_HASHTAG}|{_WORD.pattern})", regex.V1 | regex.IGNORECASE)
_HASHTAGS = regex.compile(_HASHTAG, regex.V1)
_PARTS = regex.compile(rf"\p{{N}}+|[^\p{{N}}{_APOSTROPHES}]+")
_APOSTROPHE = regex.compile(rf"[{_APOSTROPHES}]")


@dataclass(frozen=True)
class Term:
    """One thing that is looked for, or left out, as the person wrote it, and the tokens of a picture that has it."""

    word: str
    shown: str
    tokens: tuple[str, ...]
    left_out: bool = False

    @property
    def is_tag(self) -> bool:
        """Whether only a whole tag, or facet, will do."""
        return self.word.startswith(("#", "@"))

    @property
    def label(self) -> str:
        """As it is read: a facet with its value in plain words."""
        return self.shown.replace(":", ": ", 1).replace("_", " ") if self.word.startswith("@") else self.shown

    @property
    def is_unspaced(self) -> bool:
        """Whether it is found in the middle of a run, too."""
        return _UNSPACED_RUN.match(self.word) is not None

    def is_in(self, word: str) -> bool:
        """Whether a word of a text is one of those that are looked for."""
        if self.is_tag or self.left_out:
            return False
        if self.is_unspaced:
            return self.word in folded(word)
        return any(form.startswith(self.word) for form in _forms(word))


def tokens_of(description: str, filename: str, tags: Sequence[str]) -> list[str]:
    """All tokens by which a picture is found, in order; should they be too many, those of tags and name first.

    A word behind a # counts as a tag, too, wherever it stands: so it is found as it is written there.
    """
    kept: dict[str, None] = dict.fromkeys(tag_token(tag) for tag in tags)
    for text in (*tags, filename, description):
        plain = _plain(text)
        kept.update(dict.fromkeys(tag_token(tag) for tag in _HASHTAGS.findall(plain)))
        for word in _WORD.findall(plain):
            kept.update(dict.fromkeys(_tokens(word)))
            if len(kept) > MAX_TOKENS:
                return sorted(list(kept)[:MAX_TOKENS])
    return sorted(kept)


def terms_of(query: str) -> tuple[Term, ...]:
    """What a person looks for, the first MAX_TERMS of it."""
    terms: dict[tuple[str, bool], Term] = {}
    for part in _QUERY.findall(_plain(query[:MAX_QUERY])):
        term = _term(part)
        terms.setdefault((term.word, term.left_out), term)
    return tuple(list(terms.values())[:MAX_TERMS])


def marked(text: str, terms: Sequence[Term]) -> Markup:
    """A text as HTML, the words that are looked for in <mark>."""
    pieces, end = [], 0
    for found in _WORD.finditer(text):
        for start, stop in _spans(found[0], terms):
            pieces += [escape(text[end : found.start() + start])]
            pieces += [Markup("<mark>{}</mark>").format(found[0][start:stop])]
            end = found.start() + stop
    return Markup("").join([*pieces, escape(text[end:])])


def _plain(text: str) -> str:
    """In one spelling of Unicode; what joins emoji stays, since they are taken apart later."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in normal if letter in "\u200d\ufe0f" or visible(letter))


def _term(part: str) -> Term:
    if part[0] == "-":
        return replace(_term(part[1:]), shown=part, left_out=True)
    if part[0] in "#＃":
        return Term(tag_token(part), part, (tag_token(part),))
    name, _, value = part.partition(":")
    if value and name.lower() in FACETS:
        token = facet_token(name.lower(), value)
        return Term(token, part, (token,))
    word = _whole(part)
    if _UNSPACED_RUN.fullmatch(part):
        return Term(word, part, tuple(dict.fromkeys(_pairs(word))) or (word,))
    if len(word) > MAX_PREFIX:
        return Term(word, part, (word[:MAX_PREFIX],))
    return Term(word, part, (word,))


def _tokens(word: str) -> Iterator[str]:
    if _UNSPACED_RUN.fullmatch(word):
        run = _whole(word)
        yield from run
        yield from _pairs(run)
        return
    for form in _forms(word):
        yield f"={form}"
        for length in range(1, min(len(form), MAX_PREFIX) + 1):
            yield form[:length]


def _forms(word: str) -> dict[str, None]:
    """How a word may be typed: whole, as another language spells it, and its parts: DSC00119 is dsc, 00119 and 119."""
    parts = [folded(part) for part in _PARTS.findall(word)]
    numbers = [part.lstrip("0") for part in parts if part.isdigit()]
    joined = _APOSTROPHE.sub("", word)
    every = [_whole(word), spelled(joined)[:MAX_WORD], *parts, *numbers]
    return dict.fromkeys(form for form in every if form)


def _whole(word: str) -> str:
    """A word as it is compared; an emoji whose parts all fold away stays as it is."""
    return folded(_APOSTROPHE.sub("", word))[:MAX_WORD] or word


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _spans(word: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Which parts of a word are looked for: the whole of it, or some letters of a run."""
    here = [term for term in terms if term.is_in(word)]
    if not here:
        return []
    run = _whole(word)
    if _UNSPACED_RUN.fullmatch(word) is None or len(run) != len(word):
        return [(0, len(word))]
    found = sorted((run.find(term.word), len(term.word)) for term in here)
    spans: list[tuple[int, int]] = []
    for start, length in found:
        if not spans or start >= spans[-1][1]:
            spans.append((start, start + length))
    return spans
