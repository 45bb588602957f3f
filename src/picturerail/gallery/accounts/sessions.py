"""Server-side sign-in sessions: the browser holds a random token, the database only its hash."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from picturerail.clock import now
from picturerail.concurrency.lru import Lru
from picturerail.database import Database, Document
from picturerail.gallery.accounts import album_grants
from picturerail.gallery.accounts.album_grants import GrantAnswer, GrantNames
from picturerail.gallery.accounts.users import User
from picturerail.gallery.policy import Person
from picturerail.gallery.site.texts import ALONG, SiteTexts, texts_along

MAX_AGENT = 300  # characters of what a browser says it is
USE_NOTED = timedelta(minutes=5)  # how exactly the last use is known

_accounts: Lru[ObjectId] = Lru()  # by session: whose documents its question names


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
    provider_session: str = "",
) -> str:
    """Begin a session and return its token, which is never kept here.

    It ends after `days`, and `idle_days` after its last use, and when the provider ends its `provider_session`.
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
            **({"provider_session": provider_session} if provider_session else {}),
            "created_at": now(),
            "used_at": now(),
            "idle_days": idle_days,
            "expires_at": now() + timedelta(days=days),
        }
    )
    return token


def find_person(db: Database, token: str) -> Person | None:
    """Who holds this token; None when it is unknown, over, from before a password change, or the account is shut.

    Session, account and what is given to it are one question: each page of whoever is signed in asks it.
    """
    found = _find(db, token)
    return found[0] if found else None


def find_person_and_texts(db: Database, token: str) -> tuple[Person, SiteTexts] | None:
    """The same with the texts of the site, which each page says: one question for both."""
    found = _find(db, token, ALONG)
    return (found[0], texts_along(found[1].others)) if found else None


def _find(db: Database, token: str, along: Sequence[Document] = ()) -> tuple[Person, GrantAnswer] | None:
    """Who holds this token, and the answer that told it; None where it opens nothing."""
    key = hash_token(token)
    known = _accounts.get(key)
    names = album_grants.remembered(known) if known else GrantNames()
    while True:
        begun: Document = {"$match": {"_id": key}}  # by its id alone it is found at once
        answer = album_grants.read(db.sessions.aggregate([begun, *names.stages, *along]))
        session = next((each for each in answer.others if each["_id"] == key), {})
        user_id: ObjectId | None = session.get("user")  # links that open something else lie there, too
        if user_id is None:
            return None
        led = answer.leads_to(user_id)
        if names.tells(led):
            break
        names = names.joined(led) if names.accounts else album_grants.remembered(user_id)
    _accounts.keep(key, user_id)
    album_grants.remember(user_id, led)
    return (answer.person(user_id), answer) if _opens(db, session, answer.accounts.get(user_id)) else None


def _opens(db: Database, session: Mapping[str, Any], account: Mapping[str, Any] | None) -> bool:
    """Whether a session opens its account still; its use is noted then."""
    if account is None or account.get("disabled"):
        return False
    if session.get("generation") != account["generation"] or _is_over(session):
        return False
    if _last_use(session) < now() - USE_NOTED:
        db.sessions.update_one({"_id": session["_id"]}, {"$set": {"used_at": now()}})
    return True


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


def end_provider_sessions(
    db: Database, user_id: ObjectId | None, provider_session: str, until: datetime
) -> set[ObjectId]:
    """Sign browsers out that were signed in by the provider up to then; the accounts, of which there may be none.

    Those of an account, or of a session at the provider, or of both; of neither, none.
    """
    query: Document = {"by_provider": True, "created_at": {"$lte": until}}
    query |= {"user": user_id} if user_id else {}
    query |= {"provider_session": provider_session} if provider_session else {}
    found = list(db.sessions.find(query, {"user": 1})) if user_id or provider_session else []
    db.sessions.delete_many({"_id": {"$in": [each["_id"] for each in found]}})
    return {each["user"] for each in found}


def hash_token(token: str) -> str:
    """What the database keeps of a token; it is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _last_use(document: Mapping[str, Any]) -> datetime:
    used_at: datetime = document.get("used_at") or document["created_at"]
    return used_at


def _is_over(document: Mapping[str, Any]) -> bool:
    expires_at: datetime = document["expires_at"]
    return expires_at <= now() or _is_idle(document)


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
