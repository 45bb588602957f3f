"""Keep the store of derived images within its size: the least recently used go first.

Safe over processes: one evicts at a time, records go before files, and an image that is wanted again is made again.
"""

import logging
import threading
import time

from picturerail.concurrency.file_locks import FileLocks
from picturerail.database import Database
from picturerail.disk import Disk
from picturerail.errors import Unavailable
from picturerail.storage.base import Storage

SHARE_KEPT = 0.9  # of the limit, so that not every new image evicts an old one
SHARE_UNSEEN = 0.02  # of the limit, that a process stores before it looks at the total again
BATCH = 500
WAIT_SECONDS = 5.0  # for another process that evicts
TOLD_SECONDS = 3600.0  # how often the log says that the disk is nearly full

log = logging.getLogger(__name__)


def evict(db: Database, store: Storage, limit: int, lacking: int = 0) -> int:
    """Remove least recently used derived images when all are over `limit` bytes; the bytes removed.

    At least `lacking` bytes go, if there are as many: what the disk lacks.
    """
    total = total_bytes(db)
    surplus = total - int(limit * SHARE_KEPT) if total > limit else 0
    removed, wanted = 0, max(surplus, lacking)
    if not wanted:
        return 0
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


class Quota:
    """Counts what this process stores, and says when it is time to look at the total: first at once."""

    def __init__(self, limit: int, *, share_unseen: float) -> None:
        """Let a process store `share_unseen` of `limit` bytes between two looks."""
        self.limit, self._unseen_limit = limit, limit * share_unseen
        self._unseen = float("inf")
        self._counting = threading.Lock()

    def is_due(self, length: int) -> bool:
        """Take note of `length` new bytes; True when whoever stored them should look at the total."""
        with self._counting:
            self._unseen += length
            due = self._unseen > self._unseen_limit
            self._unseen = 0.0 if due else self._unseen
        return due


class Evictor:
    """Evicts derived images in the background when it is time to look."""

    def __init__(self, db: Database, store: Storage, locks: FileLocks, limit: int, disk: Disk) -> None:
        """Keep `store` within `limit` bytes, and let it go before the `disk` is full."""
        self._db, self._store, self._locks, self._disk = db, store, locks, disk
        self._quota = Quota(limit, share_unseen=SHARE_UNSEEN)
        self._told = -TOLD_SECONDS

    def make_room(self, length: int) -> None:
        """See that the disk takes so many more bytes: derived images go first. Unavailable when that is not enough."""
        if not self._disk.lacking(length):
            return
        # in another place they take no room
        removed = self._evict(length) if self._store.mark() is not None else 0
        if time.monotonic() > self._told + TOLD_SECONDS:
            self._told = time.monotonic()
            log.warning("%s; derived images of %d MB were removed", self._disk.describe(), removed // 10**6)
        self._disk.expect(length)

    def expect_room(self) -> None:
        """Unavailable when the disk lacks some of its reserve: nothing is made then for which nobody has asked."""
        if self._disk.lacking():
            raise Unavailable("The disk is nearly full. Try again later.", retry_after=60)

    def stored(self, length: int) -> None:
        """Take note of a new derived image."""
        if self._quota.is_due(length):
            threading.Thread(target=self._evict, name="evict derived images", daemon=True).start()

    def _evict(self, length: int = 0) -> int:
        """Evict what is over the limit, and for so many more bytes on the disk; the bytes that were removed."""
        try:
            with self._locks.hold("evict derived images", WAIT_SECONDS if length else 0):
                lacking = self._disk.lacking(length)  # another process may have been here
                some_more = self._disk.reserve // 10 if lacking > 0 else 0
                return evict(self._db, self._store, self._quota.limit, max(0, lacking + some_more))
        except Unavailable:  # another process does it
            return 0
        except Exception:
            log.exception("derived images could not be evicted")
            return 0
