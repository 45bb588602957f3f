"""What becomes of an album: made, changed, deleted with all that lies in it, and back. Pictures stay what they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database, Document
from picturerail.errors import BadRequest, NotFound
from picturerail.gallery.albums import location, visibility
from picturerail.gallery.albums.lookup import Query
from picturerail.gallery.albums.model import DELETED, LIVE, MAX_DEPTH, Album, parse_album, slug_of
from picturerail.gallery.albums.titles import tokens_of_title
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC

MAX_SAME = 1000  # albums of one title, each with a slug of its own
GONE = "There is no such album. It may have been deleted."


def add(db: Database, fields: Mapping[str, Any]) -> Album:
    """Make an album; `fields` are cleaned."""
    document: Document = {
        "_id": new_id(),
        "description": "",
        "cover": None,
        "order": "hand",
        "visibility": PUBLIC,
        "location": "",
        **fields,
        "tokens": tokens_of_title(fields["title"]),
        "shown": PRIVATE,  # until it is worked out
        "parent": _parent(db, None, fields.get("parent", "")),
        "state": LIVE,
        "created_at": now(),
        "updated_at": now(),
    }
    for slug in _slugs(document["title"]):
        document |= {"slug": slug, "slugs": [slug]}
        try:
            db.albums.insert_one(document)
        except DuplicateKeyError:
            continue
        visibility.settle_album(db, str(document["_id"]))
        return parse_album(db.albums.find_one({"_id": document["_id"]}) or document)
    raise BadRequest("There are too many albums of this title. Choose another.")


def change(db: Database, album: Album, fields: Mapping[str, Any]) -> Album:
    """Save some fields of an album, cleaned; a new title gives it a new slug, and the old one still finds it."""
    update: Document = {**fields, "updated_at": now()}
    if "title" in fields:
        update["tokens"] = tokens_of_title(fields["title"])
    if "parent" in fields:
        update["parent"] = _parent(db, album, fields["parent"])
    if fields.get("cover") is not None:
        update["cover"] = ObjectId(fields["cover"]) if fields["cover"] else None
    if slug_of(fields.get("title", album.title)) == slug_of(album.title):
        return _change(db, album, {"$set": update})
    for slug in _slugs(fields["title"]):
        try:
            return _change(db, album, {"$set": {**update, "slug": slug}, "$addToSet": {"slugs": slug}})
        except DuplicateKeyError:
            continue
    raise BadRequest("There are too many albums of this title. Choose another.")


def delete(db: Database, album: Album, batch: str) -> list[str]:
    """Take an album away with the albums in it; their ids. `batch` names them for `restore`.

    Hidden pictures stay hidden, and where they were taken.
    """
    update = {"$set": {"state": DELETED, "deleted_at": now(), "batch": batch}}
    level, gone = [ObjectId(album.id)], list[str]()
    while level:
        gone += map(str, level)
        inside = [
            each["_id"] for each in db.albums.find({"state": LIVE, "parent": {"$in": level}}, {"_id": 1})
        ]
        visibility.keep_strict(db, level)
        location.keep_hidden(db, level)
        db.albums.update_many({"_id": {"$in": level}, "state": LIVE}, update)
        level = inside
    return gone


def restore(db: Database, batch: str, among: Query) -> list[Album]:
    """Bring back what was deleted together, outermost first; one whose parent is gone hangs at the top."""
    found = list(db.albums.find({"$and": [{"state": DELETED, "batch": batch}, among]}).sort("_id", 1))
    ids = [each["_id"] for each in found]
    back = {"$set": {"state": LIVE}, "$unset": {"deleted_at": "", "batch": ""}}
    db.albums.update_many({"_id": {"$in": ids}, "state": DELETED}, back)
    parents = [each["parent"] for each in found if each["parent"]]
    there = {each["_id"] for each in db.albums.find({"_id": {"$in": parents}, "state": LIVE}, {"_id": 1})}
    lost = [each["_id"] for each in found if each["parent"] and each["parent"] not in there]
    db.albums.update_many({"_id": {"$in": lost}}, {"$set": {"parent": None}})
    return [parse_album(each) for each in sorted(found, key=lambda one: one["parent"] in ids)]


def deleted_by(db: Database, batch: str) -> list[str]:
    """The ids of the albums that were deleted together."""
    return list(map(str, db.albums.distinct("_id", {"state": DELETED, "batch": batch})))


def forget_deleted(db: Database, before: datetime) -> int:
    """Remove for good the albums that were deleted before that time, and take their pictures off; how many."""
    ids = [
        each["_id"] for each in db.albums.find({"state": DELETED, "deleted_at": {"$lt": before}}, {"_id": 1})
    ]
    for each in ids:
        db.gallery.update_many({"albums": each}, {"$pull": {"albums": each}, "$unset": {f"hung.{each}": ""}})
        db.albums.delete_one({"_id": each, "state": DELETED})
    return len(ids)


def _parent(db: Database, album: Album | None, parent: str) -> ObjectId | None:
    """The album to lie in; BadRequest when that would make a circle, or too deep a nest."""
    path: list[ObjectId] = []
    above: ObjectId | None = ObjectId(parent) if parent else None
    while above:
        path.append(above)
        if len(path) > MAX_DEPTH:
            raise BadRequest(f"Albums may lie in each other {MAX_DEPTH} deep, not deeper.")
        if album and above == ObjectId(album.id):
            raise BadRequest("An album cannot lie in itself, nor in an album that lies in it.")
        document = db.albums.find_one({"_id": above}, {"parent": 1})
        above = document["parent"] if document else None
    return path[0] if path else None


def _slugs(title: str) -> list[str]:
    base = slug_of(title)
    return [base, *(f"{base}-{number}" for number in range(2, MAX_SAME))]


def _change(db: Database, album: Album, update: Document) -> Album:
    query = {"_id": ObjectId(album.id), "state": LIVE}
    changed = db.albums.find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if changed is None:
        raise NotFound(GONE)
    return parse_album(changed)
