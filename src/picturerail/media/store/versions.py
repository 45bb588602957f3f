"""Versions of names: a greater one for each change of the bytes, so that no address ever means two pictures.

What was the last one is kept beside the assets, for names may be vacated and taken again within one second.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from pymongo import ReturnDocument, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, DuplicateKeyError

from picturerail.database import Database, Document
from picturerail.media.asset import Identity

# The asset is written behind it, and that waits for the journal and a majority: what came before is there then, too.
BEFORE_ITS_ASSET = WriteConcern(w=1, j=False)


def next_version(db: Database, name: Identity, at_least: int = 0) -> int:
    """The version of what is now to take a name: the present Unix second, or more when that was given already.

    The clock is MongoDB's, which all processes share; `at_least` is for assets older than these records.
    """
    fields, key = _next(at_least), _key(name)
    given, after = db.get_collection("versions", write_concern=BEFORE_ITS_ASSET), ReturnDocument.AFTER
    while True:
        try:
            kept = given.find_one_and_update(key, [{"$set": fields}], upsert=True, return_document=after)
        except DuplicateKeyError:  # another one wrote the first record of this name: it is there now
            continue
        return int((kept or {})["version"])


def next_versions(db: Database, names: Sequence[Identity]) -> list[int]:
    """The same for several names, by two calls; of whichever somebody else took at this moment, by one more."""
    mine, keys = secrets.token_hex(8), [_key(each) for each in names]
    updates = [UpdateOne(key, [{"$set": {**_next(0), "by": mine}}], upsert=True) for key in keys]
    with suppress(BulkWriteError):  # what was not written is not ours below
        db["versions"].bulk_write(updates, ordered=False)
    found = db["versions"].find({"_id": {"$in": [key["_id"] for key in keys]}, "by": mine}, {"version": 1})
    given = {each["_id"]: int(each["version"]) for each in found}
    return [given.get(key["_id"]) or next_version(db, name) for key, name in zip(keys, names, strict=True)]


def keep_version(db: Database, name: Identity, version: int) -> int:
    """The version that a name had elsewhere; whatever it gets here later is a greater one."""
    key = _key(name)
    fields: Document = {"version": {"$max": ["$version", version]}, "at": "$$NOW"}
    db["versions"].update_one(key, [{"$set": fields}], upsert=True)
    return version


def was_taken(db: Database, name: Identity) -> bool:
    """Whether something had this name here within the last month."""
    key = _key(name)
    return db["versions"].find_one(key, {"_id": 1}) is not None


def _next(at_least: int) -> Document:
    now: Document = {"$toLong": {"$divide": [{"$toLong": "$$NOW"}, 1000]}}
    last = {"$add": [{"$ifNull": ["$version", 0]}, 1]}
    return {"version": {"$max": [now, last, at_least]}, "at": "$$NOW"}


def _key(name: Identity) -> Document:
    return {"_id": f"{name.resource_type}/{name.type}/{name.public_id}"}
