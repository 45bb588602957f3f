"""The share links in the database: made, found, listed, ended. Ending one is deleting it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING
from pymongo.collection import Collection

from picturerail.clock import now
from picturerail.database import Database, Document
from picturerail.errors import Forbidden, NotFound
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.principals import SCRIPT
from picturerail.gallery.shares.model import ENDED, MAX_ADDED, Share, parse_share

MAX_LISTED = 500
MAX_FORMS = 20  # that are remembered of a link


def add(db: Database, fields: Mapping[str, Any]) -> Share:
    """Keep a new link; `fields` are cleaned."""
    document = {"_id": new_id(), **fields, "created_at": now(), "used_at": None, "uses": 0}
    db.shares.insert_one(document)
    return parse_share(document)


def find(db: Database, share_id: str) -> Share:
    """The link of that id, if it works now and whoever made it is still there; else NotFound."""
    document = db.shares.find_one({"_id": ObjectId(share_id)})
    share = parse_share(document) if document else None
    if share is None or share.is_over or not is_somebody(db, share.owner):
        raise NotFound(ENDED)
    return share


def note_use(db: Database, share: Share, form: str = "") -> None:
    """Count that somebody opened a link, once for each form; NotFound when it was opened as often as it may be."""
    query: dict[str, Any] = {"_id": ObjectId(share.id)}
    update: dict[str, Any] = {"$set": {"used_at": now()}, "$inc": {"uses": 1}}
    if share.max_uses:
        query["uses"] = {"$lt": share.max_uses}  # of two who come at one moment, one gets the last use
    if form:
        query["forms"] = {"$ne": form}
        update["$push"] = {"forms": {"$each": [form], "$slice": -MAX_FORMS}}
    counted = db.shares.update_one(query, update)
    if not share.max_uses or counted.modified_count:
        return
    if not form or db.shares.find_one({"_id": ObjectId(share.id), "forms": form}, {"_id": 1}) is None:
        raise NotFound(ENDED)


def begin_sending(db: Database, share: Share, name: str) -> bool:
    """Say that a picture is on its way; False when somebody has said so of the same one."""
    query = {"_id": ObjectId(share.id), "sending": {"$ne": name}}
    return db.shares.update_one(query, {"$push": {"sending": name}}).modified_count == 1


def end_sending(db: Database, share: Share, name: str) -> None:
    """It came, or failed to."""
    db.shares.update_one({"_id": ObjectId(share.id)}, {"$pull": {"sending": name}})


def note_added(db: Database, share: Share) -> None:
    """Count a picture before it comes; Forbidden when the link has brought as many as it may."""
    query = {"_id": ObjectId(share.id), "added": {"$not": {"$gte": MAX_ADDED}}}
    if not db.shares.update_one(query, {"$inc": {"added": 1}}).modified_count:
        raise Forbidden(f"By one link come at most {MAX_ADDED:,} pictures. Ask for a new one.")


def note_refused(db: Database, share: Share) -> None:
    """A picture that was counted has not come."""
    db.shares.update_one({"_id": ObjectId(share.id)}, {"$inc": {"added": -1}})


def one_of(db: Database, share_id: str, who: Mapping[str, Any]) -> Share:
    """A link of somebody's, whether it still opens anything or not; NotFound when there is none."""
    document = db.shares.find_one({"$and": [_named(share_id), who]})
    if document is None:
        raise NotFound("There is no such link any more.")
    return parse_share(document)


def made_by(db: Database, who: Mapping[str, Any]) -> list[Share]:
    """The links of somebody, newest first."""
    return [parse_share(each) for each in db.shares.find(who).sort("_id", DESCENDING).limit(MAX_LISTED)]


def revoke(db: Database, share_id: str, who: Mapping[str, Any]) -> None:
    """End a link of somebody's at once; NotFound when there is none."""
    if db.shares.delete_one({"$and": [_named(share_id), who]}).deleted_count == 0:
        raise NotFound("There is no such link any more.")


def _named(share_id: str) -> dict[str, Any]:
    return {"_id": ObjectId(share_id) if ObjectId.is_valid(share_id) else None}


def give(db: Database, owner: str, heir: str) -> int:
    """Let the links of somebody be those of somebody else; how many."""
    return db.shares.update_many({"owner": owner}, {"$set": {"owner": heir}}).modified_count


def is_somebody(db: Database, owner: str) -> bool:
    """Whether an account or a token is still there, and an account may sign in."""
    return not gone(db, [owner])


def gone(db: Database, owners: Iterable[str]) -> set[str]:
    """Those who made links that open nothing now: accounts that are removed or disabled, and tokens that are removed.

    A token whose time is over has done what it was made for: its links stay, as those of somebody who signs out do.
    """
    accounts = {each: ObjectId(each) for each in owners if ObjectId.is_valid(each)}
    scripts = {each: ObjectId(each.removeprefix(SCRIPT)) for each in owners if each.startswith(SCRIPT)}
    may_sign_in: dict[str, Any] = {"disabled": {"$ne": True}}
    return _missing(db.users, accounts, may_sign_in) | _missing(db.tokens, scripts, {})


def _missing(
    collection: Collection[Document], identities: Mapping[str, ObjectId], query: Mapping[str, Any]
) -> set[str]:
    """The names of those of whom no document is there that fits."""
    known = {"_id": {"$in": [*identities.values()]}, **query}
    there = set(collection.distinct("_id", known)) if identities else set()
    return {name for name, identity in identities.items() if identity not in there}
