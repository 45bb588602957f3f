"""What a job is, and how jobs of one kind are done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from picturerail.database import Document

if TYPE_CHECKING:
    from picturerail.jobs.task import Task

WAITING, DONE, DEAD, CANCELLED = "waiting", "done", "dead", "cancelled"
DAYS_OF_THE_DEAD = 30  # how long a job that was given up can still be looked at

Handler: TypeAlias = "Callable[[Task], Mapping[str, Any] | None]"


class PassingFailure(Exception):
    """What a job needs is not there now; it is tried again, and nobody need read about it in the log."""


class JobCancelled(Exception):
    """Somebody has cancelled the job; raised where it tells how far it came."""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """Jobs of one kind: what does them, for how long a worker holds one, and how often and when it is tried again."""

    handler: Handler
    # seconds after its worker died until another takes it; renewed while the work goes on
    lease: float = 15.0
    first_pause: float = 2.0
    max_pause: float = 600.0
    max_tries: int = 12  # 0: until it is too old

    def pause(self, tries: int) -> timedelta:
        """How long to wait after this many tries: it doubles each time."""
        return timedelta(seconds=min(self.first_pause * 2 ** min(tries - 1, 20), self.max_pause))


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job to be kept. `arguments` are plain values, kept as JSON: their keys may be any text.

    Of the jobs with one `line` only the first is done, until it is done. After `days` it is given up. Who wants to see
    a result or the progress keeps the finished job for `keep`.
    """

    kind: str
    arguments: Mapping[str, Any]
    line: str = ""
    delay: timedelta = timedelta()
    days: float = 30
    keep: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as a worker has taken it, or as anybody looks at it."""

    id: str
    kind: str
    line: str
    state: str
    arguments: Mapping[str, Any]
    tries: int
    holder: str  # of the worker that does it just now; "" for none
    created_at: datetime
    due_at: datetime
    give_up_at: datetime
    keep: timedelta
    expires_at: datetime  # when it is forgotten
    done: int  # of `total` steps
    total: int
    checkpoint: Mapping[str, Any]  # where another worker goes on
    result: Mapping[str, Any]
    reason: str  # why it did not succeed the last time

    @classmethod
    def of(cls, document: Document, read: Callable[[str], Any]) -> Self:
        """The job that a document holds; `read` reads its JSON."""
        return cls(
            id=str(document["_id"]),
            kind=document["kind"],
            line=document["line"],
            state=document["state"],
            arguments=read(document["arguments"]),
            tries=document["tries"],
            holder=document.get("holder", ""),
            created_at=document["created_at"],
            due_at=document["due_at"],
            give_up_at=document["give_up_at"],
            keep=timedelta(seconds=document.get("keep", 0)),
            expires_at=document["expires_at"],
            done=document.get("done", 0),
            total=document.get("total", 0),
            checkpoint=read(document.get("checkpoint", "{}")),
            result=read(document.get("result", "{}")),
            reason=document.get("reason", ""),
        )
