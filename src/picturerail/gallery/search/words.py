"""Text as the words by which it is found: without accents, capitals and punctuation. Pure.

A tag is one more word that begins with #, so that one index serves both. Chinese, Japanese and Korean are written
without spaces: there each character is a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup, escape

from picturerail.errors import BadRequest

MAX_WORDS = 300  # of one picture; what a long description says behind these is not found
MAX_WORD_LENGTH = 40  # characters
MAX_TAGS = 30
MAX_TAG_LENGTH = 40  # characters
MAX_QUERY_LENGTH = 200  # characters
MAX_TERMS = 10

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(f"[{_EAST_ASIAN}]|[^\\W_{_EAST_ASIAN}]+")
_QUERY = re.compile(rf"(?<!\w)#[^\s,]+|{_WORD.pattern}")


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: a tag, or the beginning of a word. `shown` is how the person wrote it."""

    word: str
    shown: str

    @property
    def is_tag(self) -> bool:
        """Whether only a whole tag will do."""
        return self.word.startswith("#")

    def begins(self, word: str) -> bool:
        """Whether a word of a text is one of those that are looked for."""
        return not self.is_tag and word.startswith(self.word)


def words_of(description: str, filename: str, tags: Sequence[str]) -> list[str]:
    """All words by which a picture is found, each once, in order."""
    texts = (description, PurePosixPath(filename).stem, *tags)
    every = [*map(tag_word, tags), *(word for text in texts for word in _split(text))]
    return sorted(dict.fromkeys(every[:MAX_WORDS]))


def terms_of(query: str) -> tuple[Term, ...]:
    """What a person looks for; BadRequest when it is too much."""
    if len(query) > MAX_QUERY_LENGTH:
        raise BadRequest(f"A search may have at most {MAX_QUERY_LENGTH} characters.")
    terms: dict[str, Term] = {}
    for part in _QUERY.findall(unicodedata.normalize("NFC", query)):
        for word in [tag_word(part)] if part.startswith("#") else _split(part):
            terms.setdefault(word, Term(word, part))
    if len(terms) > MAX_TERMS:
        raise BadRequest(f"Search for at most {MAX_TERMS} words at once.")
    return tuple(terms.values())


def tag_word(tag: str) -> str:
    """The word by which a tag is found."""
    return f"#{_plain(tag.lstrip('#')).replace(' ', '_')}"


def as_search(tag: str) -> str:
    """What finds the pictures with this tag: a tag of several words is written with low lines between them."""
    return f"#{tag.replace(' ', '_')}"


def clean_tags(given: Iterable[str]) -> list[str]:
    """Tags as they are kept: in one spelling, each once; BadRequest for too many or too long ones."""
    tags: dict[str, str] = {}
    for text in given:
        tag = " ".join(_printable(unicodedata.normalize("NFC", text)).replace(",", " ").split()).lstrip("# ")
        if len(tag) > MAX_TAG_LENGTH:
            raise BadRequest(
                f"A tag may have at most {MAX_TAG_LENGTH} characters; '{tag[:20]}…' has {len(tag)}."
            )
        if tag:
            tags.setdefault(tag_word(tag), tag)
    if len(tags) > MAX_TAGS:
        raise BadRequest(f"A picture may have at most {MAX_TAGS} tags; these are {len(tags)}.")
    return list(tags.values())


def marked(text: str, terms: Sequence[Term]) -> Markup:
    """A text as HTML, the words that are looked for in <mark>."""
    pieces, end = [], 0
    for found in _WORD.finditer(text):
        if any(term.begins(word) for word in _split(found[0]) for term in terms):
            pieces += [escape(text[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
            end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _split(text: str) -> list[str]:
    return [_plain(word)[:MAX_WORD_LENGTH] for word in _WORD.findall(unicodedata.normalize("NFKC", text))]


def _plain(text: str) -> str:
    """Without accents and capitals. Of the East Asian ones, no sign is taken off: there it makes another letter."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter) or _is_kana_sign(letter))
    return unicodedata.normalize("NFKC", kept)


def _is_kana_sign(letter: str) -> bool:
    return letter in "\u3099\u309a"


def _printable(text: str) -> str:
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text
    )
