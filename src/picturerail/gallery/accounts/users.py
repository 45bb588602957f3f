"""Accounts: an e-mail address, a role, and a hashed password, or none for who comes by a provider. No HTTP here.

`generation` counts what voids every session of the account in one atomic write: a new password, another role, being
disabled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.accounts.email import folded, normal_email, spellings
from picturerail.gallery.accounts.passwords import NOBODY, checked_password, hash_password, matches
from picturerail.gallery.accounts.totp import Totp, parse_totp
from picturerail.gallery.policy import MANAGERS, ROLES, Person, manages

ONLY_OWNER = "This is the only owner. Make somebody else an owner first."


@dataclass(frozen=True)
class User:
    """An account."""

    id: ObjectId
    email: str
    role: str
    password: str
    generation: int
    disabled: bool = False
    created_at: datetime | None = None
    totp: Totp | None = None
    groups: tuple[ObjectId, ...] = ()  # that it is in
    withdrawals: int = 0  # how often something that it saw was taken from it

    @property
    def has_password(self) -> bool:
        """Whether there is one: who joined by the OpenID provider has none, until a link sets it."""
        return bool(self.password)


def create_user(db: Database, email: str, role: str, password: str) -> User:
    """Make an account; BadRequest for an unfit address, role or password, Conflict when the address has one."""
    address = normal_email(email)
    checked_role(role)
    return _insert(db, address, role, hash_password(checked_password(password, address)))


def create_member(db: Database, email: str, role: str) -> User:
    """Make an account without a password, for somebody whom the OpenID provider vouches for; errors as above."""
    return _insert(db, normal_email(email), checked_role(role), "")


def find_user(db: Database, user_id: ObjectId) -> User | None:
    """The account of that id."""
    document = db.users.find_one({"_id": user_id})
    return parse_user(document) if document else None


def user_of(db: Database, email: str) -> User:
    """The account of that address, or NotFound."""
    document = db.users.find_one({"email": {"$in": spellings(email)}})
    if document is None:
        raise NotFound(f"{folded(email)} has no account.")
    return parse_user(document)


def person_of(user: User) -> Person:
    """Who somebody is that is signed in to this account."""
    return Person(user.id, user.email, user.role, withdrawals=user.withdrawals)


def list_users(db: Database) -> Iterator[User]:
    """All accounts, by address."""
    return map(parse_user, db.users.find().sort("email", 1))


def emails_of(db: Database, user_ids: Sequence[str]) -> list[str]:
    """The addresses of those of the accounts that are there; what is no account's id is left out."""
    ids = [ObjectId(each) for each in user_ids if ObjectId.is_valid(each)]
    found = db.users.find({"_id": {"$in": ids}}, {"email": 1}) if ids else ()
    return sorted(each["email"] for each in found)


def check_sign_in(db: Database, email: str, password: str) -> User | None:
    """The account, when address and password belong together; as slow for unknown addresses as for known."""
    document = db.users.find_one({"email": {"$in": spellings(email)}})
    user = parse_user(document) if document else None
    right = matches(user.password if user and user.has_password else NOBODY, password)
    return user if right and user and user.has_password and not user.disabled else None


def change_password(db: Database, user_id: ObjectId, present: str, new: str) -> User:
    """Set a new password, which voids every session of the account; BadRequest when `present` is wrong."""
    user = find_user(db, user_id)
    if user is None or not matches(user.password, present):
        raise BadRequest("The present password is not right.")
    changed = _change(db, {"_id": user.id, "password": user.password}, _new_password(user, new))
    if changed is None:
        raise Conflict("The password was changed somewhere else at the same moment.")
    return changed


def set_password(db: Database, user: User, new: str) -> User:
    """Set a password without knowing the present one: by an owner, or by a link that was sent."""
    return _found(_change(db, {"_id": user.id}, _new_password(user, new)), user)


def set_role(db: Database, user: User, role: str) -> User:
    """Give an account another role; it has to sign in again. Conflict when no owner would be left."""
    wanted = {"role": checked_role(role)}
    if manages(user.role) and not manages(role):
        return _step_down(db, user, wanted, {"role": user.role})
    return _found(_change(db, {"_id": user.id}, wanted), user)


def has_role(db: Database, user: User, role: str) -> bool:
    """Whether that is the role of an account now: to give it once more would void its sessions."""
    return db.users.find_one({"_id": user.id, "role": checked_role(role)}, {"_id": 1}) is not None


def set_disabled(db: Database, user: User, *, disabled: bool) -> User:
    """Shut an account at once, or open it again. Conflict when no owner would be left."""
    if disabled and manages(user.role):
        return _step_down(db, user, {"disabled": True}, {"disabled": False})
    return _found(_change(db, {"_id": user.id}, {"disabled": disabled}), user)


def remove_user(db: Database, user: User) -> User:
    """Delete an account, shut first, so that no owner is lost when two are removed at one moment; as it was last."""
    shut = set_disabled(db, user, disabled=True)
    gone = db.users.find_one_and_delete({"_id": user.id})
    return parse_user(gone) if gone else shut


def checked_role(role: str) -> str:
    """The role, or BadRequest when there is none of that name."""
    if role not in ROLES:
        raise BadRequest(f"The role must be one of {', '.join(ROLES)}.")
    return role


def _insert(db: Database, address: str, role: str, password: str) -> User:
    document = {
        "email": address,
        "role": role,
        "password": password,
        "generation": 1,
        "created_at": now(),
    }
    try:
        db.users.insert_one(document)
    except DuplicateKeyError:
        raise Conflict(f"{address} has an account already.") from None
    return parse_user(document)


def _step_down(db: Database, user: User, change: dict[str, Any], back: dict[str, Any]) -> User:
    """Take an owner's rights. Looked at before and after: of two at one moment, each would see the other one."""
    if not _has_other_owner(db, user):
        raise Conflict(ONLY_OWNER)
    changed = _found(_change(db, {"_id": user.id}, change), user)
    if not _has_other_owner(db, user):
        _change(db, {"_id": user.id}, back)
        raise Conflict(ONLY_OWNER)
    return changed


def _has_other_owner(db: Database, user: User) -> bool:
    query = {"role": {"$in": list(MANAGERS)}, "disabled": {"$ne": True}, "_id": {"$ne": user.id}}
    return db.users.find_one(query, {"_id": 1}) is not None


def _new_password(user: User, new: str) -> dict[str, Any]:
    return {"password": hash_password(checked_password(new, user.email))}


def _change(db: Database, query: dict[str, Any], fields: dict[str, Any]) -> User | None:
    """Change an account, and void its sessions; None when the query finds none."""
    document = db.users.find_one_and_update(
        query, {"$set": fields, "$inc": {"generation": 1}}, return_document=ReturnDocument.AFTER
    )
    return parse_user(document) if document else None


def _found(user: User | None, before: User) -> User:
    if user is None:
        raise NotFound(f"{before.email} has no account any more.")
    return user


def parse_user(document: Mapping[str, Any]) -> User:
    """Read a document of the collection `users`."""
    return User(
        id=document["_id"],
        email=document["email"],
        role=document["role"],
        password=document["password"],
        generation=document["generation"],
        disabled=bool(document.get("disabled")),
        created_at=document.get("created_at"),
        totp=parse_totp(document.get("totp")),
        groups=tuple(document.get("groups", ())),
        withdrawals=document.get("withdrawals", 0),
    )
