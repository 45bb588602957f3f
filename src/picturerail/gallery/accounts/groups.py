"""Groups of people, to which albums are given as to one person. An account holds in which it is, so no page asks twice.

In an album's list of viewers a group stands as `group:ID`, beside the ids of accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.accounts.users import User
from picturerail.gallery.pictures.text import plain_line
from picturerail.gallery.search.folding import folded

MAX_NAME = 60  # characters
MAX_GROUPS = 500
MAX_OF_ONE = 50  # groups that one account is in
AS_VIEWER = "group:"


@dataclass(frozen=True)
class PeopleGroup:
    """A group by its name, and the addresses of who is in it, where that was asked for."""

    id: str
    name: str
    members: tuple[str, ...] = ()

    @property
    def viewer(self) -> str:
        """What stands for it among an album's viewers."""
        return viewer_of(self.id)


def viewer_of(group_id: object) -> str:
    """What stands for a group among an album's viewers."""
    return f"{AS_VIEWER}{group_id}"


def clean_name(text: str) -> str:
    """The name of a group, or BadRequest. It is no address, so that one field takes either."""
    name = plain_line(text)
    if not name or len(name) > MAX_NAME or "@" in name:
        raise BadRequest(f"A group needs a name of up to {MAX_NAME} characters, without @.")
    return name


def add(db: Database, name: str) -> PeopleGroup:
    """Make a group; Conflict when there is one of that name, however it is spelt."""
    if db.groups.count_documents({}, limit=MAX_GROUPS) >= MAX_GROUPS:
        raise Conflict(f"There can be {MAX_GROUPS} groups.")
    document = {"_id": ObjectId(), **_named(name), "created_at": now()}
    try:
        db.groups.insert_one(document)
    except DuplicateKeyError:
        raise Conflict(f"There is a group called '{clean_name(name)}' already.") from None
    return _parse(document)


def rename(db: Database, group: PeopleGroup, name: str) -> None:
    """Give a group another name; Conflict when another one has it."""
    try:
        if not db.groups.update_one({"_id": ObjectId(group.id)}, {"$set": _named(name)}).matched_count:
            raise _missing(group.name)
    except DuplicateKeyError:
        raise Conflict(f"There is a group called '{clean_name(name)}' already.") from None


def remove(db: Database, group: PeopleGroup) -> None:
    """Forget a group; whoever was in it is so no more. Albums must have been taken from it before."""
    db.users.update_many({"groups": ObjectId(group.id)}, {"$pull": {"groups": ObjectId(group.id)}})
    db.groups.delete_one({"_id": ObjectId(group.id)})


def put(db: Database, group: PeopleGroup, user: User) -> None:
    """Put an account into a group, from its next click on."""
    free = {"_id": user.id, f"groups.{MAX_OF_ONE - 1}": {"$exists": False}}
    if not db.users.update_one(free, {"$addToSet": {"groups": ObjectId(group.id)}}).matched_count:
        raise Conflict(f"{user.email} is in {MAX_OF_ONE} groups, or has no account any more.")


def take(db: Database, group: PeopleGroup, user: User) -> None:
    """Take an account out of a group, from its next click on."""
    db.users.update_one({"_id": user.id}, {"$pull": {"groups": ObjectId(group.id)}})


def find(db: Database, group_id: str) -> PeopleGroup:
    """The group of that id, with who is in it; NotFound when there is none."""
    document = db.groups.find_one({"_id": ObjectId(group_id)}) if ObjectId.is_valid(group_id) else None
    if document is None:
        raise NotFound("There is no such group any more.")
    return _parse(document, _members(db, [document["_id"]]).get(document["_id"], ()))


def named(db: Database, name: str) -> PeopleGroup:
    """The group of that name, however it is spelt; NotFound when there is none."""
    document = db.groups.find_one({"folded": folded(plain_line(name))})
    if document is None:
        raise _missing(name)
    return _parse(document)


def every(db: Database) -> list[PeopleGroup]:
    """All groups by name, with who is in them."""
    documents = list(db.groups.find().sort("folded", 1))
    members = _members(db, [each["_id"] for each in documents])
    return [_parse(each, members.get(each["_id"], ())) for each in documents]


def names(db: Database) -> list[str]:
    """The names of all groups."""
    return [each["name"] for each in db.groups.find({}, {"name": 1}).sort("folded", 1)]


def names_of(db: Database, viewers: Sequence[str]) -> list[str]:
    """The names of those groups that stand among an album's viewers."""
    ids = [ObjectId(each.removeprefix(AS_VIEWER)) for each in viewers if each.startswith(AS_VIEWER)]
    found = db.groups.find({"_id": {"$in": ids}}, {"name": 1}).sort("folded", 1) if ids else ()
    return [each["name"] for each in found]


def _members(db: Database, ids: Sequence[ObjectId]) -> dict[ObjectId, tuple[str, ...]]:
    found: dict[ObjectId, list[str]] = {}
    for user in db.users.find({"groups": {"$in": list(ids)}}, {"email": 1, "groups": 1}).sort("email", 1):
        for each in user["groups"]:
            found.setdefault(each, []).append(user["email"])
    return {group: tuple(emails) for group, emails in found.items()}


def _named(name: str) -> dict[str, str]:
    cleaned = clean_name(name)
    return {"name": cleaned, "folded": folded(cleaned)}


def _parse(document: Mapping[str, Any], members: tuple[str, ...] = ()) -> PeopleGroup:
    return PeopleGroup(str(document["_id"]), document["name"], members)


def _missing(name: str) -> NotFound:
    return NotFound(f"There is no group called '{name[:MAX_NAME]}'.")
