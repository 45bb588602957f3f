"""The activity log in the database: written at its end, read by key, forgotten after some days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.activity.model import (
    KINDS,
    MAX_ABOUT,
    MAX_THINGS,
    ActivityEntry,
    Deed,
    parse_entry,
)
from picturerail.gallery.pictures.model import new_id


@dataclass(frozen=True, kw_only=True)
class ActivityFilter:
    """Which lines: of one person, of one kind, from a moment on, before another one."""

    who: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> dict[str, Any]:
        """The same for the database; a line's id says when it was written."""
        if self.kind and self.kind not in KINDS:
            raise BadRequest(f"'kind' must be one of {', '.join(KINDS)}.")
        found: dict[str, Any] = {"who": self.who} if self.who else {}
        if self.kind:
            found["kind"] = self.kind
        bounds = {"$gte": self.since, "$lt": self.until}
        if span := {each: ObjectId.from_datetime(moment) for each, moment in bounds.items() if moment}:
            found["_id"] = span
        return found


def add(  # noqa: PLR0917
    db: Database,
    who: str,
    name: str,
    address: str,
    deed: Deed,
    things: Sequence[str],
    number: int,
    about: str,
) -> None:
    """Write one line at the end of the log."""
    document = {
        "_id": new_id(),
        "at": now(),
        "who": who,
        "name": name,
        "address": address,
        "kind": deed.code.partition(".")[0],
        "deed": deed.code,
        "things": list(things[:MAX_THINGS]),
        "number": number,
        "about": about[:MAX_ABOUT],
    }
    db.activity.insert_one(document)


def page(db: Database, wanted: ActivityFilter, size: int, after: str = "") -> tuple[list[ActivityEntry], str]:
    """Lines, newest first, from behind `after` on; and the cursor for those behind, "" at the end."""
    bound: Mapping[str, Any] = {"_id": {"$lt": ObjectId(after)}} if after else {}
    found = db.activity.find({"$and": [wanted.query, bound]}).sort("_id", DESCENDING).limit(size + 1)
    entries = [parse_entry(each) for each in found]
    return entries[:size], (entries[size - 1].id if len(entries) > size else "")


def every(db: Database, wanted: ActivityFilter) -> Iterator[ActivityEntry]:
    """All of these lines, newest first."""
    return map(parse_entry, db.activity.find(wanted.query).sort("_id", DESCENDING))


def names(db: Database) -> dict[str, str]:
    """Everybody of whom some line tells, also who is gone meanwhile: what each was called last, by `who`."""
    last = {"$group": {"_id": "$who", "name": {"$first": "$name"}}}
    found = db.activity.aggregate([{"$sort": {"who": 1, "_id": -1}}, last])
    return {each["_id"]: each["name"] for each in found}


def forget(db: Database, days: int) -> int:
    """Take out what is older than so many days; how many lines that were."""
    oldest = ObjectId.from_datetime(now() - timedelta(days=days))
    return db.activity.delete_many({"_id": {"$lt": oldest}}).deleted_count
