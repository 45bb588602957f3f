"""What XMP packets, and Takeout's JSON beside a picture, say; `picture_texts.py` reads what lies in the file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from picturerail.errors import BadRequest
from picturerail.gallery.pictures.capture import clean_taken_at
from picturerail.gallery.pictures.text import MAX_DESCRIPTION, PictureText, plain_lines
from picturerail.gallery.search.tags import MAX_TAG, MAX_TAGS, clean_tags
from picturerail.gallery.transfer.galleries.model import joined

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|#\d{1,6});")
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_TIMES = (
    "{http://ns.adobe.com/exif/1.0/}DateTimeOriginal",
    "{http://ns.adobe.com/photoshop/1.0/}DateCreated",
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
)
_RATING = ("{http://ns.adobe.com/xap/1.0/}Rating",)


@dataclass(frozen=True)
class Told:
    """A description, tags, when the picture was taken, and somebody's marks; empty where a file says nothing.

    `taken_at` counts before what the camera wrote into the picture, `taken_otherwise` where it wrote nothing.
    """

    description: str = ""
    tags: tuple[str, ...] = ()
    taken_at: str = ""
    taken_otherwise: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    is_trashed: bool = False

    def or_else(self, other: "Told") -> "Told":
        """What this does not say, from another."""
        return Told(
            self.description or other.description,
            self.tags or other.tags,
            self.taken_at or other.taken_at,
            self.taken_otherwise or other.taken_otherwise,
            {**other.marks, **self.marks},
        )

    def behind_camera(self) -> "Told":
        """The same, with a time that counts only where the camera wrote none."""
        return replace(self, taken_at="", taken_otherwise=self.taken_at or self.taken_otherwise)

    @property
    def text(self) -> PictureText:
        """As the gallery keeps it; what is too much is cut, since nobody is there to be asked."""
        description = plain_lines(self.description)[:MAX_DESCRIPTION].rstrip()
        return PictureText(description=description, tags=tuple(_fitting(self.tags)))


def sayable(text: str) -> str:
    """What XML can say of a text: an older program, or another one, may have written letters that it cannot."""
    return _NO_XML.sub("", text)


def in_xmp(text: str, filename: str = "") -> Told:
    """Title, description, subject, rating and the time of an XMP packet; nothing for what is none.

    A title that only repeats the picture's filename says nothing.
    """
    try:
        root: Element = ElementTree.fromstring(text[text.find("<") :].strip("\0 \r\n\t"))
    except (ParseError, DefusedXmlException, ValueError):
        return Told()
    title, description = (next(_items(root, name), "") for name in ("title", "description"))
    taken = next(filter(None, map(_time, _texts_of(root, _TIMES))), "")
    marks = next(filter(None, map(_rated, _texts_of(root, _RATING))), {})
    return Told(joined(title, description, filename), tuple(_items(root, "subject")), taken, marks=marks)


def in_takeout(text: str) -> Told:
    """What Takeout's JSON says of a picture."""
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        return Told()
    if not isinstance(about, dict):
        return Told()
    description = about.get("description")
    return Told(
        unescaped(description) if isinstance(description, str) else "",
        taken_at=_moment(about.get("photoTakenTime")),
        marks={"favourite": "yes"} if about.get("favorited") is True else {},
        is_trashed=about.get("trashed") is True,
    )


def unescaped(text: str) -> str:
    """Takeout's words: some of its versions write them as HTML does."""
    return _ESCAPED.sub(lambda found: unescape(found[0]), text)


def _texts_of(root: Element, names: tuple[str, ...]) -> Iterator[str]:
    """What properties hold, written as elements or as attributes; in the order of their names."""
    for name in names:
        for each in root.iter():
            if each.tag == name and each.text:
                yield each.text.strip()
            elif name in each.attrib:
                yield each.attrib[name].strip()


def _time(text: str) -> str:
    try:
        return clean_taken_at(text)
    except BadRequest:
        return ""


def _rated(text: str) -> Mapping[str, str]:
    """The marks that a rating stands for: one to five stars, or -1 for what was rejected."""
    if text in ("-1", "-1.0"):
        return {"choice": "reject"}
    return {"stars": text[0]} if re.fullmatch(r"[1-5](\.0*)?", text) else {}


def _moment(told: object) -> str:
    """Takeout's seconds since 1970, as a time in UTC; 0 is what it writes of a picture whose time it does not know."""
    seconds = told.get("timestamp") if isinstance(told, dict) else None
    try:
        moment = int(str(seconds))
        return _time(datetime.fromtimestamp(moment, UTC).isoformat()) if moment else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _items(root: Element, name: str) -> Iterator[str]:
    for found in root.iter(f"{_DC}{name}"):
        for item in found.iter(f"{_RDF}li"):
            if item.text and item.text.strip():
                yield item.text.strip()


def _fitting(tags: tuple[str, ...]) -> list[str]:
    kept: list[str] = []
    for tag in tags:
        try:
            kept += clean_tags([tag[:MAX_TAG]])
        except BadRequest:
            continue
    return clean_tags(list(dict.fromkeys(kept))[:MAX_TAGS])
