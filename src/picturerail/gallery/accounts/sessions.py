"""Server-side sign-in sessions: the browser holds a random token, the database only its hash."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.accounts.groups import viewer_of
from picturerail.gallery.accounts.users import User, find_user, person_of
from picturerail.gallery.albums.viewers import granted_to
from picturerail.gallery.policy import Action, Person

MAX_AGENT = 300  # characters of what a browser says it is
USE_NOTED = timedelta(minutes=5)  # how exactly the last use is known


@dataclass(frozen=True)
class Session:
    """A browser that is signed in, as far as its owner is told; `key` names it and opens nothing."""

    key: str
    agent: str
    address: str
    created_at: datetime
    used_at: datetime
    is_this: bool
    by_provider: bool  # signed in by the OpenID provider


def start_session(
    db: Database,
    user: User,
    days: int,
    idle_days: int | None = None,
    *,
    agent: str = "",
    address: str = "",
    by_provider: bool = False,
) -> str:
    """Begin a session and return its token, which is never kept here.

    It ends after `days`, and `idle_days` after its last use.
    """
    token = secrets.token_urlsafe(32)
    db.sessions.insert_one(
        {
            "_id": hash_token(token),
            "user": user.id,
            "generation": user.generation,
            "agent": agent[:MAX_AGENT],
            "address": address,
            "by_provider": by_provider,
            "created_at": now(),
            "used_at": now(),
            "idle_days": idle_days,
            "expires_at": now() + timedelta(days=days),
        }
    )
    return token


def find_person(db: Database, token: str) -> Person | None:
    """Who holds this token; None when it is unknown, over, from before a password change, or the account is shut."""
    session = db.sessions.find_one({"_id": hash_token(token), "expires_at": {"$gt": now()}})
    user = find_user(db, session["user"]) if session and "generation" in session else None
    if session is None or user is None or user.disabled or session["generation"] != user.generation:
        return None
    if _is_idle(session):
        return None
    if _last_use(session) < now() - USE_NOTED:
        db.sessions.update_one({"_id": session["_id"]}, {"$set": {"used_at": now()}})
    return with_grants(db, user)


def with_grants(db: Database, user: User) -> Person:
    """Who somebody is that acts by this account, with the albums that are given to them."""
    person = person_of(user)
    if policy.may_all(person, Action.SEE_HIDDEN):
        return person
    given = granted_to(db, [person.id, *map(viewer_of, user.groups)])
    limited = _with_limits(db, set(given.values()))
    return replace(
        person,
        granted=tuple(album for album, owner in given.items() if owner not in limited),
        granted_by=tuple((owner, album) for album, owner in given.items() if owner in limited),
    )


def _with_limits(db: Database, owners: set[str]) -> set[str]:
    """Those who do not see all: accounts of lesser roles, and those that are gone. Scripts that add see all."""
    accounts = {each for each in owners if ObjectId.is_valid(each)}
    found = db.users.find({"_id": {"$in": list(map(ObjectId, accounts))}}, {"role": 1}) if accounts else ()
    return accounts - {str(each["_id"]) for each in found if policy.sees_all(each["role"])}


def sessions_of(db: Database, user: User, token: str = "") -> list[Session]:
    """Where an account is signed in, the last used first; `token` is that of who asks."""
    query = {"user": user.id, "generation": user.generation, "expires_at": {"$gt": now()}}
    found = db.sessions.find(query).sort("used_at", -1)
    return [_parse(each, hash_token(token)) for each in found if not _is_idle(each)]


def end_session(db: Database, token: str) -> bool:
    """Sign out; whether the session was begun by the OpenID provider."""
    ended = db.sessions.find_one_and_delete({"_id": hash_token(token)})
    return bool(ended and ended.get("by_provider"))


def end_session_of(db: Database, user_id: ObjectId, key: str) -> None:
    """Sign one browser of an account out."""
    db.sessions.delete_one({"_id": key, "user": user_id})


def end_other_sessions_of(db: Database, user_id: ObjectId, token: str) -> None:
    """Sign an account out everywhere but where `token` is."""
    db.sessions.delete_many({"user": user_id, "_id": {"$ne": hash_token(token)}})


def end_sessions_of(db: Database, user_id: ObjectId) -> int:
    """Sign an account out everywhere; how many sessions there were."""
    return db.sessions.delete_many({"user": user_id}).deleted_count


def hash_token(token: str) -> str:
    """What the database keeps of a token; it is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _last_use(document: Mapping[str, Any]) -> datetime:
    used_at: datetime = document.get("used_at") or document["created_at"]
    return used_at


def _is_idle(document: Mapping[str, Any]) -> bool:
    """Whether nobody has used it for as many days as it stays open unused; one of an older program has no such end."""
    idle_days = document.get("idle_days")
    return idle_days is not None and _last_use(document) < now() - timedelta(days=idle_days)


def _parse(document: Mapping[str, Any], this: str) -> Session:
    created_at = document["created_at"]
    return Session(
        key=document["_id"],
        agent=document.get("agent", ""),
        address=document.get("address", ""),
        created_at=created_at,
        used_at=document.get("used_at", created_at),
        is_this=document["_id"] == this,
        by_provider=document.get("by_provider", False),
    )
