"""Count requests and delivered bytes by day: in memory, added to the database every second, for GET /usage."""

import threading
import time
from collections import deque
from datetime import UTC, datetime

import pymongo
from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from picturerail.database import Database

FLUSH_SECONDS = 1.0
MAX_UNFLUSHED = 200_000
PATIENCE = 5.0  # seconds that a count waits for a database that is away


class Meter:
    """Counts answers into the collection `usage`. What a crash forgets is a second."""

    def __init__(self, db: Database) -> None:
        """Begin with nothing counted."""
        self._usage = db.get_collection("usage", write_concern=WriteConcern(w=0))
        self._lengths: deque[int] = deque(maxlen=MAX_UNFLUSHED)
        self._requests = self._bytes = 0
        self.count = self._lengths.append  # the bytes of one answer: no lock, no write

    def start(self) -> None:
        """Add up what is counted, for as long as this process lives."""
        threading.Thread(target=self._flush_on, name="meter", daemon=True).start()

    def flush(self) -> None:
        """Add to the database what came since the last time."""
        lengths = [self._lengths.popleft() for _ in range(len(self._lengths))]
        self._requests, self._bytes = self._requests + len(lengths), self._bytes + sum(lengths)
        if not self._requests:
            return
        counted = {"requests": self._requests, "bandwidth": self._bytes}
        try:
            with pymongo.timeout(PATIENCE):
                self._usage.update_one(
                    {"_id": datetime.now(UTC).date().isoformat()}, {"$inc": counted}, upsert=True
                )
        except PyMongoError:  # added next time
            return
        self._requests = self._bytes = 0

    def _flush_on(self) -> None:
        while True:
            time.sleep(FLUSH_SECONDS)
            self.flush()
