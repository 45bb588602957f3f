"""Keep the store of derived images within its size: the least recently used go first.

Safe over processes: one evicts at a time, records go before files, and an image that is wanted again is made again.
"""

import logging
import threading

from picturerail.concurrency.file_locks import FileLocks
from picturerail.database import Database
from picturerail.errors import Unavailable
from picturerail.storage.base import Storage

SHARE_KEPT = 0.9  # of the limit, so that not every new image evicts an old one
SHARE_UNSEEN = 0.02  # of the limit, that a process stores before it looks at the total again
BATCH = 500

log = logging.getLogger(__name__)


def evict(db: Database, store: Storage, limit: int) -> int:
    """Remove least recently used derived images when all are over `limit` bytes; the bytes removed."""
    total = total_bytes(db)
    if total <= limit:
        return 0
    removed, wanted = 0, total - int(limit * SHARE_KEPT)
    for record in db["derived"].find({}, {"bytes": 1}).sort("used_at", 1).batch_size(BATCH):
        if removed >= wanted:
            break
        db["derived"].delete_one({"_id": record["_id"]})
        store.delete(record["_id"])
        removed += record["bytes"]
    return removed


def total_bytes(db: Database) -> int:
    """The size of all derived images together."""
    sums = list(db["derived"].aggregate([{"$group": {"_id": None, "bytes": {"$sum": "$bytes"}}}]))
    return int(sums[0]["bytes"]) if sums else 0


class Evictor:
    """Counts what this process stores, and evicts in the background when it is time to look."""

    def __init__(self, db: Database, store: Storage, locks: FileLocks, limit: int) -> None:
        """Keep `store` within `limit` bytes."""
        self._db, self._store, self._locks, self._limit = db, store, locks, limit
        self._unseen = limit  # look once after the first image of a process
        self._counting = threading.Lock()

    def stored(self, length: int) -> None:
        """Take note of a new derived image."""
        with self._counting:
            self._unseen += length
            due = self._unseen > self._limit * SHARE_UNSEEN
            self._unseen = 0 if due else self._unseen
        if due:
            threading.Thread(target=self._run, name="evict derived images", daemon=True).start()

    def _run(self) -> None:
        try:
            with self._locks.hold("evict derived images", 0):
                evict(self._db, self._store, self._limit)
        except Unavailable:  # another process does it
            return
        except Exception:
            log.exception("derived images could not be evicted")
