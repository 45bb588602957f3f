"""One picture: the frozen record that the pages see, parsed from whatever document MongoDB holds.

Documents of the tutorial's users, `{filename, description}` and `{url, description}`, are pictures too:
every field but `_id` may be missing or of a strange type, and then has its empty value.
"""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from bson import ObjectId

from picturerail import image_formats
from picturerail.clock import now
from picturerail.database import Document
from picturerail.errors import NotFound
from picturerail.gallery.pictures.camera import CameraFacts
from picturerail.gallery.pictures.edit import size_after
from picturerail.gallery.pictures.focal_point import FocalPoint, shown_point
from picturerail.gallery.pictures.text import TEXT_NAMES, PictureText
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC, VISIBILITIES

# `live` (missing counts as live: the tutorial's documents), `trash`, `duplicate` (bytes that are in the gallery
# already; waiting for "keep both" or "skip") and `deleted` (for good, but the cloud may still have the bytes).
LIVE, TRASH, DUPLICATE, DELETED = "live", "trash", "duplicate", "deleted"
STATES: dict[str, Any] = {LIVE: {"$in": [LIVE, None]}, TRASH: TRASH, DUPLICATE: DUPLICATE, DELETED: DELETED}

TICKS = 2**16  # of a second, in an id
MAX_SHORTENED = 80  # letters of a title that is taken from a longer text
# of texts that have one
_FORMS = {"color": re.compile(r"#[0-9A-Fa-f]{6}"), "phash": re.compile(r"[0-9a-f]{16}")}
_READ_OTHERWISE = ("id", "visibility", "shown", "held")
_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture; `width` and `height` are in pixels and 0 when unknown, `bytes` is the original's size."""

    id: str
    text: PictureText = PictureText()
    filename: str = ""
    url: str = ""
    public_id: str = ""
    asset_id: str = ""
    version: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    bytes: int = 0
    etag: str = ""
    thumbhash: str = ""
    color: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    trashed_at: datetime | None = None
    state: str = LIVE
    owner: str = ""
    same_as: str = ""
    albums: tuple[str, ...] = ()
    taken_at: str = ""
    place: str = ""  # where: latitude and longitude, as the camera wrote them
    location: str = ""  # whether visitors learn of that: `shown`, `hidden`, or as its albums and the site say
    edit: str = ""
    focus: str = ""  # its focal point as it is kept; empty for automatic
    phash: str = ""  # perceptual: of pictures that look alike, few of its bits differ
    stack: str = ""  # in which it lies with others
    stack_place: int = 0  # in it; the least is the cover's
    lent: tuple[str, ...] = ()  # tokens of those behind it in its stack, by which searches find it, too
    alike: str = ""  # the group of those that look like it, as long as nobody has decided about them
    camera: CameraFacts = CameraFacts()
    marks: tuple[str, ...] = ()
    visibility: str = PUBLIC
    delivery: str = "upload"  # the delivery type of its asset
    held: str = ""  # the album for which a guest has sent it, until somebody approves it
    shown: str = PUBLIC  # the strictest of its own visibility and its albums'

    @property
    def description(self) -> str:
        """What it shows, in somebody's words."""
        return self.text.description

    @property
    def tags(self) -> tuple[str, ...]:
        """The words that it was filed under."""
        return self.text.tags

    @property
    def is_open(self) -> bool:
        """Whether everybody who comes to its page sees it."""
        return self.state == LIVE and self.shown != PRIVATE

    @property
    def is_local(self) -> bool:
        """True for the tutorial's first half: the bytes lie in the upload folder under `filename`."""
        return not self.public_id and not self.url and bool(self.filename)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as it is shown, after its edit; zeros when unknown."""
        return size_after(self.edit, self.width, self.height)

    @property
    def focal_point(self) -> FocalPoint | None:
        """Where it lies in the picture as it is shown, after its edit; None for automatic."""
        point = FocalPoint.of(self.focus)
        return shown_point(point, self.edit, self.width, self.height) if point else None

    @property
    def revision(self) -> str:
        """What an edit form carries, to notice that somebody else saved meanwhile; empty when never edited."""
        return self.updated_at.isoformat(timespec="milliseconds") if self.updated_at else ""

    @property
    def title(self) -> str:
        """One line that names the picture: the description's beginning, else the file's name."""
        lines = self.description.strip().splitlines() or [PurePosixPath(self.filename).stem]
        return _shortened(lines[0]) or "Untitled picture"

    @property
    def download_name(self) -> str:
        """The name it was uploaded under, ending in what the bytes really are."""
        name = self.filename or f"picture-{self.id}"
        extension = PurePosixPath(name).suffix[1:].lower()
        if not self.format or image_formats.canonical(extension) == self.format:
            return name
        return f"{name}.{self.format}"


# The type of each field that is taken as it stands; a page reads sixty documents.
_KINDS: dict[str, type[Any]] = {
    **{each.name: str for each in fields(Picture) if each.type is str and each.name not in _READ_OTHERWISE},
    **dict.fromkeys(("version", "width", "height", "bytes", "stack_place"), int),
    **dict.fromkeys(("created_at", "updated_at", "trashed_at"), datetime),
}
_SIZES = ("width", "height", "bytes")

# All that a document says of them: what leads to it in searches is more than half of it, and read by nobody else.
FIELDS: Document = dict.fromkeys(
    (*TEXT_NAMES, *(each.name for each in fields(Picture) if each.name not in ("id", "text"))), 1
)


def parse_picture(document: Mapping[str, Any]) -> Picture:
    """Read a document of the collection `gallery`; fields of a wrong type count as missing."""
    told: dict[str, Any] = {
        name: value
        for name, value in document.items()
        if name in _KINDS and isinstance(value, _KINDS[name]) and value is not True and value is not False
    }
    for name in _SIZES:
        if told.get(name, 0) < 0:
            del told[name]
    for name, form in _FORMS.items():
        if name in told and not form.fullmatch(told[name]):
            del told[name]
    told.setdefault("created_at", _time_of(document["_id"]))
    return Picture(
        id=str(document["_id"]),
        text=PictureText.of_document(document),
        **told,
        lent=_texts(document, "lent"),
        camera=CameraFacts.of_document(document.get("camera")),
        marks=_texts(document, "marks"),
        albums=tuple(str(each) for each in _list(document, "albums")),
        visibility=_visibility(document, "visibility"),
        held=str(document.get("held") or ""),
        shown=_visibility(document, "shown"),
    )


def parse_id(text: str) -> ObjectId:
    """The ObjectId in an address; NotFound when it is none, since then no picture can have it."""
    if not _ID.fullmatch(text):
        raise NotFound("There is no picture at this address.")
    return ObjectId(text)


def new_id() -> ObjectId:
    """An id that sorts by time to 15 microseconds over all processes; the driver's own does to the second only."""
    ticks = time.time_ns() * TICKS // 10**9
    return ObjectId(ticks.to_bytes(6, "big") + secrets.token_bytes(6))


def id_like(told: str) -> ObjectId | None:
    """A new id of the moment of another one, which is told; None for what is no id, or is of a time to come."""
    if not ObjectId.is_valid(told) or moment_of(ObjectId(told)) > now():
        return None
    return ObjectId(ObjectId(told).binary[:6] + secrets.token_bytes(6))


def moment_of(identity: ObjectId) -> datetime:
    """When an id was made, in whole milliseconds."""
    milliseconds = int.from_bytes(identity.binary[:6], "big") * 1000 // TICKS
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def _visibility(document: Mapping[str, Any], name: str) -> str:
    """Missing counts as public, as the tutorial's documents have none; what is no visibility as private."""
    value = document.get(name, PUBLIC)
    return value if value in VISIBILITIES else PRIVATE


def _texts(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(each for each in _list(document, name) if isinstance(each, str)) if name in document else ()


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    return value if isinstance(value, list) else []


def _time_of(identity: object) -> datetime | None:
    return identity.generation_time if isinstance(identity, ObjectId) else None


def _shortened(line: str) -> str:
    return line if len(line) <= MAX_SHORTENED else f"{line[: MAX_SHORTENED - 1].rstrip()}…"
