"""Server-side sign-in sessions: the browser holds a random token, the database only its hash."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
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
    return found.person if found else None


def find_person_and_texts(db: Database, token: str) -> tuple[Person, SiteTexts] | None:
    """The same with the texts of the site, which each page says: one question for both."""
    found = _find(db, token, ALONG)
    return (found.person, found.texts) if found else None


@dataclass(frozen=True)
class _Answer:
    """The documents that a question about a session found, and what follows from them alone."""

    key: str
    documents: list[Document]

    @cached_property
    def session(self) -> Mapping[str, Any]:
        """The session itself; nothing when there is none, or a link that opens something else."""
        found = next((each for each in self.documents if each["_id"] == self.key), {})
        return found if "user" in found else {}

    @property
    def user_id(self) -> ObjectId:
        """Whose session it is."""
        user_id: ObjectId = self.session["user"]
        return user_id

    @cached_property
    def account(self) -> Mapping[str, Any] | None:
        """The account; None when it is gone."""
        return self._grants.accounts.get(self.user_id)

    @cached_property
    def led(self) -> GrantNames:
        """What one has to ask for to know it all."""
        return self._grants.leads_to(self.user_id)

    @cached_property
    def person(self) -> Person:
        """Who acts by the session, once all is known."""
        return self._grants.person(self.user_id)

    @cached_property
    def texts(self) -> SiteTexts:
        """The texts of the site, where they were asked for."""
        return texts_along(self.documents)

    @cached_property
    def _grants(self) -> GrantAnswer:
        return album_grants.read(self.documents)


# By session and question: the last answer, which is not worked out once more when the next one is the same.
_answers: Lru[_Answer] = Lru(album_grants.MAX_REMEMBERED)


def _find(db: Database, token: str, along: Sequence[Document] = ()) -> _Answer | None:
    """The answer that tells who holds this token; None where it opens nothing."""
    key = hash_token(token)
    question = f"{key} {len(along)}"
    known, last = _accounts.get(key), _answers.get(question)
    names = album_grants.remembered(known) if known else GrantNames()
    while True:
        begun: Document = {"$match": {"_id": key}}  # by its id alone it is found at once
        documents = list(db.sessions.aggregate([begun, *names.stages, *along]))
        answer = last if last and last.documents == documents else _Answer(key, documents)
        if not answer.session:
            return None
        if names.tells(answer.led):
            break
        names = names.joined(answer.led) if names.accounts else album_grants.remembered(answer.user_id)
    _accounts.keep(key, answer.user_id)
    album_grants.remember(answer.user_id, answer.led)
    _answers.keep(question, answer)
    return answer if _opens(db, answer.session, answer.account) else None


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
