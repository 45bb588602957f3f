"""The queue of purges, and the notes of what edges hold, both in the database.

The origin notes each address that an edge is about to keep, under the names of what it shows. When one of these
changes, each edge gets two jobs: at once, and again a little later, because it may be fetching the old bytes just now.
What a job's names stand for is looked up when it is delivered, so that the second one finds what the first came too
early for. `purger.py` delivers; an edge that is away finds its jobs when it is back.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

import pymongo
from pymongo.errors import PyMongoError

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.edge.purging.targets import Kept, all_edges
from picturerail.settings import Settings

ANY = "any"  # the kind of a job whose names may stand for copies of all kinds
PATIENCE = 1.0  # seconds; without a note the edge gets its answer, but may not keep it
AGAIN = timedelta(seconds=1.5)
BATCH = 200  # jobs delivered together
REMEMBER_SECONDS = 3600  # a process notes the same copy again after this time
MOST_REMEMBERED = 50_000


def forget(db: Database, settings: Settings, kind: str, names: Sequence[str], *, soft: bool) -> None:
    """Make every edge forget all copies noted under one of `names`.

    `soft` keeps the old copy for visitors until the new one is there: for what was replaced, not for what is gone.
    """
    present = clock.now()
    jobs: list[Document] = [
        {
            "target": target.name,
            "kind": kind,
            "names": list(names),
            "soft": soft,
            "due_at": due,
            "made_at": present,
        }
        for due in (present, present + AGAIN)
        for target in all_edges(settings)
    ]
    if jobs:
        db["purges"].insert_many(jobs)


def take_due(db: Database, target: str) -> list[Document]:
    """The jobs of `target` that are due, at most BATCH."""
    found = db["purges"].find({"target": target, "due_at": {"$lte": clock.now()}})
    return list(found.sort("due_at", 1).limit(BATCH))


def copies(db: Database, jobs: Sequence[Document]) -> list[Kept]:
    """What edges may hold under the names of these jobs, each copy once."""
    wanted: dict[str, set[str]] = {}
    for job in jobs:
        wanted.setdefault(job["kind"], set()).update(job["names"])
    held: set[str] = set()
    for kind, names in wanted.items():
        query = {"names": {"$in": sorted(names)}, **({} if kind == ANY else {"kind": kind})}
        rows = db["edge_copies"].find(query, {"_id": 1})
        held.update(row["_id"] for row in rows)
    parted = (text.partition(" ") for text in sorted(held))
    return [Kept(path, format_class) for format_class, _, path in parted]


def done(db: Database, jobs: Sequence[Document]) -> None:
    """Forget jobs that were delivered."""
    db["purges"].delete_many({"_id": {"$in": [job["_id"] for job in jobs]}})


class Notes:
    """Notes copies in the database, each of them now and then."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._noted: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def note(self, copy: Kept, kind: str, names: Sequence[str]) -> bool:
        """Note that an edge is about to keep this, before it leaves; False when it must not be kept."""
        identity = f"{copy.format_class} {copy.path}"
        memory = (identity, *names)
        if time.monotonic() < self._noted.get(memory, -REMEMBER_SECONDS) + REMEMBER_SECONDS:
            return True
        row = {"names": list(names), "kind": kind, "seen_at": clock.now()}
        try:
            with pymongo.timeout(PATIENCE):
                self._db["edge_copies"].replace_one({"_id": identity}, row, upsert=True)
        except PyMongoError:
            return False
        self._noted[memory] = time.monotonic()
        if len(self._noted) > MOST_REMEMBERED:
            self._noted.popitem(last=False)
        return True
