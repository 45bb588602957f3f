"""Versions of names: a greater one for each change of the bytes, so that no address ever means two pictures.

What was the last one is kept beside the assets, for names may be vacated and taken again within one second.
"""

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.database import Database, Document
from picturerail.media.asset import Identity


def next_version(db: Database, name: Identity, at_least: int = 0) -> int:
    """The version of what is now to take a name: the present Unix second, or more when that was given already.

    The clock is MongoDB's, which all processes share; `at_least` is for assets older than these records.
    """
    now: Document = {"$toLong": {"$divide": [{"$toLong": "$$NOW"}, 1000]}}
    last = {"$add": [{"$ifNull": ["$version", 0]}, 1]}
    fields: Document = {"version": {"$max": [now, last, at_least]}, "at": "$$NOW"}
    key = _key(name)
    after = ReturnDocument.AFTER
    while True:
        try:
            kept = db["versions"].find_one_and_update(
                key, [{"$set": fields}], upsert=True, return_document=after
            )
        except DuplicateKeyError:  # another one wrote the first record of this name: it is there now
            continue
        return int((kept or {})["version"])


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


def _key(name: Identity) -> Document:
    return {"_id": f"{name.resource_type}/{name.type}/{name.public_id}"}
