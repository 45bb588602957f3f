"""The first owner: a link that works once, printed where only the machine's owner can read it."""

import secrets
from datetime import timedelta

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.accounts.email import normal_email
from picturerail.gallery.accounts.sessions import hash_token
from picturerail.gallery.accounts.users import User, checked_password, create_user

SETUP_DAYS = 7
USED = (
    "This link was used: there is an account already. Sign in, or make another one with picturerail user add."
)
NO_LINK = "This link does not work any more. Restart the program for a new one, or use picturerail user add."


def setup_token(db: Database) -> str | None:
    """A new token for `/setup/<token>`, which replaces any older one; None when there is an account already."""
    if has_users(db):
        return None
    token = secrets.token_urlsafe(24)
    db.sessions.delete_many({"kind": "setup"})
    document = {"_id": hash_token(token), "kind": "setup", "expires_at": now() + timedelta(days=SETUP_DAYS)}
    db.sessions.insert_one(document)
    return token


def check_setup(db: Database, token: str) -> None:
    """NotFound unless the token would work now."""
    known = db.sessions.find_one({"_id": hash_token(token), "kind": "setup", "expires_at": {"$gt": now()}})
    if has_users(db):
        raise NotFound(USED)
    if known is None:
        raise NotFound(NO_LINK)


def use_setup(db: Database, token: str, email: str, password: str) -> User:
    """Make the owner. Of two people who come at one moment the second gets NotFound."""
    check_setup(db, token)
    normal_email(email), checked_password(password)
    if db.sessions.find_one_and_delete({"_id": hash_token(token), "kind": "setup"}) is None:
        raise NotFound(USED if has_users(db) else NO_LINK)
    return create_user(db, email, "owner", password)


def has_users(db: Database) -> bool:
    """True when somebody has an account."""
    return db.users.find_one({}, {"_id": 1}) is not None
