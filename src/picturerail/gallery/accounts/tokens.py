"""Tokens for scripts: `Authorization: Bearer TOKEN` on the JSON API. Shown once, kept as a hash."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.accounts.sessions import hash_token
from picturerail.gallery.policy import SCOPES, ApiClient

PREFIX = "prt_"  # so that people, and scanners for secrets, know what they have found
MAX_NAME = 100  # characters
USE_NOTED = timedelta(minutes=1)  # how exactly the last use is known


@dataclass(frozen=True)
class ApiToken:
    """A token, as far as it may be shown."""

    id: ObjectId
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None

    @property
    def client(self) -> ApiClient:
        """Who holds it."""
        return ApiClient(self.id, self.name, self.scope)


def add_token(db: Database, name: str, scope: str, days: int | None = None) -> str:
    """Make a token; it cannot be shown again. Conflict when there is one of that name."""
    if scope not in SCOPES:
        raise BadRequest(f"The scope must be one of {', '.join(SCOPES)}.")
    if not (0 < len(name.strip()) <= MAX_NAME and name.strip().isprintable()):
        raise BadRequest(
            f"Give the token a name of at most {MAX_NAME} characters on one line, such as 'backup script'."
        )
    token = PREFIX + secrets.token_urlsafe(32)
    document = {
        "hash": hash_token(token),
        "name": name.strip(),
        "scope": scope,
        "created_at": now(),
        "expires_at": now() + timedelta(days=days) if days else None,
        "used_at": None,
    }
    try:
        db.tokens.insert_one(document)
    except DuplicateKeyError:
        raise Conflict(f"There is a token called '{name.strip()}' already.") from None
    return token


def list_tokens(db: Database) -> Iterator[ApiToken]:
    """All tokens, by name."""
    return map(_parse, db.tokens.find().sort("name", 1))


def named(db: Database, name: str) -> ApiToken:
    """The token of that name; NotFound when there is none."""
    document = db.tokens.find_one({"name": name})
    if document is None:
        raise NotFound(f"There is no token called '{name}'.")
    return _parse(document)


def remove_token(db: Database, token: ApiToken) -> None:
    """End a token at once."""
    db.tokens.delete_one({"_id": token.id})


def find_client(db: Database, token: str) -> ApiClient | None:
    """Who holds this token; None when it is unknown or expired."""
    document = db.tokens.find_one({"hash": hash_token(token)})
    if document is None:
        return None
    known, present = _parse(document), now()
    if known.expires_at is not None and known.expires_at <= present:
        return None
    if known.used_at is None or known.used_at < present - USE_NOTED:
        db.tokens.update_one({"_id": known.id}, {"$set": {"used_at": present}})
    return known.client


def client_of(db: Database, token_id: str) -> ApiClient | None:
    """Who holds the token of that id, as long as it works."""
    document = db.tokens.find_one({"_id": ObjectId(token_id)}) if ObjectId.is_valid(token_id) else None
    known = _parse(document) if document else None
    if known is None or (known.expires_at is not None and known.expires_at <= now()):
        return None
    return known.client


def _parse(document: Mapping[str, Any]) -> ApiToken:
    return ApiToken(
        id=document["_id"],
        name=document["name"],
        scope=document["scope"],
        created_at=document["created_at"],
        expires_at=document["expires_at"],
        used_at=document["used_at"],
    )
