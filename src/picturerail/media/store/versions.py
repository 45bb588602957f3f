"""Versions of names: a greater one for each change of the bytes, so that no address ever means two pictures.

What was the last one is kept beside the assets, for names may be vacated and taken again within one second.
"""

from pymongo import ReturnDocument

from picturerail.database import Database, Document
from picturerail.media.asset import Identity


def next_version(db: Database, name: Identity, at_least: int = 0) -> int:
    """The version of what is now to take a name: the present Unix second, or more when that was given already.

    The clock is MongoDB's, which all processes share; `at_least` is for assets older than these records.
    """
    now: Document = {"$toLong": {"$divide": [{"$toLong": "$$NOW"}, 1000]}}
    last = {"$add": [{"$ifNull": ["$version", 0]}, 1]}
    fields: Document = {"version": {"$max": [now, last, at_least]}, "at": "$$NOW"}
    key = {"_id": f"{name.resource_type}/{name.type}/{name.public_id}"}
    after = ReturnDocument.AFTER
    kept = db["versions"].find_one_and_update(key, [{"$set": fields}], upsert=True, return_document=after)
    return int((kept or {})["version"])
