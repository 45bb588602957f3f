"""Tokens that end before their time: who makes tokens may name them, and close the name.

The name stands in a token as a second pattern of its ACL (`/share/ID`), beside the one of the path that it opens. It is
no path of any file, so for a cloud that knows nothing of this it says nothing. Our own media service refuses what
carries a closed name, a second later at most; edges keep nothing that a token opens, and ask it each time.
"""

import time
from collections.abc import Iterable
from datetime import timedelta

from pymongo import UpdateOne

from picturerail import clock
from picturerail.concurrency.lru import Lru
from picturerail.database import Database

SHARE = "/share/"  # with which the names of share links begin
FRESH_SECONDS = 1.0  # for which a process believes what it has read


def revoke(db: Database, names: Iterable[str], seconds: float) -> None:
    """Close names for so long, which is for as long as tokens with them can last."""
    until = clock.now() + timedelta(seconds=seconds)
    changes = [UpdateOne({"_id": name}, {"$max": {"expires_at": until}}, upsert=True) for name in names]
    if changes:
        db["revoked_tokens"].bulk_write(changes, ordered=False)


def reinstate(db: Database, names: Iterable[str]) -> None:
    """Let tokens with these names open again what they say."""
    db["revoked_tokens"].delete_many({"_id": {"$in": list(names)}})


class RevokedTokens:
    """Tells which names are closed; one look into the database for each name and second."""

    def __init__(self, db: Database) -> None:
        """Nothing is known yet."""
        self._db = db
        self._kept = Lru[tuple[float, bool]]()

    def any_of(self, names: Iterable[str]) -> bool:
        """Whether one of these names is closed."""
        return any(map(self._is_closed, names))

    def _is_closed(self, name: str) -> bool:
        read_at, closed = self._kept.get(name) or (-FRESH_SECONDS, False)
        if time.monotonic() < read_at + FRESH_SECONDS:
            return closed
        began = time.monotonic()  # what is closed while we look may not be seen
        found = self._db["revoked_tokens"].find_one({"_id": name, "expires_at": {"$gt": clock.now()}})
        self._kept.keep(name, (began, found is not None))
        return found is not None
