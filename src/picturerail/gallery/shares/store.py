"""The share links in the database: made, found, listed, ended. Ending one is deleting it."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.shares.model import ENDED, Share, parse_share

MAX_LISTED = 500


def add(db: Database, fields: Mapping[str, Any]) -> Share:
    """Keep a new link; `fields` are cleaned."""
    document = {"_id": new_id(), **fields, "created_at": now(), "used_at": None, "uses": 0}
    db.shares.insert_one(document)
    return parse_share(document)


def find(db: Database, share_id: str) -> Share:
    """The link of that id, if it works now and whoever made it may still sign in; else NotFound."""
    document = db.shares.find_one({"_id": ObjectId(share_id)})
    share = parse_share(document) if document else None
    if share is None or share.is_over or not _is_somebody(db, share.owner):
        raise NotFound(ENDED)
    return share


def note_use(db: Database, share: Share) -> None:
    """Count that somebody opened a link."""
    db.shares.update_one({"_id": ObjectId(share.id)}, {"$set": {"used_at": now()}, "$inc": {"uses": 1}})


def made_by(db: Database, who: Mapping[str, Any]) -> list[Share]:
    """The links of somebody, newest first."""
    return [parse_share(each) for each in db.shares.find(who).sort("_id", DESCENDING).limit(MAX_LISTED)]


def revoke(db: Database, share_id: str, who: Mapping[str, Any]) -> None:
    """End a link of somebody's at once; NotFound when there is none."""
    found = {"_id": ObjectId(share_id)} if ObjectId.is_valid(share_id) else {"_id": None}
    if db.shares.delete_one({**found, **who}).deleted_count == 0:
        raise NotFound("There is no such link any more.")


def _is_somebody(db: Database, owner: str) -> bool:
    """Whether an account still lives; scripts and operators have none."""
    if not ObjectId.is_valid(owner):
        return True
    account = db.users.find_one({"_id": ObjectId(owner)}, {"disabled": 1})
    return account is not None and not account.get("disabled")
