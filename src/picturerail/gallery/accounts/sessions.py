"""Server-side sign-in sessions: the browser holds a random token, the database only its hash."""

import hashlib
import secrets
from datetime import timedelta

from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.accounts.users import User, find_user
from picturerail.gallery.policy import Person


def start_session(db: Database, user: User, days: int) -> str:
    """Begin a session and return its token, which is never kept here."""
    token = secrets.token_urlsafe(32)
    db.sessions.insert_one(
        {
            "_id": hash_token(token),
            "user": user.id,
            "generation": user.generation,
            "created_at": now(),
            "expires_at": now() + timedelta(days=days),
        }
    )
    return token


def find_person(db: Database, token: str) -> Person | None:
    """Who holds this token; None when it is unknown, expired, or from before a password change."""
    session = db.sessions.find_one({"_id": hash_token(token), "expires_at": {"$gt": now()}})
    user = find_user(db, session["user"]) if session and "user" in session else None
    if session is None or user is None or session["generation"] != user.generation:
        return None
    return Person(user.id, user.email, user.role)


def end_session(db: Database, token: str) -> None:
    """Sign out."""
    db.sessions.delete_one({"_id": hash_token(token)})


def end_sessions_of(db: Database, user_id: ObjectId) -> None:
    """Sign an account out everywhere."""
    db.sessions.delete_many({"user": user_id})


def hash_token(token: str) -> str:
    """What the database keeps of a token; it is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
