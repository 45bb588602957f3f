"""Tags: how they are kept, compared and looked for. Pure."""

import unicodedata
from collections.abc import Iterable

from picturerail.errors import BadRequest
from picturerail.gallery.search.folding import folded, visible

MAX_TAGS = 30
MAX_TAG = 40  # characters

# They join and part letters in Persian, in the scripts of India, and in emoji; elsewhere nobody sees them.
_JOINERS = "\u200c\u200d"
_EMOJI_STYLE = "\ufe0f"


def tag_token(tag: str) -> str:
    """What stands for a tag in the index: two that look alike are one."""
    return f"#{folded(tag.lstrip('#＃')).replace(' ', '_')}"


def as_search(tag: str) -> str:
    """What finds the pictures with this tag: a tag of several words is written with underscores between them."""
    return f"#{tag.replace(' ', '_')}"


def clean_tags(given: Iterable[str]) -> list[str]:
    """Tags as they are kept: in one spelling, each once; BadRequest for too many or too long ones."""
    tags: dict[str, str] = {}
    for text in given:
        tag = " ".join(_printable(unicodedata.normalize("NFC", text)).replace(",", " ").split()).lstrip(
            "#＃ "
        )
        if len(tag) > MAX_TAG:
            raise BadRequest(f"A tag may have at most {MAX_TAG} characters; '{tag[:20]}…' has {len(tag)}.")
        if tag_token(tag) != "#":
            tags.setdefault(tag_token(tag), tag)
    if len(tags) > MAX_TAGS:
        raise BadRequest(f"A picture may have at most {MAX_TAGS} tags; these are {len(tags)}.")
    return list(tags.values())


def _printable(text: str) -> str:
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
        return " "
    return letter if letter in _JOINERS + _EMOJI_STYLE else visible(letter)
