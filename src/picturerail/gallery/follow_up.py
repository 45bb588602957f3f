"""What has to follow a write that hides something: noted before it, forgotten after it, and else done by a job.

The database says first that a picture, an album or an account is closed to somebody; pages, bytes and what links and
people were handed out follow. Whoever is killed on the way has noted a job before, which does it seconds later.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self

from pymongo import WriteConcern

from picturerail.database import Database
from picturerail.jobs import queue
from picturerail.jobs.job import NewJob

KIND = "follow-up"
DELAY = timedelta(seconds=3)  # most are long done by then; doing it twice at one moment does no harm
# the journal keeps the order: wherever it has the write that follows, it has this
UNJOURNALED = WriteConcern(w=1, j=False)


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """The ids of what a write may close, and of whom something is taken; `owner` is of links that end with somebody."""

    pictures: Sequence[str] = ()
    albums: Sequence[str] = ()
    accounts: Sequence[str] = ()
    links: Sequence[str] = ()
    owner: str = ""
    locations: bool = False

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """As a job holds it."""
        return cls(**arguments)


@contextmanager
def noted(db: Database, what: FollowUp) -> Iterator[None]:
    """Write and follow up within. Where that is broken off, nobody knows how far it came: the job stays."""
    quick = db.with_options(write_concern=UNJOURNALED)
    (job_id,) = queue.put(quick, NewJob(kind=KIND, arguments=asdict(what), delay=DELAY))
    yield
    queue.withdraw(quick, job_id)
