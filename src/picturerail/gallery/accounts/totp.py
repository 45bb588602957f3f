"""The second step at sign-in: a code from an app (TOTP, RFC 6238), or one of the recovery codes shown once.

An account's secret follows from the site's secret key and a salt. So nothing in the database makes a code; recovery
codes are long and random, and kept as hashes, which a new key does not void.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyotp
from bson import ObjectId

from picturerail.database import Database
from picturerail.errors import BadRequest

SECONDS = 30  # for which a code is good, and once more for those who type slowly
RECOVERY_CODES = 10
MAX_CODE = 100  # characters that anybody could mean as one
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_SALT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Totp:
    """The second step of an account: what its secret is made of, the last code used, hashes of recovery codes."""

    salt: str
    last: int
    recovery: tuple[str, ...]


def parse_totp(document: Mapping[str, Any] | None) -> Totp | None:
    """Read the field `totp` of an account; None when it has no second step."""
    return Totp(document["salt"], document["last"], tuple(document["recovery"])) if document else None


def new_salt() -> str:
    """What the next secret is made of."""
    return secrets.token_hex(16)


def clean_salt(text: str) -> str:
    """The salt that a form brings back, or BadRequest."""
    if not _SALT.fullmatch(text):
        raise BadRequest("Open the page for the second step again, and begin anew.")
    return text


def secret_of(user_id: ObjectId, salt: str, secret_key: str) -> str:
    """What the app is told: 32 letters."""
    made = hmac.new(secret_key.encode(), f"totp {user_id} {salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def address_of(secret: str, email: str, site: str) -> str:
    """The same as an address that a camera reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=site)


def step_of(secret: str, code: str, after: int = 0) -> int | None:
    """The step of time that a code is of, this one or the one before, if it is later than `after`."""
    present, typed, totp = int(time.time()) // SECONDS, _clean(code), pyotp.TOTP(secret)
    fits = [step for step in (present, present - 1) if step > after and _same(totp.generate_otp(step), typed)]
    return fits[0] if fits else None


def new_recovery_codes() -> list[str]:
    """Codes for who has lost the app, in groups of four: 138 bits (ASVS 5.0, 11.5.1), which a plain hash keeps."""
    return [
        "-".join("".join(map(secrets.choice, [_ALPHABET] * 4)) for _ in range(7))
        for _ in range(RECOVERY_CODES)
    ]


def set_up(db: Database, user_id: ObjectId, salt: str, step: int, codes: Sequence[str]) -> None:
    """Ask an account for a second step from now on; every session of it ends."""
    totp = {"salt": salt, "last": step, "recovery": [_hash(code) for code in codes]}
    db.users.update_one({"_id": user_id}, {"$set": {"totp": totp}, "$inc": {"generation": 1}})


def take_off(db: Database, user_id: ObjectId) -> None:
    """Ask an account for its password alone."""
    db.users.update_one({"_id": user_id}, {"$unset": {"totp": ""}})


def use(db: Database, user_id: ObjectId, totp: Totp, code: str, secret_key: str) -> bool:
    """Whether a code is right; it is used up, and of two who bring it at one moment one comes in."""
    known = {"_id": user_id, "totp.salt": totp.salt}
    step = step_of(secret_of(user_id, totp.salt, secret_key), code, totp.last)
    if step is not None:
        query, change = {"totp.last": {"$lt": step}}, {"$set": {"totp.last": step}}
        return db.users.update_one({**known, **query}, change).modified_count == 1
    hashed = _hash(code)
    spent = {"$pull": {"totp.recovery": hashed}}
    return db.users.update_one({**known, "totp.recovery": hashed}, spent).modified_count == 1


def _hash(code: str) -> str:
    return hashlib.sha256(_clean(code).encode(errors="surrogateescape")).hexdigest()


def _clean(code: str) -> str:
    return re.sub(r"[\s-]", "", code[:MAX_CODE]).lower()


def _same(right: str, typed: str) -> bool:
    return hmac.compare_digest(right.encode(), typed.encode(errors="surrogateescape"))
