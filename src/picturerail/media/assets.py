"""Every query about assets."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.database import Database, Document
from picturerail.media.search.index import search_fields


@dataclass(frozen=True)
class Identity:
    """What names an asset: its resource type (image, raw), delivery type (upload, private...) and public_id."""

    resource_type: str
    type: str
    public_id: str

    def query(self) -> Document:
        """The query that finds it."""
        return {"resource_type": self.resource_type, "type": self.type, "public_id": self.public_id}


def find(db: Database, identity: Identity) -> Document | None:
    """The asset of this name."""
    return db["assets"].find_one(identity.query())


def find_first(db: Database, identities: Iterable[Identity]) -> Document | None:
    """The first of several names under which there is an asset, asked in one query."""
    wanted = list(identities)
    query: Document = wanted[0].query() | {"public_id": {"$in": [each.public_id for each in wanted]}}
    found = {asset["public_id"]: asset for asset in db["assets"].find(query)}
    return next((found[each.public_id] for each in wanted if each.public_id in found), None)


def find_by_asset_id(db: Database, asset_id: str) -> Document | None:
    """The asset with this id."""
    return db["assets"].find_one({"asset_id": asset_id})


def save(db: Database, identity: Identity, fields: Document) -> tuple[Document, Document | None]:
    """Insert the asset, or replace what is stored under its name; the asset, and what was there before.

    The new document takes the place of the old one in one step, so the last of several writers wins whole.
    """
    for _ in range(10):
        before = find(db, identity)
        if before is None:
            if (made := _insert(db, identity, fields)) is not None:
                return made, None
        else:
            kept = {"_id": before["_id"], "asset_id": before["asset_id"], "created_at": before["created_at"]}
            document = _findable({**identity.query(), **fields, **kept})
            if _replace(db, before, document):
                return document, before
    raise DuplicateKeyError("the asset changed too often")


def insert_or_find(db: Database, identity: Identity, fields: Document) -> Document:
    """Insert the asset unless one of this name is there; whichever is there then."""
    while True:
        there = _insert(db, identity, fields) or find(db, identity)
        if there is not None:
            return there


def _insert(db: Database, identity: Identity, fields: Document) -> Document | None:
    document = _findable(
        {
            **identity.query(),
            **fields,
            "asset_id": secrets.token_hex(16),
            "created_at": fields["updated_at"],
        }
    )
    try:
        db["assets"].insert_one(document)
    except DuplicateKeyError:
        return None
    return document


def _replace(db: Database, before: Document, document: Document) -> bool:
    unchanged = {"_id": before["_id"], "original": before["original"], "updated_at": before["updated_at"]}
    return db["assets"].replace_one(unchanged, document).matched_count == 1


def update(db: Database, asset_id: str, changes: Document) -> Document | None:
    """Set fields of an asset; the asset as it is then."""
    stamped = {"$set": {**changes.get("$set", {}), "updated_at": now()}}
    asset = db["assets"].find_one_and_update(
        {"asset_id": asset_id}, {**changes, **stamped}, return_document=ReturnDocument.AFTER
    )
    if asset is not None:
        keep_findable(db, asset)
    return asset


def keep_findable(db: Database, asset: Document) -> None:
    """Bring what searches look at up to date with an asset that has just been changed."""
    found_by = search_fields(asset)
    if found_by != asset.get("search"):
        # whoever has changed it since does this too
        same = {"_id": asset["_id"], "updated_at": asset["updated_at"]}
        db["assets"].update_one(same, {"$set": {"search": found_by}})


def _findable(asset: Document) -> Document:
    return {**asset, "search": search_fields(asset)}


def note_remote(db: Database, asset: Document, remote: Document) -> None:
    """Keep what a remote host said about a fetched asset, and when; the asset itself is not changed by it."""
    db["assets"].update_one({"_id": asset["_id"]}, {"$set": {"remote": remote}})


def remove(db: Database, identity: Identity) -> Document | None:
    """Delete the document of an asset; what it was."""
    return db["assets"].find_one_and_delete(identity.query())


def owns(db: Database, original: str) -> bool:
    """True when some asset has this original."""
    return db["assets"].find_one({"original": original}, {"_id": 1}) is not None


def every(db: Database, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """All assets, with these fields only, in the order of their making."""
    yield from db["assets"].find({}, dict.fromkeys(fields, 1)).sort("_id", 1)


def now() -> datetime:
    """The time as MongoDB keeps it: UTC, milliseconds."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
