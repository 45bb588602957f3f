"""Pages of pictures, newest first, their count and their neighbours, each served by an index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from picturerail.database import WORD_ORDER, Database, Document
from picturerail.gallery.pictures.model import (
    GONE,
    HELD,
    LIVE,
    STATES,
    TRASH,
    Picture,
    parse_id,
    parse_picture,
)

MAX_FOUND = 500  # what a search finds is counted up to here
MAX_EXACT = 2000  # beyond this, counting would cost more than the page


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
    db: Database,
    *,
    size: int,
    state: str = LIVE,
    cursor: str = "",
    direction: str = "after",
    among: Document | None = None,
) -> Page:
    """One page of pictures, newest first; only those that the query `among` finds by their words, when it is given.

    `direction` says where the page lies as seen from the picture `cursor`: `after` it (older ones), `before`
    it (newer ones), or `at` it (the page starts with it). A page `before` that would not be full is the first.
    """
    wanted = _Wanted(state, among or {})
    if not cursor:
        found, more = _some(db, wanted, {}, size, DESCENDING)
        return Page(found, newer=False, older=more)
    identity = parse_id(cursor)
    if direction == "before":
        found, more = _some(db, wanted, {"$gt": identity}, size, ASCENDING)
        if len(found) < size:
            return page(db, size=size, state=state, among=among)
        return Page(found[::-1], newer=more, older=_exists(db, wanted, {"$lt": ObjectId(found[0].id)}))
    found, more = _some(db, wanted, {"$lte" if direction == "at" else "$lt": identity}, size, DESCENDING)
    first = ObjectId(found[0].id) if found else identity
    return Page(found, newer=_exists(db, wanted, {"$gt": first}), older=more)


def span(db: Database) -> tuple[datetime, datetime] | None:
    """When the oldest and the newest live picture came; None for an empty gallery."""
    oldest, _ = _some(db, _Wanted(), {}, 1, ASCENDING)
    newest, _ = _some(db, _Wanted(), {}, 1, DESCENDING)
    if not (oldest and newest):
        return None
    return ObjectId(oldest[0].id).generation_time, ObjectId(newest[0].id).generation_time


def end_of(year: int, month: int) -> str:
    """A cursor `after` which lie the pictures of this month and older ones."""
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    seconds = min(int(following.timestamp()), 2**32 - 1)
    return str(ObjectId(seconds.to_bytes(4, "big") + bytes(8)))


def count(db: Database, state: str = LIVE) -> Count:
    """How many pictures are in `state`: counted in small galleries, in large ones the collection's own estimate.

    Both take the same short time for a million pictures: counting stops at MAX_EXACT, the estimate is kept by
    MongoDB itself.
    """
    whole = db.gallery.estimated_document_count()
    if state == LIVE and whole > MAX_EXACT:
        others = db.gallery.count_documents({"state": {"$in": [TRASH, HELD, GONE]}}, limit=MAX_EXACT)
        return Count(max(0, whole - others), exact=False)
    number = db.gallery.count_documents({"state": STATES[state]}, limit=MAX_EXACT + 1)
    return Count(min(number, MAX_EXACT), exact=number <= MAX_EXACT)


def count_among(db: Database, among: Document) -> Count:
    """How many live pictures a search finds, counted up to MAX_FOUND."""
    query = _Wanted(LIVE, among).query({})
    number = db.gallery.count_documents(query, limit=MAX_FOUND + 1, hint=list(WORD_ORDER))
    return Count(min(number, MAX_FOUND), exact=number <= MAX_FOUND)


def neighbours(db: Database, picture: Picture) -> tuple[str, str]:
    """Ids of the next newer and the next older live picture, empty at the ends."""
    identity = ObjectId(picture.id)
    newer, _ = _some(db, _Wanted(), {"$gt": identity}, 1, ASCENDING)
    older, _ = _some(db, _Wanted(), {"$lt": identity}, 1, DESCENDING)
    return (newer[0].id if newer else ""), (older[0].id if older else "")


@dataclass(frozen=True)
class _Wanted:
    """Pictures in a state, and the query that finds them by their words; {} for all."""

    state: str = LIVE
    among: Document = field(default_factory=dict)

    def query(self, bound: Mapping[str, ObjectId]) -> Document:
        """The query for those of them whose id lies within `bound`."""
        return {"state": STATES[self.state], **self.among, **({"_id": dict(bound)} if bound else {})}

    @property
    def order(self) -> list[tuple[str, int]] | None:
        """The index that serves it: MongoDB would try others for searches, and be slow once in a while."""
        return list(WORD_ORDER) if self.among else None


def _some(
    db: Database, wanted: _Wanted, bound: dict[str, ObjectId], size: int, order: int
) -> tuple[tuple[Picture, ...], bool]:
    """Up to `size` pictures in `order`, and whether there are more."""
    cursor = db.gallery.find(wanted.query(bound), hint=wanted.order).sort("_id", order).limit(size + 1)
    found = [parse_picture(document) for document in cursor]
    return tuple(found[:size]), len(found) > size


def _exists(db: Database, wanted: _Wanted, bound: dict[str, ObjectId]) -> bool:
    return db.gallery.find_one(wanted.query(bound), {"_id": 1}, hint=wanted.order) is not None
