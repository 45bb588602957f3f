"""The orders in which pictures are served, and what a picture keeps for them: values that no other picture has."""

from dataclasses import dataclass

from pymongo import ASCENDING, DESCENDING

from picturerail.errors import BadRequest
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.search.folding import folded

MAX_TITLE_KEY = 60  # characters of a title by which pictures are sorted


@dataclass(frozen=True)
class PictureOrder:
    """By a field whose value no other picture has, upwards or downwards."""

    field: str = "_id"
    direction: int = DESCENDING


NEWEST_ADDED = PictureOrder()
ORDERS = {
    "newest": NEWEST_ADDED,
    "taken": PictureOrder("sort.taken", DESCENDING),
    "oldest": PictureOrder("sort.taken", ASCENDING),
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
