"""Links that work once: to make the first owner, to join by invitation, to set a forgotten password.

The database keeps only the hash of what stands in the address, and who made it: what an owner has sent out opens
nothing when they look after people no more.
"""

import secrets
from datetime import timedelta
from enum import Enum
from typing import Any

from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database, Document
from picturerail.errors import NotFound
from picturerail.gallery.accounts.sessions import hash_token
from picturerail.gallery.policy import MANAGERS

NO_INVITATION = "This invitation does not work any more. Ask for a new one."


class LinkKind(Enum):
    """What a link is for, and for how many days it works."""

    SETUP = ("setup", 7)
    INVITATION = ("invitation", 7)
    RESET = ("reset", 1)

    @property
    def days(self) -> int:
        """How long it works."""
        return self.value[1]


def make(db: Database, kind: LinkKind, by: ObjectId | None = None, **about: Any) -> str:  # noqa: ANN401
    """A new token for the link's address; `about` is told to whoever opens it. It ends with the rights of `by`."""
    token = secrets.token_urlsafe(24)
    expires_at = now() + timedelta(days=kind.days)
    db.sessions.insert_one(
        {"_id": hash_token(token), "kind": kind.value[0], "expires_at": expires_at, "by": by, **about}
    )
    return token


def find(db: Database, kind: LinkKind, token: str, sentence: str) -> Document:
    """What is known about a link that would work now; NotFound with `sentence` otherwise."""
    return _known(db, db.sessions.find_one(_query(kind, token)), sentence)


def use(db: Database, kind: LinkKind, token: str, sentence: str) -> Document:
    """The same, and the link works no more: of two people who come at one moment the second gets NotFound."""
    return _known(db, db.sessions.find_one_and_delete(_query(kind, token)), sentence)


def about(db: Database, kind: LinkKind, **about: Any) -> Document | None:  # noqa: ANN401
    """What is known about a link of this kind that is about this and would work now."""
    found = db.sessions.find_one({"kind": kind.value[0], "expires_at": {"$gt": now()}, **about})
    return found if found and _is_vouched_for(db, found) else None


def forget(db: Database, kind: LinkKind, **about: Any) -> None:  # noqa: ANN401
    """End every link of this kind that is about this."""
    db.sessions.delete_many({"kind": kind.value[0], **about})


def _query(kind: LinkKind, token: str) -> Document:
    return {"_id": hash_token(token), "kind": kind.value[0], "expires_at": {"$gt": now()}}


def _known(db: Database, link: Document | None, sentence: str) -> Document:
    if link is None or not _is_vouched_for(db, link):
        raise NotFound(sentence)
    return link


def _is_vouched_for(db: Database, link: Document) -> bool:
    """Whether whoever made a link still looks after people; commands have no account, and always do."""
    if (by := link.get("by")) is None:
        return True
    manager = {"_id": by, "role": {"$in": list(MANAGERS)}, "disabled": {"$ne": True}}
    return db.users.find_one(manager, {"_id": 1}) is not None
