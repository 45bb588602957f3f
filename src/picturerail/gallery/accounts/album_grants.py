"""Which albums are given to an account: read with the account itself, since every page of such a person asks this.

Whoever sees all needs none. Nothing is remembered: what is taken from somebody is gone on the next click.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bson import ObjectId

from picturerail.database import Database, Document
from picturerail.gallery import policy
from picturerail.gallery.accounts.groups import AS_VIEWER
from picturerail.gallery.accounts.users import User, parse_user, person_of
from picturerail.gallery.albums.model import LIVE, MAX_DEPTH
from picturerail.gallery.policy import ROLES, Action, Person

_SEE_ALL = [role for role in ROLES if policy.sees_all(role)]
_GROUPS = {
    "$map": {
        "input": {"$ifNull": ["$groups", []]},
        "in": {"$concat": [AS_VIEWER, {"$toString": "$$this"}]},
    }
}
_STANDS_FOR = {
    "$concatArrays": [[{"$toString": "$_id"}], _GROUPS]
}  # what an album's list of viewers calls them
_NOBODY = [""]  # never an empty list: for that, $lookup reads a whole collection
_OWNERS = {
    "$map": {
        "input": {"$setUnion": [_NOBODY, "$given.owner", "$inside.owner"]},
        "in": {"$convert": {"input": "$$this", "to": "objectId", "onError": "", "onNull": ""}},
    }
}

# Added to a document of `users`: the albums that are `given` to it, those that lie `inside` these, and their `owners`.
STAGES: list[Document] = [
    {"$set": {"viewers": {"$cond": [{"$in": ["$role", _SEE_ALL]}, _NOBODY, _STANDS_FOR]}}},
    {
        "$lookup": {
            "from": "albums",
            "localField": "viewers",
            "foreignField": "viewers",
            "pipeline": [{"$match": {"state": LIVE}}, {"$project": {"owner": 1}}],
            "as": "given",
        }
    },
    {
        "$graphLookup": {
            "from": "albums",
            "startWith": "$given._id",
            "connectFromField": "_id",
            "connectToField": "parent",
            "maxDepth": MAX_DEPTH - 1,
            "restrictSearchWithMatch": {"state": LIVE},
            "as": "inside",
        }
    },
    {
        "$set": {
            "inside": {"$map": {"input": "$inside", "in": {"_id": "$$this._id", "owner": "$$this.owner"}}}
        }
    },
    {"$set": {"owners": _OWNERS}},
    {
        "$lookup": {
            "from": "users",
            "localField": "owners",
            "foreignField": "_id",
            "pipeline": [{"$project": {"role": 1}}],
            "as": "owners",
        }
    },
]


def with_grants(db: Database, user: User) -> Person:
    """Who somebody is that acts by this account, with the albums that are given to them."""
    if policy.may_all(person_of(user), Action.SEE_HIDDEN):
        return person_of(user)
    found = next(iter(db.users.aggregate([{"$match": {"_id": user.id}}, *STAGES])), None)
    return replace(person_of(user), **_grants_of(found)) if found else person_of(user)


def parse_person(document: Mapping[str, Any]) -> Person:
    """Who acts by the account in a document of `users` to which the stages have added theirs."""
    return replace(person_of(parse_user(document)), **_grants_of(document))


def _grants_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a person is given, divided by whether who owns the album sees all: nobody gives what is not theirs."""
    given = {each["_id"]: each.get("owner", "") for each in (*document["given"], *document["inside"])}
    roles = {str(each["_id"]): each["role"] for each in document["owners"]}
    limited = {owner for owner in given.values() if _is_limited(owner, roles.get(owner))}
    return {
        "granted": tuple(album for album, owner in given.items() if owner not in limited),
        "granted_by": tuple((owner, album) for album, owner in given.items() if owner in limited),
    }


def _is_limited(owner: str, role: str | None) -> bool:
    """Whether they do not see all: by a lesser role, or because the account is gone. Scripts that add see all."""
    return ObjectId.is_valid(owner) and not (role and policy.sees_all(role))
