"""What is measured, over all processes of one server; `metrics_page.py` shows it to Prometheus.

The supervisor names a folder in PROMETHEUS_MULTIPROC_DIR, in which the library adds up what all processes count.
"""

import threading
import time
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, TypeVar

from prometheus_client import Counter, Histogram
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

FLUSH_SECONDS = 1.0
MAX_UNFLUSHED = 100_000
MAX_WAITING = 1000
QUICK = (0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2)
USUAL = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG = (0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0)


Each = TypeVar("Each")


class BatchHistogram(Histogram):
    """A histogram that takes many values at once: a locked write for each would slow the fastest answers down."""

    def observe_many(self, values: Iterable[float]) -> None:
        """Count these."""
        counts, total = [0] * len(self._upper_bounds), 0.0
        for value in values:
            counts[bisect_left(self._upper_bounds, value)] += 1
            total += value
        self._sum.inc(total)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)


REQUESTS: Final = Counter("picturerail_requests", "Answers of the applications", ("app", "route", "status"))
REQUEST_SECONDS: Final = Histogram(
    "picturerail_request_seconds", "Until the head of an answer is ready", ("app", "route"), buckets=USUAL
)
HIT_SECONDS: Final = BatchHistogram(
    "picturerail_hit_seconds", "Pictures answered before the web framework is reached", buckets=QUICK
)
MISS_SECONDS: Final = Histogram(
    "picturerail_miss_seconds", "Pictures that were found in the store or made", buckets=USUAL
)
RENDER_SECONDS: Final = Histogram(
    "picturerail_render_seconds",
    "Pictures made by the image workers, waiting for one included",
    buckets=USUAL,
)
UPLOAD_BYTES: Final = Counter("picturerail_upload_bytes", "Bytes of uploads that were stored")
JOB_WAIT_SECONDS: Final = Histogram(
    "picturerail_job_wait_seconds", "From when a job was due until it was taken", ("kind",), buckets=LONG
)
JOB_SECONDS: Final = Histogram("picturerail_job_seconds", "Work on jobs", ("kind",), buckets=LONG)
DATABASE_SECONDS: Final = BatchHistogram(
    "picturerail_database_seconds", "Commands to MongoDB", ("command",), buckets=USUAL
)

_hits: deque[float] = deque(maxlen=MAX_UNFLUSHED)
_database: deque[tuple[str, float]] = deque()  # commands and their seconds
hit = _hits.append  # the seconds of one answer of the fast path: no lock, no write
_COMMANDS = frozenset(
    ("find", "insert", "update", "delete", "findAndModify", "aggregate", "getMore", "count")
)


def flush() -> None:
    """Count the hits and the commands to the database that came since the last time."""
    HIT_SECONDS.observe_many(_taken(_hits))
    by_name: defaultdict[str, list[float]] = defaultdict(list)
    for name, seconds in _taken(_database):
        by_name[name].append(seconds)
    for name, values in by_name.items():
        DATABASE_SECONDS.labels(name).observe_many(values)


def start_flushing() -> None:
    """Count every second what came, for as long as this process lives."""
    threading.Thread(target=_flush_on, name="metrics", daemon=True).start()


def _flush_on() -> None:
    while True:
        time.sleep(FLUSH_SECONDS)
        if _hits or _database:
            flush()


def _taken(waiting: deque[Each]) -> Iterator[Each]:
    with suppress(IndexError):  # another thread took it
        for _ in range(len(waiting)):
            yield waiting.popleft()


class DatabaseTime(CommandListener):
    """Measures the commands that the driver sends."""

    def started(self, event: CommandStartedEvent) -> None:
        """Called by the driver before a command."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Called by the driver after a command that was answered."""
        self._observe(event)

    def failed(self, event: CommandFailedEvent) -> None:
        """Called by the driver after one that was not."""
        self._observe(event)

    def _observe(self, event: CommandSucceededEvent | CommandFailedEvent) -> None:
        name = event.command_name if event.command_name in _COMMANDS else "other"
        _database.append((name, event.duration_micros / 1e6))
        if len(_database) > MAX_WAITING:  # of a process that does not flush by itself
            flush()
