"""Text as the words by which it is found, in any script. Pure.

`tokens_of` is what is kept with a picture; `terms.py` reads what a search is for. A token is the beginning of a word,
a whole word (`=word`), or a whole tag (`#tag`), so that one look into an index answers whatever somebody types, however
many words begin so. Where words are written without spaces between them (Chinese, Japanese, Thai, Khmer...), or grow
endings (Korean), tokens are letters and pairs of letters: a run of them is found wherever it stands.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from picturerail.gallery.search.folding import folded, spelled, visible
from picturerail.gallery.search.tags import tag_token

MAX_TOKENS = 1500  # of one picture; what a very long description says behind these is not found
MAX_PREFIX = 16  # characters of a word that are told apart, but for whole words
MAX_WORD = 64  # characters
# words whose forms a process remembers: those of a page of results are looked at again and again
MAX_KNOWN = 4096

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
WORD = regex.compile(rf"{_RUN}|{_LETTER}+(?:[{_APOSTROPHES}]{_LETTER}+)*|{_EMOJI}", regex.V1)
UNSPACED_RUN = regex.compile(_RUN, regex.V1)
HASHTAG = r"(?<![\p{L}\p{N}])[#＃][^\s,]+"
_HASHTAGS = regex.compile(HASHTAG, regex.V1)
_PARTS = regex.compile(rf"\p{{N}}+|[^\p{{N}}{_APOSTROPHES}]+")
_APOSTROPHE = regex.compile(rf"[{_APOSTROPHES}]")


def tokens_of(description: str, filename: str, tags: Sequence[str]) -> list[str]:
    """All tokens by which a picture is found, in order; should they be too many, those of tags and name first.

    A word behind a # counts as a tag, too, wherever it stands: so it is found as it is written there.
    """
    kept: dict[str, None] = dict.fromkeys(tag_token(tag) for tag in tags)
    for text in (*tags, filename, description):
        plain = plain_text(text)
        kept.update(dict.fromkeys(tag_token(tag) for tag in _HASHTAGS.findall(plain)))
        for word in WORD.findall(plain):
            kept.update(dict.fromkeys(_tokens(word)))
            if len(kept) > MAX_TOKENS:
                return sorted(list(kept)[:MAX_TOKENS])
    return sorted(kept)


def plain_text(text: str) -> str:
    """In one spelling of Unicode; what joins emoji stays, since they are taken apart later."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in normal if letter in "\u200d\ufe0f" or visible(letter))


def _tokens(word: str) -> Iterator[str]:
    if UNSPACED_RUN.fullmatch(word):
        run = whole_word(word)
        yield from run
        yield from pairs_of(run)
        return
    for form in forms_of(word):
        yield f"={form}"
        for length in range(1, min(len(form), MAX_PREFIX) + 1):
            yield form[:length]


def forms_of(word: str) -> tuple[str, ...]:
    """How a word may be typed: whole, as another language spells it, and its parts: DSC00119 is dsc, 00119 and 119."""
    return _known_forms(word) if len(word) <= MAX_WORD else _forms(word)


def _forms(word: str) -> tuple[str, ...]:
    parts = [folded(part) for part in _PARTS.findall(word)]
    numbers = [part.lstrip("0") for part in parts if part.isdigit()]
    joined = _APOSTROPHE.sub("", word)
    every = [whole_word(word), spelled(joined)[:MAX_WORD], *parts, *numbers]
    return tuple(dict.fromkeys(form for form in every if form))


_known_forms = lru_cache(MAX_KNOWN)(_forms)


def whole_word(word: str) -> str:
    """A word as it is compared; an emoji whose parts all fold away stays as it is."""
    return folded(_APOSTROPHE.sub("", word))[:MAX_WORD] or word


def pairs_of(run: str) -> list[str]:
    """The pairs of letters in a run without spaces."""
    return [run[at : at + 2] for at in range(len(run) - 1)]
