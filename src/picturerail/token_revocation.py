"""Tokens that end before their time: who makes tokens may name them, and close the name.

A name stands in a token as a further pattern of its ACL, beside the one of the path that it opens: `/share/ID` of a
link, `/person/ID.NUMBER` of somebody signed in, `/open/` of a picture that is not private, `/location/NUMBER` of an
original whose location is shown. It is no path of any file, so for a cloud that knows nothing of this it says nothing.
Our own media service refuses what carries a closed name, a second later at most; edges ask it each time, as long as it
answers.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pymongo import UpdateOne

from picturerail import clock
from picturerail.concurrency.lru import Lru
from picturerail.database import Database

SHARE = "/share/"  # with which the names of share links begin
PERSON = "/person/"  # the same of people; they are closed as a whole, not for one asset
OPEN = "/open/"  # of what is handed out to everybody who may see more than nothing; closed for one asset at a time
# of originals that are handed out since their location is shown; all but the last one of them are closed
LOCATION = "/location/"
LOCATIONS = "location"  # what of the site tells which one is the last
NAMES = (SHARE, PERSON, OPEN, LOCATION)  # how a name begins
FRESH_SECONDS = 1.0  # for which a process believes what it has read


def revoke(db: Database, names: Iterable[str], seconds: float) -> None:
    """Close names for so long, which is for as long as tokens with them can last."""
    until = clock.now() + timedelta(seconds=seconds)
    changes = [UpdateOne({"_id": name}, {"$max": {"expires_at": until}}, upsert=True) for name in names]
    if changes:
        db["revoked_tokens"].bulk_write(changes, ordered=False)


def for_one(name: str, public_id: str) -> str:
    """What to revoke of a name when one asset only is to be closed to its tokens."""
    return f"{name} {public_id}"


def reinstate(db: Database, names: Iterable[str]) -> None:
    """Let tokens with these names open again what they say."""
    db["revoked_tokens"].delete_many({"_id": {"$in": list(names)}})


def location_name(db: Database) -> str:
    """The name of originals that are handed out now since their location is shown."""
    known = db["site"].find_one({"_id": LOCATIONS}, {"hidings": 1}) or {}
    return f"{LOCATION}{known.get('hidings', 0)}"


class RevokedTokens:
    """Tells which names are closed; a process asks the database once a second for each."""

    def __init__(self, db: Database) -> None:
        """Nothing is known yet."""
        self._db = db
        self._kept = Lru[tuple[float, bool]]()

    def any_of(self, names: Iterable[str], public_ids: Sequence[str]) -> bool:
        """Whether one of these names is closed, for all or for an asset that may be called so."""
        wanted = [each for name in names for each in _closing(name, public_ids)]
        now = time.monotonic()  # before we look: what is closed meanwhile may not be seen
        known = {name: kept[1] for name in wanted if (kept := self._kept.get(name)) and now < kept[0]}
        if unknown := [name for name in wanted if name not in known]:
            closed = self._closed(unknown)
            for name in unknown:
                known[name] = name in closed
                self._kept.keep(name, (now + FRESH_SECONDS, name in closed))
        return any(known.values())

    def _closed(self, names: Sequence[str]) -> set[str]:
        unexpired = {"_id": {"$in": names}, "expires_at": {"$gt": clock.now()}}
        found = {str(each["_id"]) for each in self._db["revoked_tokens"].find(unexpired, {"_id": 1})}
        # a cloud may be called "location", and then a path begins so
        located = {name for name in names if name.startswith(LOCATION) and name[len(LOCATION) :].isdecimal()}
        return found | (located - {location_name(self._db)} if located else set())


def _closing(name: str, public_ids: Sequence[str]) -> list[str]:
    """What is looked for: of each kind of name only what is ever closed, so that a page of pictures asks little."""
    if name.startswith((PERSON, LOCATION)):
        return [name]
    whole = [] if name == OPEN else [name]
    return [*whole, *(for_one(name, one) for one in public_ids)]
