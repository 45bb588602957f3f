"""Whether whoever asked for an import or an export may still have the rest of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeAlias

from bson import ObjectId

from picturerail.database import Database
from picturerail.errors import Forbidden
from picturerail.gallery import policy
from picturerail.gallery.accounts import users
from picturerail.gallery.accounts.album_grants import with_grants
from picturerail.gallery.policy import Action, Person, Principal

# seconds, in which whoever has lost what let them ask for it gets nothing more, as with the zips of pages
ASKED_AFTER = 1.0

Check: TypeAlias = Callable[[], None]


def for_anybody() -> None:
    """Refuse nobody: a command has the rights of whoever owns the files."""


def person_of(db: Database, user_id: str) -> Person:
    """Who has this account, with the rights of now; Forbidden when nobody has."""
    user = users.find_user(db, ObjectId(user_id))
    if user is None or user.disabled:
        raise Forbidden("The account that asked for this is gone, or was disabled.")
    return with_grants(db, user)


@dataclass
class Standing:
    """Asked before each next file and album; it asks the database now and then."""

    db: Database
    who: Principal  # as it was when the job began
    action: Action
    _known_at: float = field(default_factory=monotonic)

    def check(self) -> None:
        """Forbidden, also each further time, once they may do it no more, or not to all pictures any more."""
        if monotonic() - self._known_at < ASKED_AFTER:
            return
        now = person_of(self.db, self.who.id)
        policy.check(now, self.action)
        if policy.may_all(self.who, self.action) and not policy.may_all(now, self.action):
            raise Forbidden("The account that asked for this has lost a role meanwhile.")
        self._known_at = monotonic()
