"""Looks for jobs in the name of several workers: while nothing is due, one cheap question is all that is asked."""

import threading
import time
from collections.abc import Collection
from contextlib import suppress

from pymongo.errors import PyMongoError

from picturerail import clock
from picturerail.database import Database
from picturerail.jobs import queue


class Lookout:
    """Wakes those who wait here when a job of one of these kinds is due.

    To try to take a job costs the database several times as much as to be asked whether there is one.
    """

    def __init__(self, db: Database, kinds: Collection[str], pause: float) -> None:
        """Look every `pause` seconds, as long as somebody waits."""
        self._db, self._kinds, self._pause = db, kinds, pause
        self._due = threading.Condition()
        self._waiting = 0

    def start(self) -> None:
        """Look in the background for as long as this process lives."""
        threading.Thread(target=self._run, name="job lookout", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Until something is due, for `seconds` at most. What came a moment before is told at the next look."""
        with self._due:
            self._waiting += 1
            self._due.wait(seconds)
            self._waiting -= 1

    def _run(self) -> None:
        while True:
            time.sleep(self._pause)
            with suppress(PyMongoError):  # the database is away; what waits in it can wait
                if self._waiting and queue.is_due(self._db, self._kinds, clock.now()):
                    with self._due:
                        self._due.notify_all()
