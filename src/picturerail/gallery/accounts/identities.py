"""Which account somebody at the OpenID provider has here: bound to (issuer, subject), never to an address.

What is kept of a removed account is a mark under the hash of its name at the provider and of its address, so that it
is not simply made again.
"""

import hashlib
from collections.abc import Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import Conflict
from picturerail.gallery.accounts.email import folded
from picturerail.gallery.accounts.users import User, find_user
from picturerail.gallery.oidc.identity import ProviderIdentity, ProviderSignOut

TAKEN = "This sign-in belongs to another account here already."


def bound_user(db: Database, identity: ProviderIdentity | ProviderSignOut) -> User | None:
    """The account of somebody, if it is bound."""
    known = db.identities.find_one({"_id": _key(identity)})
    return find_user(db, known["user"]) if known and known.get("user") else None


def bind(db: Database, identity: ProviderIdentity, user_id: ObjectId) -> None:
    """Let somebody in to an account from now on; Conflict when one of both is bound otherwise."""
    other = {"user": user_id, "issuer": identity.issuer, "_id": {"$ne": _key(identity)}}
    if db.identities.find_one(other, {"_id": 1}):
        raise Conflict(
            "This account is signed in to by somebody else at the provider. Disconnect that first."
        )
    about = {"issuer": identity.issuer, "created_at": now()}
    try:  # a mark of a removed account gives way
        db.identities.update_one(
            {"_id": _key(identity), "user": {"$in": [None, user_id]}},
            {"$set": {"user": user_id}, "$unset": {"barred": ""}, "$setOnInsert": about},
            upsert=True,
        )
    except DuplicateKeyError:
        raise Conflict(TAKEN) from None
    db.identities.delete_one({"_id": _address_key(identity.email)})


def is_bound(db: Database, user_id: ObjectId) -> bool:
    """Whether somebody signs in to an account by a provider."""
    return db.identities.find_one({"user": user_id}, {"_id": 1}) is not None


def bound_users(db: Database) -> frozenset[ObjectId]:
    """All accounts of which that is so."""
    return frozenset(db.identities.distinct("user", {"user": {"$ne": None}}))


def unbind(db: Database, user_id: ObjectId) -> int:
    """Let nobody in to an account by a provider; how many could."""
    return db.identities.delete_many({"user": user_id}).deleted_count


def bar(db: Database, user: User) -> None:
    """An account is removed: who had it gets no other one by only coming again."""
    db.identities.update_many({"user": user.id}, {"$set": {"user": None, "barred": True}})
    mark = {"$set": {"user": None, "barred": True, "created_at": now()}}
    db.identities.update_one({"_id": _address_key(user.email)}, mark, upsert=True)


def is_barred(db: Database, identity: ProviderIdentity) -> bool:
    """Whether the account of somebody was removed."""
    keys: Sequence[str] = (_key(identity), _address_key(identity.email))
    return db.identities.find_one({"_id": {"$in": keys}, "barred": True}, {"_id": 1}) is not None


def session_key(issuer: str, session: str) -> str:
    """By what a session begun at the provider is known again when it ends there; "" where the provider names none."""
    return _hashed("session", issuer, session) if session else ""


def _key(identity: ProviderIdentity | ProviderSignOut) -> str:
    return _hashed("person", identity.issuer, identity.subject)


def _address_key(email: str) -> str:
    return _hashed("address", folded(email))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()
