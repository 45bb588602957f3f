"""How often the Admin API may be called in an hour, counted over all processes.

To count each call in the database would cost as much as most calls do. So a process takes some at once, which it
answers without asking, and fewer of them the less is left: the last ones it takes one by one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument, WriteConcern
from werkzeug.http import http_date

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.errors import TooManyRequests

MAX_TAKEN = 25  # calls that a process takes at once
LEFT = 100  # for each of them at least as many are left


class LimitReached(TooManyRequests):
    """Cloudinary's own status for this limit: many clients wait out a 429 by themselves, here up to an hour."""

    status = 420


@dataclass(frozen=True)
class Allowance:
    """What may still be asked for in this hour; `remaining` is below zero for a call that is one too many."""

    limit: int
    remaining: int
    reset: datetime

    def headers(self) -> dict[str, str]:
        """As the SDKs read it."""
        return {
            "X-FeatureRateLimit-Limit": str(self.limit),
            "X-FeatureRateLimit-Remaining": str(max(0, self.remaining)),
            "X-FeatureRateLimit-Reset": http_date(self.reset),
        }

    def check(self) -> None:
        """Raise LimitReached when nothing is left."""
        if self.remaining < 0:
            seconds = max(1, round((self.reset - datetime.now(UTC)).total_seconds()))
            raise LimitReached(
                f"Rate Limit Exceeded - Limit {self.limit}. Try again on {self.reset:%Y-%m-%d %H:%M:%S} UTC.",
                retry_after=seconds,
            )


class RateLimit:
    """The calls that are left in this hour, for the threads of one process; the hour's counter goes away by itself."""

    def __init__(self, db: Database, limit: int, now: Callable[[], datetime] = clock.now) -> None:
        """Let so many calls of all processes be answered in an hour."""
        self._counters = db.get_collection("admin_calls", write_concern=WriteConcern(w=1))
        self._limit, self._now = limit, now
        self._lock = threading.Lock()
        self._known = Allowance(limit, 0, datetime.min.replace(tzinfo=UTC))
        self._taken = 0  # calls that are counted, and not made yet
        self._is_taking = False

    def spend(self) -> Allowance:
        """Count one call."""
        now = self._now()
        with self._lock:
            is_known = now < self._known.reset
            if self._taken and is_known:
                self._taken -= 1
                self._known = replace(self._known, remaining=self._known.remaining - 1)
                return self._known
            # whoever comes while a thread takes some counts his own call only: of those that all took, most were lost
            several = 0 if self._is_taking or not is_known else min(MAX_TAKEN, self._known.remaining // LEFT)
            self._taken, self._is_taking = 0, self._is_taking or several > 1
        try:
            fresh = self._count(max(1, several), now)
            with self._lock:
                if not self._taken:
                    self._known, self._taken = fresh, max(0, several - 1)
        finally:
            # Not before it is noted: else the next one takes some, too, of which one lot is lost.
            if several > 1:
                self._is_taking = False
        return fresh

    def _count(self, calls: int, now: datetime) -> Allowance:
        """What is left after the first of some calls, which are counted together."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        counter: Document = self._counters.find_one_and_update(  # type: ignore[assignment]  # an upsert answers it
            {"_id": hour},
            {"$inc": {"count": calls}, "$setOnInsert": {"expires_at": hour + timedelta(hours=2)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        left = self._limit - counter["count"] + calls - 1
        return Allowance(self._limit, left, hour + timedelta(hours=1))
