"""Accounts: an e-mail address, an Argon2id hash and a role. Nothing here knows of HTTP.

`generation` counts password changes; sessions of an older generation are void, in one atomic write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.accounts.email import folded, normal_email
from picturerail.gallery.policy import ROLES

MIN_PASSWORD = 10
MAX_PASSWORD = 1024

# OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane. The library's default of 64 MiB would let a few
# sign-ins at once take a small machine's memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash("the password of nobody")


@dataclass(frozen=True)
class User:
    """An account."""

    id: ObjectId
    email: str
    role: str
    password: str
    generation: int


def create_user(db: Database, email: str, role: str, password: str) -> User:
    """Make an account; BadRequest for an unfit address, role or password, Conflict when the address has one."""
    if role not in ROLES:
        raise BadRequest(f"The role must be one of {', '.join(ROLES)}.")
    document = {
        "email": normal_email(email),
        "role": role,
        "password": _hasher.hash(checked_password(password)),
        "generation": 1,
        "created_at": now(),
    }
    try:
        db.users.insert_one(document)
    except DuplicateKeyError:
        raise Conflict(f"{document['email']} has an account already.") from None
    return _parse(document)


def find_user(db: Database, user_id: ObjectId) -> User | None:
    """The account of that id."""
    document = db.users.find_one({"_id": user_id})
    return _parse(document) if document else None


def check_sign_in(db: Database, email: str, password: str) -> User | None:
    """The account, when address and password belong together; as slow for unknown addresses as for known."""
    document = db.users.find_one({"email": folded(email)})
    user = _parse(document) if document else None
    matches = _matches(user.password if user else _nobody, password)
    return user if matches else None


def change_password(db: Database, user_id: ObjectId, present: str, new: str) -> User:
    """Set a new password, which voids every session of the account; BadRequest when `present` is wrong."""
    user = find_user(db, user_id)
    if user is None or not _matches(user.password, present):
        raise BadRequest("The present password is not right.")
    changed = db.users.find_one_and_update(
        {"_id": user.id, "password": user.password},
        {"$set": {"password": _hasher.hash(checked_password(new))}, "$inc": {"generation": 1}},
        return_document=ReturnDocument.AFTER,
    )
    if changed is None:
        raise Conflict("The password was changed somewhere else at the same moment.")
    return _parse(changed)


def checked_password(text: str) -> str:
    """The password, when it is long enough to resist guessing and short enough to hash."""
    if len(text) < MIN_PASSWORD:
        raise BadRequest(f"A password needs at least {MIN_PASSWORD} characters.")
    if len(text) > MAX_PASSWORD:
        raise BadRequest(f"A password may have at most {MAX_PASSWORD} characters.")
    return text


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[: MAX_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def _parse(document: Mapping[str, Any]) -> User:
    return User(
        id=document["_id"],
        email=document["email"],
        role=document["role"],
        password=document["password"],
        generation=document["generation"],
    )
