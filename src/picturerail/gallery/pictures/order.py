"""The orders in which pictures are served, and what a picture keeps for them: values that no other picture has."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from picturerail.errors import BadRequest
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.search.folding import folded

MAX_TITLE_KEY = 60  # characters of a title by which pictures are sorted
_BY_ID, _BY_CAPTURE = "_id", "sort.taken"
_FIRST_MONTH, _LAST_MONTH = (1969, 12), (2106, 1)  # between whose ends ids can lie
_LAST = "~"  # comes behind whatever goes on behind a prefix of a time

Month: TypeAlias = tuple[int, int]  # its year, and its number in that


@dataclass(frozen=True)
class PictureOrder:
    """By a field whose value no other picture has, upwards or downwards."""

    field: str = _BY_ID
    direction: int = DESCENDING

    @property
    def is_by_time(self) -> bool:
        """Whether months follow one another in it: those of the upload, or those of the capture."""
        return self.field in (_BY_ID, _BY_CAPTURE)

    @property
    def steps(self) -> tuple[str, str]:
        """What a person calls the way against it, and the way along it."""
        if not self.is_by_time:
            return "Before", "Next"
        return ("Newer", "Older") if self.direction == DESCENDING else ("Older", "Newer")

    def place_of(self, picture: Picture) -> object:
        """Where a picture stands in an order by time."""
        return ObjectId(picture.id) if self.field == _BY_ID else sort_keys(picture)["taken"]

    def month_of(self, place: object) -> Month:
        """The month of a place in an order by time."""
        if isinstance(place, ObjectId):
            return place.generation_time.year, place.generation_time.month
        return int(str(place)[:4]), int(str(place)[5:7])

    def begin_of(self, month: Month) -> object:
        """The place behind which the pictures of a month lie in an order by time, and all that follow them."""
        downwards = self.direction == DESCENDING
        if self.field == _BY_CAPTURE:
            return f"{month[0]:04}-{month[1]:02}{_LAST if downwards else ''}"
        year, number = min(max(month, _FIRST_MONTH), _LAST_MONTH)
        begin = (year + number // 12, number % 12 + 1) if downwards else (year, number)
        return ObjectId(int(datetime(*begin, 1, tzinfo=UTC).timestamp()).to_bytes(4, "big") + bytes(8))


NEWEST_ADDED = PictureOrder()
ORDERS = {
    "newest": NEWEST_ADDED,
    "taken": PictureOrder(_BY_CAPTURE, DESCENDING),
    "oldest": PictureOrder(_BY_CAPTURE, ASCENDING),
    "title": PictureOrder("sort.title", ASCENDING),
}


def named(name: str) -> PictureOrder:
    """The order of that name, newest added first for none; BadRequest for another word."""
    if name and name not in ORDERS:
        raise BadRequest(f"'order' must be one of {', '.join(ORDERS)}.")
    return ORDERS[name or "newest"]


def sort_keys(picture: Picture) -> dict[str, str]:
    """What a picture's document keeps to be sorted by. Without a time of capture, that of the upload stands for it."""
    taken = picture.taken_at or (picture.created_at.isoformat() if picture.created_at else "")
    return {
        "taken": f"{taken[:19]}.{picture.id}",
        "title": f"{folded(picture.title)[:MAX_TITLE_KEY]} {picture.id}",
    }
