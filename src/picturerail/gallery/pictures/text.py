"""What people write about a picture: read from a form or from JSON, cleaned, kept, found by its words.

`PictureText` is the one list of these fields. A new text is a line there, an input in `templates/parts/text.html`, and
a property in the schema of the API.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from picturerail.errors import BadRequest
from picturerail.gallery.search.tags import clean_tags
from picturerail.gallery.search.words import tokens_of

MAX_DESCRIPTION = 2000  # characters
MAX_TAGS_GIVEN = 100  # before they are cleaned, and each is counted once

_BLANK = "\u2800\u3164\u115f\u1160\uffa0"  # letters that show nothing
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

TextChange: TypeAlias = dict[str, Any]  # some fields of a PictureText, cleaned: arguments of `replace`


def _lines(most: int) -> Any:  # noqa: ANN401 - as dataclasses' own `field`
    """A text of up to so many characters, on several lines."""
    return field(default="", metadata={"most": most})


def _for_all(default: Any) -> Any:  # noqa: ANN401
    """What is written once for all files of an upload."""
    return field(default=default, metadata={"for_all": True})


@dataclass(frozen=True, kw_only=True)
class PictureText:
    """All that is written about one picture: texts, and tags."""

    description: str = _lines(MAX_DESCRIPTION)
    tags: tuple[str, ...] = _for_all(())

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "PictureText":
        """What a document of the collection `gallery` holds; fields of a wrong type count as missing."""
        text = {name: document.get(name) for name in TEXT_NAMES}
        tags = text.pop("tags")
        kept = {name: value for name, value in text.items() if isinstance(value, str)}
        listed = tags if isinstance(tags, list) else []
        return cls(**kept, tags=tuple(tag for tag in listed if isinstance(tag, str)))

    @property
    def plain(self) -> dict[str, Any]:
        """As documents and JSON hold it."""
        return stored({name: getattr(self, name) for name in TEXT_NAMES})

    @property
    def written(self) -> dict[str, str]:
        """As forms hold it."""
        return {**self.plain, "tags": ", ".join(self.tags)}

    def tokens(self, filename: str) -> list[str]:
        """All tokens by which a picture with this text and file name is found."""
        texts = (value for name, value in self.plain.items() if name != "tags")
        return tokens_of("\n".join(texts), filename, self.tags)


TEXT_NAMES = tuple(each.name for each in fields(PictureText))
TEXT_LIMITS = {each.name: each.metadata["most"] for each in fields(PictureText) if "most" in each.metadata}


def stored(change: TextChange) -> dict[str, Any]:
    """Some fields as documents and JSON hold them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in change.items()}


def written_in(form: Mapping[str, str], suffix: str = "") -> dict[str, str]:
    """What a form holds for the group `suffix` of its files, as it was written: for the form that is shown again."""
    names = {
        each.name: each.name + ("" if "for_all" in each.metadata else suffix) for each in fields(PictureText)
    }
    return {name: form[there] for name, there in names.items() if there in form}


def of_form(form: Mapping[str, str], suffix: str = "") -> TextChange:
    """The fields that a form holds for the group `suffix` of its files, cleaned; BadRequest for what is too long."""
    written: dict[str, Any] = written_in(form, suffix)
    return of_json({name: value.split(",") if name == "tags" else value for name, value in written.items()})


def of_json(body: Mapping[str, Any]) -> TextChange:
    """The fields that a JSON object holds, cleaned; BadRequest for what is no text or too long."""
    change: TextChange = {}
    for each in fields(PictureText):
        if each.name in body:
            value = body[each.name]
            is_tags = each.name == "tags"
            change[each.name] = (
                _tags(value) if is_tags else clean_lines(each.name, value, each.metadata["most"])
            )
    return change


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadRequest("'tags' must be a list of texts.")
    if len(value) > MAX_TAGS_GIVEN:
        raise BadRequest(f"'tags' may have at most {MAX_TAGS_GIVEN} entries.")
    return tuple(clean_tags(value))


def clean_lines(name: str, value: object, most: int) -> str:
    """The text in NFC with plain line ends and without control characters; BadRequest when too long."""
    if not isinstance(value, str):
        raise BadRequest(f"'{name}' must be a text.")
    kept = plain_lines(value)
    if len(kept) > most:
        raise BadRequest(f"A {name} may have at most {most:,} characters; this has {len(kept):,}.")
    return kept


def plain_lines(text: str) -> str:
    """The same for a text of any length; "" for one of which nothing is seen."""
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    kept = "".join(
        c for c in lines if c in {"\n", "\t"} or unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()
    return kept if any(map(_is_seen, kept)) else ""


def plain_line(text: str) -> str:
    """The same in one line, as names have it."""
    return " ".join(plain_lines(text).split())


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cf", "Cc", "Zs") and letter not in _BLANK
