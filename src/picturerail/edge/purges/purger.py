"""Delivers purges: jobs of a kind of its own for each edge, so that one that is away keeps no other waiting."""

import logging

from picturerail.database import Database
from picturerail.edge.purges import queue
from picturerail.edge.purges.targets import Edges, PurgeFailed, all_edges
from picturerail.jobs.job import JobKind
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from picturerail.settings import Settings

MAX_TOGETHER = 200  # jobs delivered in one go
# Visitors see the old picture until a purge is delivered, so it is taken up soon after its worker was killed.
LEASE_SECONDS = 1.5
IDLE_SECONDS = 0.2

log = logging.getLogger(__name__)


class Purger:
    """Brings the purges of one edge to it."""

    def __init__(self, target: Edges) -> None:
        """Nothing was delivered yet."""
        self._target = target
        self._away = False

    def __call__(self, task: Task) -> None:
        """Deliver all that is due; PurgeFailed leaves it in the queue.

        Jobs are taken together, so that a thousand uploads do not renew the same page a thousand times.
        """
        purges = [queue.Purge.of(job) for job in task.take_more(MAX_TOGETHER - 1)]
        try:
            for soft in (False, True):
                if some := [purge for purge in purges if purge.soft is soft and not purge.older_than]:
                    self._target.purge(queue.copies(task.db, some), soft=soft)
            for purge in (purge for purge in purges if purge.older_than):
                self._target.purge_older(queue.copies(task.db, [purge]), purge.older_than)
        except PurgeFailed as error:
            if not self._away:
                log.warning("Purges wait: %s", error)
            self._away = True
            raise
        self._away = False


def workers(db: Database, settings: Settings) -> list[Worker]:
    """A worker for each edge of the settings."""
    return [worker(db, target) for target in all_edges(settings)]


def worker(db: Database, target: Edges) -> Worker:
    """What delivers the purges of one edge; one that is away is tried again every second until it is back."""
    kind = JobKind(handler=Purger(target), lease=LEASE_SECONDS, first_pause=0.5, max_pause=1.0, max_tries=0)
    return Worker(db, {queue.kind_of(target): kind}, at_once=1, idle=IDLE_SECONDS)
