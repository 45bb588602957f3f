"""Pages of pictures, newest first, their count and their neighbours, each served by an index."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from picturerail.database import Database
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture, parse_id, parse_picture


@dataclass(frozen=True)
class Page:
    """Some pictures, newest first, and whether there are newer and older ones."""

    pictures: tuple[Picture, ...]
    newer: bool = False
    older: bool = False


@dataclass(frozen=True)
class Count:
    """How many pictures there are; not exact for large galleries."""

    number: int
    exact: bool


def page(
    db: Database, wanted: PictureFilter, *, size: int, cursor: str = "", direction: str = "after"
) -> Page:
    """One page of pictures, newest first.

    `direction` says where the page lies as seen from the picture `cursor`: `after` it (older ones), `before`
    it (newer ones), or `at` it (the page starts with it). A page `before` that would not be full is the first.
    """
    if not cursor:
        found, more = _some(db, wanted, {}, size, DESCENDING)
        return Page(found, newer=False, older=more)
    identity = parse_id(cursor)
    if direction == "before":
        found, more = _some(db, wanted, {"$gt": identity}, size, ASCENDING)
        if len(found) < size:
            return page(db, wanted, size=size)
        return Page(found[::-1], newer=more, older=_exists(db, wanted, {"$lt": ObjectId(found[0].id)}))
    found, more = _some(db, wanted, {"$lte" if direction == "at" else "$lt": identity}, size, DESCENDING)
    first = ObjectId(found[0].id) if found else identity
    return Page(found, newer=_exists(db, wanted, {"$gt": first}), older=more)


def span(db: Database, wanted: PictureFilter) -> tuple[datetime, datetime] | None:
    """When the oldest and the newest of the pictures came; None when there are none."""
    oldest, _ = _some(db, wanted, {}, 1, ASCENDING)
    newest, _ = _some(db, wanted, {}, 1, DESCENDING)
    if not (oldest and newest):
        return None
    return ObjectId(oldest[0].id).generation_time, ObjectId(newest[0].id).generation_time


def end_of(year: int, month: int) -> str:
    """A cursor `after` which lie the pictures of this month and older ones."""
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    seconds = min(int(following.timestamp()), 2**32 - 1)
    return str(ObjectId(seconds.to_bytes(4, "big") + bytes(8)))


def count(db: Database, wanted: PictureFilter) -> Count:
    """How many pictures there are: counted in small galleries, in large ones the collection's own estimate.

    Both take the same short time for a million pictures: counting stops at `countable`, the estimate is kept by
    MongoDB itself.
    """
    if wanted.others is not None and (whole := db.gallery.estimated_document_count()) > wanted.countable:
        others = db.gallery.count_documents(wanted.others, limit=wanted.countable)
        return Count(max(0, whole - others), exact=False)
    hint: dict[str, Any] = {"hint": list(wanted.index)} if wanted.index else {}
    number = db.gallery.count_documents(wanted.query, limit=wanted.countable + 1, **hint)
    return Count(min(number, wanted.countable), exact=number <= wanted.countable)


def neighbours(db: Database, wanted: PictureFilter, picture: Picture) -> tuple[str, str]:
    """Ids of the next newer and the next older of the pictures, empty at the ends."""
    identity = ObjectId(picture.id)
    newer, _ = _some(db, wanted, {"$gt": identity}, 1, ASCENDING)
    older, _ = _some(db, wanted, {"$lt": identity}, 1, DESCENDING)
    return (newer[0].id if newer else ""), (older[0].id if older else "")


def _some(
    db: Database, wanted: PictureFilter, bound: dict[str, ObjectId], size: int, order: int
) -> tuple[tuple[Picture, ...], bool]:
    """Up to `size` pictures in `order`, and whether there are more."""
    cursor = db.gallery.find(wanted.within(bound), hint=wanted.index).sort("_id", order).limit(size + 1)
    found = [parse_picture(document) for document in cursor]
    return tuple(found[:size]), len(found) > size


def _exists(db: Database, wanted: PictureFilter, bound: dict[str, ObjectId]) -> bool:
    return db.gallery.find_one(wanted.within(bound), {"_id": 1}, hint=wanted.index) is not None
