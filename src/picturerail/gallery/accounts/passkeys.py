"""Passkeys: keys in a device or a password manager, which prove who somebody is without a secret that travels.

A challenge is good for ten minutes, signed by us, and used once. Whoever signs in so has shown the device a finger,
a face or its own code ("user verification"), so that no second step is asked for.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.accounts.users import User
from picturerail.gallery.pictures.text import plain_line

MAX_CREDENTIAL = 20_000  # characters of what a browser sends
MAX_PASSKEYS = 20  # of one account
MAX_NAME = 60
CHALLENGE_SECONDS = 600
NOT_KNOWN = (
    "This passkey is not known here, or the page was open for too long. Load it again, or use the password."
)


@dataclass(frozen=True)
class RelyingParty:
    """The site as browsers know it: its origin, the host that keys belong to, and the secret that signs challenges."""

    origin: str
    host: str
    name: str
    secret_key: str


@dataclass(frozen=True)
class Passkey:
    """A key of an account, as far as its owner is told."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


def registration_options(db: Database, site: RelyingParty, user: User) -> str:
    """What a browser needs to make a key, as JSON; those that there are it makes no second time."""
    from picturerail.gallery.accounts import ceremonies  # noqa: PLC0415 - its first lines say why

    known = [_bytes(one.id) for one in passkeys_of(db, user.id)]
    challenge = _new_challenge(site, "register")
    return ceremonies.registration_options(
        site.host, site.name, (user.id.binary, user.email), known, challenge
    )


def authentication_options(site: RelyingParty) -> str:
    """What a browser needs to prove who somebody is, as JSON."""
    challenge = _text(_new_challenge(site, "sign in"))
    return json.dumps({"challenge": challenge, "rpId": site.host, "userVerification": "required"})


def add(db: Database, site: RelyingParty, user: User, name: str, credential: str) -> None:
    """Keep a key that a browser has made; BadRequest when it does not prove that."""
    from picturerail.gallery.accounts import ceremonies  # noqa: PLC0415 - its first lines say why

    if db.passkeys.count_documents({"user": user.id}) >= MAX_PASSKEYS:
        raise Conflict(f"An account has at most {MAX_PASSKEYS} passkeys. Remove one first.")
    try:
        challenge = ceremonies.challenge_of(credential)
        made = ceremonies.registered(credential, site.origin, site.host, challenge)
    except ceremonies.Unproved as error:
        raise BadRequest(
            "The browser's answer does not prove that the key is there. Please try again."
        ) from error
    _use(db, site, "register", challenge)
    document = {
        "_id": _text(made.id),
        "user": user.id,
        "key": made.public_key,
        "count": made.count,
        "name": plain_line(name)[:MAX_NAME] or "Passkey",
        "created_at": now(),
        "used_at": None,
    }
    try:
        db.passkeys.insert_one(document)
    except DuplicateKeyError:
        raise Conflict("This passkey is known already.") from None


def prove(db: Database, site: RelyingParty, credential: str) -> ObjectId:
    """Whose key has signed a challenge of ours; BadRequest when none has."""
    from picturerail.gallery.accounts import ceremonies  # noqa: PLC0415 - its first lines say why

    try:
        known = db.passkeys.find_one({"_id": _text(ceremonies.key_of(credential))})
        challenge = ceremonies.challenge_of(credential)
        if known is None:
            raise BadRequest(NOT_KNOWN)
        count = ceremonies.proved(
            credential, site.origin, site.host, challenge, (known["key"], known["count"])
        )
    except ceremonies.Unproved as error:
        raise BadRequest(NOT_KNOWN) from error
    _use(db, site, "sign in", challenge)
    # of two copies of a key that sign at one moment one comes in, and one that is removed at this moment does not
    still = {"_id": known["_id"], "count": {"$lt": count} if count else 0}
    if not db.passkeys.update_one(still, {"$set": {"used_at": now(), "count": count}}).matched_count:
        raise BadRequest(NOT_KNOWN)
    user_id: ObjectId = known["user"]
    return user_id


def passkeys_of(db: Database, user_id: ObjectId) -> list[Passkey]:
    """The keys of an account, the oldest first."""
    return [_parse(each) for each in db.passkeys.find({"user": user_id}).sort("created_at", 1)]


def owners(db: Database) -> frozenset[ObjectId]:
    """The accounts that have a key."""
    return frozenset(db.passkeys.distinct("user"))


def remove(db: Database, user_id: ObjectId, passkey_id: str) -> None:
    """Let a key of an account prove nothing any more; NotFound when it has none of that id."""
    if db.passkeys.delete_one({"_id": passkey_id, "user": user_id}).deleted_count == 0:
        raise NotFound("There is no such passkey any more.")


def forget(db: Database, user_id: ObjectId) -> int:
    """Remove every key of an account; how many."""
    return db.passkeys.delete_many({"user": user_id}).deleted_count


def _new_challenge(site: RelyingParty, purpose: str) -> bytes:
    head = secrets.token_bytes(16) + int(time.time()).to_bytes(8, "big")
    return head + _seal(site, purpose, head)


def _use(db: Database, site: RelyingParty, purpose: str, challenge: bytes) -> None:
    """Refuse a challenge that is none of ours, too old, or used; it is used now."""
    head, age = challenge[:24], time.time() - int.from_bytes(challenge[16:24], "big")
    if (
        not hmac.compare_digest(challenge[24:], _seal(site, purpose, head))
        or not 0 <= age + 1 <= CHALLENGE_SECONDS
    ):
        raise BadRequest(NOT_KNOWN)
    used = {
        "_id": f"challenge {challenge.hex()}",
        "expires_at": now() + timedelta(seconds=2 * CHALLENGE_SECONDS),
    }
    try:
        db.sessions.insert_one(used)
    except DuplicateKeyError:
        raise BadRequest(NOT_KNOWN) from None


def _seal(site: RelyingParty, purpose: str, head: bytes) -> bytes:
    return hmac.new(site.secret_key.encode(), f"passkey {purpose} ".encode() + head, hashlib.sha256).digest()[
        :16
    ]


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _parse(document: Mapping[str, Any]) -> Passkey:
    return Passkey(document["_id"], document["name"], document["created_at"], document["used_at"])
