"""What edges are to forget, and the notes of what they hold, both in the database.

The origin notes each address that an edge is about to keep, under the names of what it shows. When one of these
changes, each edge gets two jobs: at once, and again a little later, because it may be fetching the old bytes just now.
What a job's names stand for is looked up when it is delivered, so that the second one finds what the first came too
early for. `purger.py` delivers; an edge that is away finds its jobs when it is back.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Self

import pymongo
from pymongo.errors import PyMongoError

from picturerail import clock
from picturerail.database import Database
from picturerail.edge.format_class import PAGE
from picturerail.edge.purges.targets import CachedUrl, Edges, all_edges
from picturerail.jobs import queue
from picturerail.jobs.job import Job, NewJob
from picturerail.settings import Settings

ANY = "any"  # the kind of names that may stand for copies of all kinds
PATIENCE = 1.0  # seconds; without a note the edge gets its answer, but may not keep it
AT_ONCE, AGAIN = timedelta(), timedelta(seconds=1.5)
# Written down before a change, in case this process is killed between the change and the purge: due when the change
# is made, and again for one that took long.
BEFORE = (timedelta(seconds=1.5), timedelta(seconds=20))
# An edge keeps what it has received whole, and a large picture may be long on a slow way: whether that one began
# before the change is looked at later.
LATE = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600))
MAX_DAYS = 30  # after which an edge that never came back is given up
REMEMBER_SECONDS = 3600  # a process notes the same copy again after this time
MAX_REMEMBERED = 50_000


@dataclass(frozen=True)
class Purge:
    """All copies of one kind that were noted under one of these names.

    `soft` keeps the old copy for visitors until the new one is there: for what was replaced, not for what is gone.
    """

    kind: str
    names: Sequence[str]
    soft: bool
    older_than: float = 0.0  # a moment: only copies that were begun before it; 0 for all

    @classmethod
    def of(cls, job: Job) -> Self:
        """What a job asks for."""
        return cls(**job.arguments)


def kind_of(target: Edges) -> str:
    """The kind of the jobs for one edge."""
    return f"purge {target.name}"


def purge(db: Database, settings: Settings, *purges: Purge) -> None:
    """Make every edge forget these."""
    _put(db, settings, purges, (AT_ONCE, AGAIN), _late(purges))


def announce(db: Database, settings: Settings, *purges: Purge) -> None:
    """Say before a change what edges will have to forget: they do, even when nobody lives to call `forget`."""
    _put(db, settings, purges, BEFORE)


def _late(purges: Sequence[Purge]) -> list[Purge]:
    """The same for transfers that have begun before now and take long; pages are small, and renewed anyhow."""
    now = clock.now().timestamp()
    return [replace(purge, older_than=now) for purge in purges if purge.kind != PAGE]


def _put(
    db: Database,
    settings: Settings,
    purges: Sequence[Purge],
    delays: Sequence[timedelta],
    late: Sequence[Purge] = (),
) -> None:
    planned = [(delay, purge) for delay in delays for purge in purges]
    looks = [(delay, purge) for delay in LATE for purge in late]
    jobs = [
        NewJob(kind=kind_of(target), arguments=asdict(purge), delay=delay, days=MAX_DAYS)
        for target in all_edges(settings)
        for delay, purge in (planned + looks if target.tells_age else planned)
    ]
    queue.put(db, *jobs)


def copies(db: Database, purges: Sequence[Purge]) -> list[CachedUrl]:
    """What edges may hold of all that, each copy once."""
    wanted: dict[str, set[str]] = {}
    for purge in purges:
        wanted.setdefault(purge.kind, set()).update(purge.names)
    held: set[str] = set()
    for kind, names in wanted.items():
        query = {"names": {"$in": sorted(names)}, **({} if kind == ANY else {"kind": kind})}
        rows = db["edge_copies"].find(query, {"_id": 1})
        held.update(row["_id"] for row in rows)
    parted = (text.partition(" ") for text in sorted(held))
    return [CachedUrl(path, format_class) for format_class, _, path in parted]


class SurrogateKeys:
    """SurrogateKeys copies in the database, each of them now and then."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._noted: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def note(self, copy: CachedUrl, kind: str, names: Sequence[str]) -> bool:
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
        if len(self._noted) > MAX_REMEMBERED:
            self._noted.popitem(last=False)
        return True
