"""A job under way, as its handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from picturerail import clock
from picturerail.database import Database
from picturerail.jobs import queue
from picturerail.jobs.job import Job, JobCancelled


@dataclass(eq=False)
class Task:
    """One job that is being done, and others of its kind that the handler has taken with it."""

    db: Database
    job: Job
    lease: timedelta
    others: list[Job] = field(default_factory=list)

    @property
    def jobs(self) -> list[Job]:
        """All that is done here."""
        return [self.job, *self.others]

    def take_more(self, limit: int) -> list[Job]:
        """Take up to `limit` jobs along that are due and of the same kind; all that are done here now."""
        self.others += queue.take_more(self.db, self.job, clock.now(), self.lease, limit)
        return self.jobs

    def report(self, done: int, total: int, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Note how far the work has come, and where to go on after a kill; JobCancelled when it is to stop."""
        if not queue.report(self.db, self.job, done, total, checkpoint):
            raise JobCancelled
