"""What becomes of a picture: added, described, in the trash and back, deleted. Each change is one atomic write."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database, Document, duplicates_in
from picturerail.errors import Conflict, NotFound
from picturerail.gallery.pictures import stacks
from picturerail.gallery.pictures.bits import bands_of
from picturerail.gallery.pictures.facets import own_tokens
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.lookup import find, with_bytes, with_public_id, with_same_bytes
from picturerail.gallery.pictures.marks import mark_of
from picturerail.gallery.pictures.model import (
    DELETED,
    DUPLICATE,
    LIVE,
    STATES,
    TRASH,
    Picture,
    moment_of,
    new_id,
    parse_id,
    parse_picture,
)
from picturerail.gallery.pictures.order import sort_keys
from picturerail.gallery.pictures.text import TextChange, stored
from picturerail.gallery.search.tags import clean_tags, tag_token

CHANGED = "Somebody else changed this picture meanwhile."
FILE_CHANGED = "Somebody else changed this picture meanwhile. Look at it again, then choose."
NOT_WAITING = "No upload of yours waits here any more."
MAX_TRIES = 5  # to change a picture that others are changing


def add(db: Database, fields: Mapping[str, Any]) -> Picture:
    """Insert a picture, live, unless its bytes are there already: then it is a duplicate that waits.

    It hangs in no album yet, so its own visibility is what it is shown as.

    An asset that is a picture already is answered with that picture, so that a repeated request does no harm.
    Two uploads of the same bytes at one moment cannot both be the first: `first_of` is unique.
    """
    if known := with_public_id(db, fields["public_id"]):
        return known
    document = _document(fields)
    if twin := with_same_bytes(db, fields["etag"]):
        return _insert(db, {**document, "state": DUPLICATE, "same_as": twin.id})
    try:
        return _insert(db, _first(document))
    except DuplicateKeyError:
        if known := with_public_id(db, fields["public_id"]):
            return known
        first = db.gallery.find_one({"first_of": fields["etag"]})
        return _insert(db, {**document, "state": DUPLICATE, "same_as": str(first["_id"]) if first else ""})


def add_all(db: Database, new: Sequence[Mapping[str, Any]]) -> list[Picture | None]:
    """Insert several, live, by one write; None for each that is to be added by itself: it, or its bytes, are there."""
    twins = with_bytes([each["etag"] for each in new])
    there = {each["etag"] for each in db.gallery.find({"$or": twins}, {"etag": 1})}
    places = [at for at, each in enumerate(new) if each["etag"] not in there]
    documents = [_first(_document(new[at])) for at in places]
    taken: set[int] = set()
    try:
        if documents:
            db.gallery.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        taken = duplicates_in(error)
    added = {
        place: parse_picture(document)
        for at, (place, document) in enumerate(zip(places, documents, strict=True))
        if at not in taken
    }
    return [added.get(at) for at in range(len(new))]


def change(
    db: Database,
    picture: Picture,
    revision: str | None,
    fields: Mapping[str, Any],
    texts: TextChange | None = None,
) -> Picture:
    """Save fields of a picture and what is written about it, together; what is not given stays as it is.

    Conflict when it is not at `revision`, where one is given, or is changed by somebody else at this moment.
    """
    if revision not in (None, picture.revision):
        raise Conflict(CHANGED)
    texts = texts or {}
    if not (fields or texts):
        return picture
    indexed = _indexed(replace(picture, text=replace(picture.text, **texts), **fields))
    return _change(
        db,
        {"_id": ObjectId(picture.id), "state": STATES[LIVE], "updated_at": picture.updated_at},
        {"$set": {**fields, **stored(texts), **indexed, "updated_at": _after(picture.updated_at)}},
        Conflict(CHANGED),
    )


def say_location(db: Database, picture: Picture, word: str) -> Picture:
    """Keep the word on location of a picture that is new, or waits; it is no revision."""
    db.gallery.update_one({"_id": ObjectId(picture.id)}, {"$set": {"location": word}})
    return replace(picture, location=word)


def keep_look(db: Database, picture: Picture, found: Mapping[str, Any]) -> Picture:
    """Keep placeholder, colour and perceptual hash that the cloud told later; it is no revision, nor asked again."""
    told = {name: value for name, value in found.items() if name != "unhashed"}
    kept = {"$set": {"phash": "", "phash_bands": bands_of(""), **told}, "$unset": {"unhashed": ""}}
    db.gallery.update_one({"_id": ObjectId(picture.id), "public_id": picture.public_id}, kept)
    return replace(picture, phash=str(told.get("phash", "")))


def keep_place(db: Database, picture: Picture, place: str) -> bool:
    """Note where a picture was taken that is to be asked for; False when its file was moved or replaced meanwhile."""
    same: Document = {
        "public_id": picture.public_id,
        "delivery": picture.delivery,
        "moving": {"$exists": False},
    }
    kept = {"$set": {"place": place}}
    return db.gallery.update_one({"_id": ObjectId(picture.id), **same}, kept).modified_count > 0


def put_file(
    db: Database, picture: Picture, fields: Mapping[str, Any], former: Document, back: str = ""
) -> Picture:
    """Show another file as this picture, and keep the `former` one; `back` is the kept one that is shown again."""
    query: Document = {"_id": ObjectId(picture.id), "state": STATES[LIVE], "updated_at": picture.updated_at}
    if back:
        query["versions"] = {"$elemMatch": {"id": back, "deleted": None}}
    document = db.gallery.find_one(query)
    if document is None:
        raise Conflict(FILE_CHANGED)
    indexed = _indexed(parse_picture({**document, **fields}))
    given = {**fields, **indexed, "updated_at": _after(picture.updated_at)}
    others = {"$filter": {"input": {"$ifNull": ["$versions", []]}, "cond": {"$ne": ["$$this.id", back]}}}
    versions = {"$concatArrays": [others, [{"$literal": former}]]}
    literal = {name: {"$literal": value} for name, value in given.items()}
    update: list[Document] = [{"$set": {**literal, "versions": versions}}, {"$unset": "first_of"}]
    return _change(db, query, update, Conflict(FILE_CHANGED))


def mark(db: Database, picture: Picture, person: str, kind: str, value: str) -> None:
    """Give a picture a person's mark, in place of the one of that kind; "" takes it away. It is no revision."""
    others = {"$ne": [{"$indexOfBytes": ["$$this", mark_of(person, kind, "")]}, 0]}
    kept = {"$filter": {"input": {"$ifNull": ["$marks", []]}, "cond": others}}
    added = [mark_of(person, kind, value)] if value else []
    marked = {"$set": {"marks": {"$concatArrays": [kept, added]}}}
    db.gallery.update_one({"_id": ObjectId(picture.id)}, [marked])


def keep_tokens(db: Database, found: Sequence[Picture]) -> int:
    """Let searches find these pictures, unless somebody has changed them meanwhile; how many."""
    updates: list[UpdateOne] = []
    for one in found:
        unchanged = {"_id": ObjectId(one.id), "updated_at": one.updated_at}
        updates.append(UpdateOne(unchanged, {"$set": _indexed(one), "$unset": {"words": ""}}))
    return db.gallery.bulk_write(updates, ordered=False).modified_count if updates else 0


def trash(db: Database, picture_id: str) -> Picture:
    """Move a live picture to the trash."""
    return _change(
        db,
        {"_id": parse_id(picture_id), "state": STATES[LIVE]},
        {"$set": {"state": TRASH, "trashed_at": now(), "moving": True}, "$unset": {"first_of": ""}},
        NotFound("There is no such picture. It may have been deleted already."),
    )


def trash_all(db: Database, among: PictureFilter, picture_ids: Sequence[str], batch: str) -> list[str]:
    """Move live pictures to the trash together; the ids of those that went. `batch` names them for `restore_all`."""
    trashed = {"state": TRASH, "trashed_at": now(), "batch": batch, "moving": True}
    update = {"$set": trashed, "$unset": {"first_of": ""}}
    db.gallery.update_many(among.within({"$in": [parse_id(each) for each in picture_ids]}), update)
    ids = [str(found["_id"]) for found in db.gallery.find({"state": TRASH, "batch": batch}, {"_id": 1})]
    stacks.settle_of(db, ids)
    return ids


def restore_all(db: Database, among: PictureFilter, batch: str) -> list[str]:
    """Take what went to the trash together out of it, as far as it is still there; the ids."""
    ids = [found["_id"] for found in db.gallery.find({**among.query, "batch": batch}, {"_id": 1})]
    query = {"_id": {"$in": ids}, "state": TRASH, "batch": batch}
    db.gallery.update_many(
        query, {"$set": {"state": LIVE, "moving": True}, "$unset": {"trashed_at": "", "batch": ""}}
    )
    texts = [str(each) for each in ids]
    stacks.settle_of(db, texts)
    return texts


def retag(
    db: Database, among: PictureFilter, picture_id: str, add: Sequence[str], remove: Sequence[str]
) -> Picture | None:
    """Add and take away tags, whatever else is edited meanwhile; None when the picture is not among those any more."""
    dropped = {tag_token(tag) for tag in remove}
    for _ in range(MAX_TRIES):
        try:
            picture = find(db, picture_id, among)
            tags = clean_tags([*(tag for tag in picture.tags if tag_token(tag) not in dropped), *add])
            return change(db, picture, picture.revision, {}, {"tags": tuple(tags)})
        except NotFound:
            return None
        except Conflict:
            continue
    raise Conflict(CHANGED)


def set_visibility(
    db: Database, among: PictureFilter, picture_ids: Sequence[str], visibility: str
) -> list[str]:
    """Say who sees these pictures, as far as their albums let them; the ids of those that are among those."""
    query = among.within({"$in": [parse_id(each) for each in picture_ids]})
    ids = [found["_id"] for found in db.gallery.find(query, {"_id": 1})]
    db.gallery.update_many({"_id": {"$in": ids}}, {"$set": {"visibility": visibility}})
    return [str(each) for each in ids]


def mark_moving(db: Database, picture: Picture) -> None:
    """Note that the bytes of a picture do not lie where they belong."""
    db.gallery.update_one({"_id": ObjectId(picture.id)}, {"$set": {"moving": True}})


def hold(db: Database, picture_id: str, album_id: str) -> None:
    """Note that a picture waits to be approved for an album."""
    db.gallery.update_one({"_id": ObjectId(picture_id)}, {"$set": {"held": ObjectId(album_id)}})


def release(db: Database, picture_id: str) -> None:
    """Note that it waits no more."""
    db.gallery.update_one({"_id": ObjectId(picture_id)}, {"$unset": {"held": ""}})


def restore(db: Database, among: PictureFilter, picture_id: str) -> Picture:
    """Take a picture out of the trash."""
    return _change(
        db,
        _one(among, picture_id, TRASH),
        {"$set": {"state": LIVE, "moving": True}, "$unset": {"trashed_at": "", "batch": ""}},
        NotFound("There is no such picture in the trash. It may have been restored already, or is gone."),
    )


def keep(db: Database, among: PictureFilter, picture_id: str) -> Picture:
    """Show a duplicate although its bytes are in the gallery already."""
    return _change(
        db,
        _one(among, picture_id, DUPLICATE),
        {"$set": {"state": LIVE}, "$unset": {"same_as": ""}},
        NotFound(NOT_WAITING),
    )


def discard(db: Database, among: PictureFilter, picture_id: str) -> Picture:
    """Take a duplicate away for good; its bytes are removed by `maintenance.removal`."""
    return _change(
        db,
        _one(among, picture_id, DUPLICATE),
        {"$set": {"state": DELETED}, "$unset": {"first_of": ""}},
        NotFound(NOT_WAITING),
    )


def discard_all(db: Database, state: str, field: str, before: datetime) -> int:
    """Take every picture in `state` away whose time in `field` is before `before`; return how many."""
    query = {"state": state, field: {"$lt": before}}
    return db.gallery.update_many(query, {"$set": {"state": DELETED}}).modified_count


def give(db: Database, owner: str, heir: str) -> int:
    """Let the pictures of one account be another's; how many there were."""
    theirs = db.gallery.distinct("stack", {"owner": owner, "stack": {"$exists": True}})
    number = db.gallery.update_many({"owner": owner}, {"$set": {"owner": heir}}).modified_count
    stacks.settle(db, theirs)
    return number


def forget(db: Database, picture: Picture) -> None:
    """Delete the document of a picture whose bytes are removed."""
    db.gallery.delete_one({"_id": ObjectId(picture.id), "state": DELETED})


def adopt(db: Database, picture: Picture, fields: Mapping[str, Any]) -> None:
    """Point a local document at its asset; what else it holds stays."""
    db.gallery.update_one({"_id": ObjectId(picture.id), "public_id": None}, {"$set": dict(fields)})


def _one(among: PictureFilter, picture_id: str, state: str) -> Document:
    """The query for one picture, which must be among those and in that state."""
    return {"$and": [among.within({"$eq": parse_id(picture_id)}), {"state": STATES[state]}]}


def _document(fields: Mapping[str, Any]) -> Document:
    given = fields.get("_id")  # by an import, for which the picture came when the id was made
    came = moment_of(given) if given else now()
    times = {"created_at": came, "updated_at": came}
    document: Document = {"_id": new_id(), "shown": fields["visibility"], **fields, **times}
    return document | _indexed(parse_picture(document))


def _first(document: Document) -> Document:
    """The document of a live picture that is the first with its bytes: no two can be."""
    claim = {"first_of": document["etag"]} if document["etag"] else {}
    return {**document, "state": LIVE, **claim}


def _indexed(picture: Picture) -> dict[str, Any]:
    """What of a document the indexes of searches and orders hold."""
    tokens = sorted(own_tokens(picture).union(picture.lent))
    return {"tokens": tokens, "sort": sort_keys(picture)}


def _insert(db: Database, document: Document) -> Picture:
    db.gallery.insert_one(document)
    return parse_picture(document)


def _change(
    db: Database, query: Document, update: Document | list[Document], otherwise: Exception
) -> Picture:
    changed = db.gallery.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if changed is None:
        raise otherwise
    stacks.settle(db, [changed.get("stack")])
    return parse_picture(changed)


def _after(last: datetime | None) -> datetime:
    """Now, but never the same millisecond as the edit before: each edit is a revision of its own."""
    return max(now(), last.fromtimestamp(last.timestamp() + 0.001, last.tzinfo)) if last else now()
