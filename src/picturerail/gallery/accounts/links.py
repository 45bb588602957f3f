"""Links that work once: to make the first owner, to join by invitation, to set a forgotten password.

The database keeps only the hash of what stands in the address.
"""

import secrets
from datetime import timedelta
from enum import Enum
from typing import Any

from picturerail.clock import now
from picturerail.database import Database, Document
from picturerail.errors import NotFound
from picturerail.gallery.accounts.sessions import hash_token

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


def make(db: Database, kind: LinkKind, **about: Any) -> str:  # noqa: ANN401
    """A new token for the link's address; `about` is told to whoever opens it."""
    token = secrets.token_urlsafe(24)
    expires_at = now() + timedelta(days=kind.days)
    db.sessions.insert_one(
        {"_id": hash_token(token), "kind": kind.value[0], "expires_at": expires_at, **about}
    )
    return token


def find(db: Database, kind: LinkKind, token: str, sentence: str) -> Document:
    """What is known about a link that would work now; NotFound with `sentence` otherwise."""
    return _known(db.sessions.find_one(_query(kind, token)), sentence)


def use(db: Database, kind: LinkKind, token: str, sentence: str) -> Document:
    """The same, and the link works no more: of two people who come at one moment the second gets NotFound."""
    return _known(db.sessions.find_one_and_delete(_query(kind, token)), sentence)


def about(db: Database, kind: LinkKind, **about: Any) -> Document | None:  # noqa: ANN401
    """What is known about a link of this kind that is about this and would work now."""
    return db.sessions.find_one({"kind": kind.value[0], "expires_at": {"$gt": now()}, **about})


def forget(db: Database, kind: LinkKind, **about: Any) -> None:  # noqa: ANN401
    """End every link of this kind that is about this."""
    db.sessions.delete_many({"kind": kind.value[0], **about})


def _query(kind: LinkKind, token: str) -> Document:
    return {"_id": hash_token(token), "kind": kind.value[0], "expires_at": {"$gt": now()}}


def _known(link: Document | None, sentence: str) -> Document:
    if link is None:
        raise NotFound(sentence)
    return link
