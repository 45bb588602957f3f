"""What a person looks for, read from the text of a search field. Pure.

Each word, `#tag` or facet (`camera:nikon`) must be there; `-word` or `NOT word` must not; of those with OR or | between
them one is enough; words in quotes stand one after the other, whole, as do those of a file name with an operator beside
it (`-leaf-on-snow`, `IMG_7 OR sea`); `taken:2024-05..2025` is a range of days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex
from markupsafe import Markup, escape

from picturerail.gallery.search.facets import FACETS, facet_token
from picturerail.gallery.search.folding import folded
from picturerail.gallery.search.periods import periods_of
from picturerail.gallery.search.tags import tag_token
from picturerail.gallery.search.words import (
    HASHTAG,
    MAX_PREFIX,
    UNSPACED_RUN,
    WORD,
    forms_of,
    pairs_of,
    plain_text,
    whole_word,
)

MAX_QUERY = 1000  # characters; what is behind them is not looked for
MAX_TERMS = 24
EITHER, BOTH, NEITHER = ("OR", "|"), "AND", "NOT"

_FACET = rf"(?<![\p{{L}}\p{{N}}])(?:{'|'.join(FACETS)}):[^\s,]+"
_MINUS = r"(?<![^\s])-(?=[^\s-])"  # in front of what is to be left out
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」"}
_PHRASE = "|".join(rf"{begin}[^{end}]+{end}(?!\S)" for begin, end in _QUOTES.items())
_WORDS = rf"(?:{WORD.pattern})(?:[-_.](?:{WORD.pattern}))*+"  # as file names have them
_PART = regex.compile(
    rf"(?<!\S)(?-i:OR|AND|NOT|\|)(?!\S)|(?:{_MINUS})?+(?:(?<![^\s-])(?:{_PHRASE})|{_FACET}|{HASHTAG}|{_WORDS})",
    regex.V1 | regex.IGNORECASE,
)
_FILE_NAME = regex.compile(rf"(?:{WORD.pattern})[-_.]{_WORDS}", regex.V1)


@dataclass(frozen=True)
class Term:
    """One thing that is looked for, or left out, as the person wrote it, and the tokens of a picture that has it.

    With `either`, a picture has one of these. `phrase` is a regular expression that one of its texts must fit, too.
    """

    word: str
    shown: str
    tokens: tuple[str, ...] = ()
    left_out: bool = False
    either: tuple["Term", ...] = ()
    phrase: str = ""

    @property
    def is_tag(self) -> bool:
        """Whether only a whole tag, or facet, will do."""
        return self.word.startswith(("#", "@"))

    @property
    def label(self) -> str:
        """As it is read: a facet with its value in plain words."""
        if self.word.startswith("|"):
            return " or ".join(each.label for each in self.either)
        return self.shown.replace(":", ": ", 1).replace("_", " ") if self.word.startswith("@") else self.shown

    @property
    def is_unspaced(self) -> bool:
        """Whether it is found in the middle of a run, too."""
        return UNSPACED_RUN.match(self.word) is not None

    @property
    def is_plain(self) -> bool:
        """Whether a picture that has all of its tokens has it."""
        return not (self.either or self.phrase)

    @property
    def words(self) -> tuple["Term", ...]:
        """The words that are looked for in it."""
        if self.left_out:
            return ()
        if self.either:
            return tuple(word for each in self.either for word in each.words)
        if self.phrase:
            return tuple(_word(word) for word in WORD.findall(self.word))
        return (self,)


def terms_of(query: str) -> tuple[Term, ...]:
    """What a person looks for, the first MAX_TERMS of it."""
    terms: dict[tuple[str, bool], Term] = {}
    for term in _joined(list(_apart(_PART.findall(plain_text(query[:MAX_QUERY]))))):
        terms.setdefault((term.word, term.left_out), term)
    return tuple(list(terms.values())[:MAX_TERMS])


def marked(text: str, terms: Sequence[Term]) -> Markup:
    """A text as HTML, what is looked for in <mark>: words, and phrases as they stand."""
    pieces, end = list[str](), 0
    for start, stop in sorted(_sought(text, terms)):
        if start >= end:
            pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            end = stop
    return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704 - all that is no tag of ours is escaped


def _sought(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where in a text something stands that is looked for."""
    # no text has a tag or a facet, nor the hundreds of days of a range
    sought = [term for term in terms if not (term.left_out or term.is_tag)]
    each = [one for term in sought for one in term.either or (term,)]
    for one in each:
        if one.phrase:
            yield from (found.span() for found in regex.finditer(one.phrase, text, regex.IGNORECASE))
    words = [one for one in each if not (one.phrase or one.is_tag)]
    if not words:
        return
    parts = [one.word for one in words if one.is_unspaced]
    beginnings = tuple(one.word for one in words if not one.is_unspaced)
    for found in WORD.finditer(text):
        yield from (
            (found.start() + start, found.start() + stop)
            for start, stop in _spans(found[0], beginnings, parts)
        )


def _apart(parts: Sequence[str]) -> Iterator[str]:
    """These parts, words with a hyphen between them one by one, unless an operator beside them means them all."""
    for at, part in enumerate(parts):
        beside = (*parts[max(at - 1, 0) : at], *parts[at + 1 : at + 2])
        if _FILE_NAME.fullmatch(part) and not any(each in (*EITHER, NEITHER) for each in beside):
            yield from WORD.findall(part)
        else:
            yield part


def _joined(parts: Sequence[str]) -> Iterator[Term]:
    """The terms of these parts; an operator that joins nothing is a word, when it is one."""
    terms: list[Term] = []
    for at, part in enumerate(parts):
        before, after = parts[at - 1] if at else "", parts[at + 1] if at + 1 < len(parts) else ""
        if _joins(part, before, after):
            continue
        if part == "|":
            continue
        term = _term(part)
        if before == NEITHER and _joins(before, parts[at - 2] if at > 1 else "", part):
            term = replace(term, shown=f"-{part.removeprefix('-')}", left_out=True)
        is_other = at > 1 and before in EITHER and _joins(before, parts[at - 2], part)
        if is_other and terms and not (terms[-1].left_out or term.left_out):
            term = _either(terms.pop(), term)
        terms.append(term)
    yield from terms


def _joins(part: str, before: str, after: str) -> bool:
    """Whether a part is an operator with something on its sides."""
    operators = (*EITHER, BOTH, NEITHER)
    if not after or after in operators:
        return False
    return part == NEITHER or (part in (*EITHER, BOTH) and bool(before) and before not in operators)


def _either(one: Term, other: Term) -> Term:
    """One of all, side by side: the database allows no deep query. The first MAX_TERMS of them count."""
    choices = (*(one.either if one.word.startswith("|") else (one,)), other)[:MAX_TERMS]
    word = "".join(f"|{each.word}" for each in choices)
    return Term(word, " OR ".join(each.shown for each in choices), either=choices)


def _term(part: str) -> Term:
    if part[0] == "-":
        return replace(_term(part[1:]), shown=part, left_out=True)
    if part[0] in _QUOTES and len(part) > 1:
        return _phrase(part)
    if part[0] in "#＃":
        return Term(tag_token(part), part, (tag_token(part),))
    name, _, value = part.partition(":")
    if value and name.lower() in FACETS:
        return _facet(part, name.lower(), value)
    return _phrase(f'"{part}"') if _FILE_NAME.fullmatch(part) else _word(part)


def _facet(part: str, name: str, value: str) -> Term:
    token = facet_token(name, value)
    periods = periods_of(value) if name == "taken" else ()
    tokens = [f"{facet_token(name, '')}{each}" for each in periods]  # digits are folded as they are
    return Term(token, part, (token,), either=tuple(Term(one, one, (one,)) for one in tokens))


def _word(part: str) -> Term:
    word = whole_word(part)
    if UNSPACED_RUN.fullmatch(part):
        return Term(word, part, tuple(dict.fromkeys(pairs_of(word))) or (word,))
    return Term(word, part, (word[:MAX_PREFIX],))


def _phrase(part: str) -> Term:
    """Words that stand one after the other: the whole ones lead, the text itself decides."""
    written = WORD.findall(part[1:-1])
    if not written:
        return _word(part)
    tokens: dict[str, None] = {}
    for word in written:
        unspaced = UNSPACED_RUN.fullmatch(word) is not None
        tokens.update(dict.fromkeys(_word(word).tokens if unspaced else (f"={whole_word(word)}",)))
    between = r"[^\p{L}\p{N}]+"
    text = between.join(regex.escape(word) for word in written)
    begin = "" if UNSPACED_RUN.fullmatch(written[0]) else r"(?<![\p{L}\p{N}])"
    end = "" if UNSPACED_RUN.fullmatch(written[-1]) else r"(?![\p{L}\p{N}])"
    return Term(" ".join(written), part, tuple(tokens), phrase=f"{begin}{text}{end}")


def _spans(word: str, beginnings: tuple[str, ...], parts: Sequence[str]) -> list[tuple[int, int]]:
    """Which parts of a word are looked for: the whole of it where it begins so, or some letters of a run."""
    begins = any(form.startswith(beginnings) for form in forms_of(word))
    if not begins and not any(part in folded(word) for part in parts):
        return []
    run = whole_word(word)
    if UNSPACED_RUN.fullmatch(word) is None or len(run) != len(word):
        return [(0, len(word))]
    here = [part for part in parts if part in folded(word)]
    here += [each for each in beginnings if any(form.startswith(each) for form in forms_of(word))]
    found = sorted((run.find(each), len(each)) for each in here)
    spans: list[tuple[int, int]] = []
    for start, length in found:
        if not spans or start >= spans[-1][1]:
            spans.append((start, start + length))
    return spans
