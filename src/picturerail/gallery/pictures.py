"""Every query about pictures: plain functions on the database, newest first, each served by an index.

States: `live` (missing counts as live: the tutorial's documents), `trash`, `held` (bytes that are in the
gallery already; waiting for "keep both" or "skip") and `gone` (deleted, but the cloud may still have the bytes).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import WORD_ORDER, Database, Document
from picturerail.errors import Conflict, NotFound
from picturerail.gallery.picture import GONE, HELD, LIVE, TRASH, Picture, new_id, parse_id, parse_picture
from picturerail.gallery.search.words import clean_tags, tag_word, words_of

STATES: dict[str, Any] = {LIVE: {"$in": [LIVE, None]}, TRASH: TRASH, HELD: HELD, GONE: GONE}
CHANGED = "Somebody else changed this description meanwhile."
TRIES = 5  # to change a picture that others are changing
FOUND_COUNT = 500  # what a search finds is counted up to here
EXACT_COUNT = 2000  # beyond this, counting would cost more than the page


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

    Both take the same short time for a million pictures: counting stops at EXACT_COUNT, the estimate is kept by
    MongoDB itself.
    """
    whole = db.gallery.estimated_document_count()
    if state == LIVE and whole > EXACT_COUNT:
        others = db.gallery.count_documents({"state": {"$in": [TRASH, HELD, GONE]}}, limit=EXACT_COUNT)
        return Count(max(0, whole - others), exact=False)
    number = db.gallery.count_documents({"state": STATES[state]}, limit=EXACT_COUNT + 1)
    return Count(min(number, EXACT_COUNT), exact=number <= EXACT_COUNT)


def count_among(db: Database, among: Document) -> Count:
    """How many live pictures a search finds, counted up to FOUND_COUNT."""
    query = _Wanted(LIVE, among).query({})
    number = db.gallery.count_documents(query, limit=FOUND_COUNT + 1, hint=list(WORD_ORDER))
    return Count(min(number, FOUND_COUNT), exact=number <= FOUND_COUNT)


def find(db: Database, picture_id: str, *states: str) -> Picture:
    """The picture of that id in one of `states` (live when none is given), or NotFound."""
    document = db.gallery.find_one({"_id": parse_id(picture_id)})
    picture = parse_picture(document) if document else None
    if picture is None or picture.state not in (states or (LIVE,)):
        raise NotFound("There is no such picture. It may have been deleted.")
    return picture


def neighbours(db: Database, picture: Picture) -> tuple[str, str]:
    """Ids of the next newer and the next older live picture, empty at the ends."""
    identity = ObjectId(picture.id)
    newer, _ = _some(db, _Wanted(), {"$gt": identity}, 1, ASCENDING)
    older, _ = _some(db, _Wanted(), {"$lt": identity}, 1, DESCENDING)
    return (newer[0].id if newer else ""), (older[0].id if older else "")


def held_by(db: Database, owner: str, limit: int = 50) -> list[Picture]:
    """Uploads of `owner` that wait for "keep both" or "skip"."""
    found = db.gallery.find({"state": HELD, "owner": owner}).sort("_id", DESCENDING).limit(limit)
    return [parse_picture(document) for document in found]


def with_public_id(db: Database, public_id: str) -> Picture | None:
    """The picture, in any state, that shows this asset."""
    document = db.gallery.find_one({"public_id": public_id})
    return parse_picture(document) if document else None


def with_same_bytes(db: Database, etag: str) -> Picture | None:
    """A live picture whose original has this hash; None when there is none or the cloud told no hash."""
    document = db.gallery.find_one({"etag": etag, "state": STATES[LIVE]}) if etag else None
    return parse_picture(document) if document else None


def add(db: Database, fields: Mapping[str, Any]) -> Picture:
    """Insert a picture, live, unless its bytes are there already: then it is held.

    An asset that is a picture already is answered with that picture, so that a repeated request does no harm.
    Two uploads of the same bytes at one moment cannot both be the first: `first_of` is unique.
    """
    if known := with_public_id(db, fields["public_id"]):
        return known
    document: Document = {"_id": new_id(), **fields, "created_at": now(), "updated_at": now()}
    document["words"] = _words(parse_picture(document))
    if twin := with_same_bytes(db, fields["etag"]):
        return _insert(db, {**document, "state": HELD, "same_as": twin.id})
    claim = {"first_of": fields["etag"]} if fields["etag"] else {}
    try:
        return _insert(db, {**document, "state": LIVE, **claim})
    except DuplicateKeyError:
        if known := with_public_id(db, fields["public_id"]):
            return known
        first = db.gallery.find_one({"first_of": fields["etag"]})
        return _insert(db, {**document, "state": HELD, "same_as": str(first["_id"]) if first else ""})


def describe(
    db: Database, picture_id: str, description: str, revision: str, tags: Sequence[str] | None = None
) -> Picture:
    """Save a description and tags (None: as they are); Conflict when the picture is not at `revision` any more."""
    picture = find(db, picture_id)
    if picture.revision != revision:
        raise Conflict(CHANGED)
    after = replace(picture, description=description, tags=picture.tags if tags is None else tuple(tags))
    text = {
        "description": description,
        **({} if tags is None else {"tags": list(tags)}),
        "words": _words(after),
    }
    return _change(
        db,
        {"_id": ObjectId(picture.id), "state": STATES[LIVE], "updated_at": picture.updated_at},
        {"$set": {**text, "updated_at": _after(picture.updated_at)}},
        Conflict(CHANGED),
    )


def without_words(db: Database, limit: int) -> list[Picture]:
    """Pictures that no search finds yet: an older program wrote them, or the tutorial's."""
    found = db.gallery.find({"words": None}, hint=list(WORD_ORDER)).limit(limit)
    return [parse_picture(document) for document in found if isinstance(document["_id"], ObjectId)]


def keep_words(db: Database, found: Sequence[Picture]) -> int:
    """Let searches find these pictures, unless somebody has changed them meanwhile; how many."""
    updates: list[UpdateOne] = []
    for one in found:
        unchanged = {"_id": ObjectId(one.id), "words": None}
        updates.append(UpdateOne(unchanged, {"$set": {"words": _words(one)}}))
    return db.gallery.bulk_write(updates, ordered=False).modified_count if updates else 0


def trash(db: Database, picture_id: str) -> Picture:
    """Move a live picture to the trash."""
    return _change(
        db,
        {"_id": parse_id(picture_id), "state": STATES[LIVE]},
        {"$set": {"state": TRASH, "trashed_at": now()}, "$unset": {"first_of": ""}},
        NotFound("There is no such picture. It may have been deleted already."),
    )


def trash_all(db: Database, picture_ids: Sequence[str], batch: str) -> list[str]:
    """Move live pictures to the trash together; the ids of those that went. `batch` names them for `restore_all`."""
    update = {"$set": {"state": TRASH, "trashed_at": now(), "batch": batch}, "$unset": {"first_of": ""}}
    query = {"_id": {"$in": [parse_id(each) for each in picture_ids]}, "state": STATES[LIVE]}
    db.gallery.update_many(query, update)
    return [str(found["_id"]) for found in db.gallery.find({"state": TRASH, "batch": batch}, {"_id": 1})]


def restore_all(db: Database, batch: str) -> list[str]:
    """Take what went to the trash together out of it, as far as it is still there; the ids."""
    query = {"state": TRASH, "batch": batch}
    ids = [found["_id"] for found in db.gallery.find(query, {"_id": 1})]
    db.gallery.update_many(query, {"$set": {"state": LIVE}, "$unset": {"trashed_at": "", "batch": ""}})
    return [str(each) for each in ids]


def retag(db: Database, picture_id: str, add: Sequence[str], remove: Sequence[str]) -> Picture | None:
    """Add and take away tags, whatever else is edited meanwhile; None when the picture is not live any more."""
    gone = {tag_word(tag) for tag in remove}
    for _ in range(TRIES):
        try:
            picture = find(db, picture_id)
            tags = clean_tags([*(tag for tag in picture.tags if tag_word(tag) not in gone), *add])
            return describe(db, picture_id, picture.description, picture.revision, tags)
        except NotFound:
            return None
        except Conflict:
            continue
    raise Conflict(CHANGED)


def restore(db: Database, picture_id: str) -> Picture:
    """Take a picture out of the trash."""
    return _change(
        db,
        {"_id": parse_id(picture_id), "state": TRASH},
        {"$set": {"state": LIVE}, "$unset": {"trashed_at": "", "batch": ""}},
        NotFound("There is no such picture in the trash. It may have been restored already, or is gone."),
    )


def keep(db: Database, picture_id: str) -> Picture:
    """Show a held picture although its bytes are in the gallery already."""
    return _change(
        db,
        {"_id": parse_id(picture_id), "state": HELD},
        {"$set": {"state": LIVE}, "$unset": {"same_as": ""}},
        NotFound("This upload does not wait any more."),
    )


def discard(db: Database, picture_id: str, state: str) -> Picture:
    """Take a picture in `state` away for good; its bytes are removed by `purging`."""
    return _change(
        db,
        {"_id": parse_id(picture_id), "state": STATES[state]},
        {"$set": {"state": GONE}, "$unset": {"first_of": ""}},
        NotFound("This upload does not wait any more."),
    )


def discard_all(db: Database, state: str, field: str, before: datetime) -> int:
    """Take every picture in `state` away whose time in `field` is before `before`; return how many."""
    query = {"state": state, field: {"$lt": before}}
    return db.gallery.update_many(query, {"$set": {"state": GONE}}).modified_count


def gone(db: Database, limit: int) -> Iterator[Picture]:
    """Deleted pictures whose bytes are still to be removed."""
    for document in db.gallery.find({"state": GONE}).limit(limit):
        yield parse_picture(document)


def forget(db: Database, picture: Picture) -> None:
    """Delete the document of a picture whose bytes are removed."""
    db.gallery.delete_one({"_id": ObjectId(picture.id), "state": GONE})


def local(db: Database) -> Iterator[Picture]:
    """The tutorial's documents whose bytes lie in the upload folder."""
    for document in db.gallery.find({"filename": {"$type": "string"}, "public_id": None, "url": None}):
        picture = parse_picture(document)
        if picture.is_local and picture.state != GONE:
            yield picture


def adopt(db: Database, picture: Picture, fields: Mapping[str, Any]) -> None:
    """Point a local document at its asset; what else it holds stays."""
    db.gallery.update_one({"_id": ObjectId(picture.id), "public_id": None}, {"$set": dict(fields)})


def with_assets(db: Database) -> Iterator[Picture]:
    """Every picture that visitors or the trash show and whose bytes are an asset of the gallery."""
    shown = {"$in": [LIVE, TRASH, None]}
    for document in db.gallery.find(
        {"public_id": {"$type": "string"}, "state": shown}, {"public_id": 1, "created_at": 1}
    ):
        yield parse_picture(document)


def shown_assets(db: Database, public_ids: list[str]) -> set[str]:
    """Those of the assets that some picture, in any state, shows."""
    found = db.gallery.find({"public_id": {"$in": public_ids}}, {"public_id": 1})
    return {document["public_id"] for document in found}


def file_is_used(db: Database, filename: str) -> bool:
    """True while a picture that is not gone shows this file of the upload folder."""
    query = {"filename": filename, "public_id": None, "url": None, "state": {"$ne": GONE}}
    return db.gallery.find_one(query, {"_id": 1}) is not None


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


def _words(picture: Picture) -> list[str]:
    return words_of(picture.description, picture.filename, picture.tags)


def _insert(db: Database, document: Document) -> Picture:
    db.gallery.insert_one(document)
    return parse_picture(document)


def _change(db: Database, query: Document, update: Document, otherwise: Exception) -> Picture:
    changed = db.gallery.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if changed is None:
        raise otherwise
    return parse_picture(changed)


def _after(last: datetime | None) -> datetime:
    """Now, but never the same millisecond as the edit before: each edit is a revision of its own."""
    return max(now(), last.fromtimestamp(last.timestamp() + 0.001, last.tzinfo)) if last else now()
