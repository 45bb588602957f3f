"""The key pairs of the account: the one of the settings, and those that were made beside it.

Secrets lie in the database as they are, since signatures are computed with them; who reads it can sign.
"""

import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pymongo import WriteConcern
from pymongo.errors import DuplicateKeyError

from picturerail import clock, signing
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.key_pair import ALL, ROLES, KeyPair
from picturerail.settings import Settings

FRESH_SECONDS = 1.0  # after which a pair that was disabled is refused by every process
USE_NOTED = timedelta(minutes=1)  # how exactly the last use is known
MAX_NAME = 100  # characters
FIRST = "of the settings"
_DIGITS = 15


class Keyring:
    """Finds pairs by their keys, and remembers for a second what it found in the database."""

    def __init__(self, db: Database, settings: Settings) -> None:
        """Begin with the pair of the settings, which is always good."""
        self._db, self.strict = db, settings.strict_signatures
        self.first = KeyPair(settings.api_key, settings.api_secret, FIRST, ALL)
        self._kept: dict[str, tuple[float, KeyPair]] = {}

    def find(self, key: str) -> KeyPair | None:
        """The pair with this key; None when there is none, or it is disabled."""
        if signing.same(self.first.key, key):
            return self.first
        read_at, kept = self._kept.get(key, (-FRESH_SECONDS, None))
        if kept is not None and time.monotonic() < read_at + FRESH_SECONDS:
            return kept
        document = self._db["api_keys"].find_one({"_id": key, "disabled": False})
        if document is None:
            self._kept.pop(key, None)
            return None
        pair = _parse(document)
        self._kept[key] = (time.monotonic(), pair)
        return pair

    def note_use(self, pair: KeyPair) -> None:
        """Tell when a pair was last used, without waiting for it."""
        if pair == self.first or (pair.used_at and clock.now() - pair.used_at < USE_NOTED):
            return
        unacknowledged = self._db.get_collection("api_keys", write_concern=WriteConcern(w=0))
        unacknowledged.update_one({"_id": pair.key}, {"$set": {"used_at": clock.now()}})


def pairs(db: Database) -> list[KeyPair]:
    """Those beside the first one, by name."""
    return [_parse(document) for document in db["api_keys"].find().sort("name", 1)]


def add(db: Database, name: str, role: str) -> KeyPair:
    """Make a pair; Conflict when there is one of that name."""
    if role not in ROLES:
        raise BadRequest(f"The role of a key must be one of {', '.join(ROLES)}.")
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise BadRequest(f"Give the key a name of at most {MAX_NAME} characters, such as 'shop'.")
    document = {
        "_id": str(secrets.randbelow(9 * 10 ** (_DIGITS - 1)) + 10 ** (_DIGITS - 1)),
        "secret": secrets.token_urlsafe(20),
        "name": name,
        "role": role,
        "created_at": clock.now(),
        "used_at": None,
        "disabled": False,
    }
    try:
        db["api_keys"].insert_one(document)
    except DuplicateKeyError:
        raise Conflict(f"There is a key called '{name}' already.") from None
    return _parse(document)


def set_disabled(db: Database, name: str, *, disabled: bool) -> None:
    """Refuse a pair from now on, or take it again."""
    if not db["api_keys"].update_one({"name": name}, {"$set": {"disabled": disabled}}).matched_count:
        raise NotFound(f"There is no key called '{name}'.")


def remove(db: Database, name: str) -> None:
    """Forget a pair."""
    if not db["api_keys"].delete_one({"name": name}).deleted_count:
        raise NotFound(f"There is no key called '{name}'.")


def _parse(document: Mapping[str, Any]) -> KeyPair:
    return KeyPair(
        document["_id"],
        document["secret"],
        document["name"],
        document["role"],
        document["created_at"],
        document["used_at"],
        document["disabled"],
    )
