"""Whose picture is made next: work is priced, the cheap goes before the dear, and nobody has all of it.

A thread that wants a picture made waits here for its turn. Fewer may wait than there are threads, so whoever comes
too much is refused at once, and threads are left for all that needs no image worker. While nobody else comes, one
visitor may have all turns and the whole queue for what is not dear; from then on the others take his places in it.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Protocol

from picturerail.errors import Abandoned, TooManyRequests, Unavailable
from picturerail.visitors import Visitor

DEAR = 1.0  # CPU seconds, from which on pictures are made one at a time, so that a cheap one finds a worker
SMALL = 0.05  # CPU seconds, up to which pictures may stand ready behind those that are made,
READY = 8  # so many of them: no image worker waits for a thread to wake up
HALF_LIFE = 15.0  # seconds after which half of what a visitor has spent is forgotten
MAX_SPENDERS = 10_000
AGAIN_SECONDS = 2
LOOK_SECONDS = 0.05
QUIET_SECONDS = 3.0  # after the last upload or look, from which on nobody is taken to be uploading many

Score = tuple[bool, float]


class Keys(Protocol):
    """Locks that hold over processes."""

    def hold(self, key: str, seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of `key`."""


@dataclass(frozen=True)
class RenderJob:
    """What is to be done: for whom, of which asset, for how many CPU seconds; `preferred` when it is signed or ours."""

    visitor: Visitor
    asset: str
    cost: float
    preferred: bool = False

    @property
    def is_dear(self) -> bool:
        """Whether it takes so long that others must not wait for it."""
        return self.cost >= DEAR


@dataclass(eq=False)
class _Waiting:
    job: RenderJob
    score: Score
    turn: Future[None] = field(default_factory=Future)


class Scheduler:
    """The turns of one process; dear work has one place over all processes."""

    def __init__(self, places: int, queue: int, locks: Keys, patience: float) -> None:
        """Let `places` jobs go on at once, and `queue` wait for `patience`; half of them of one visitor's dear ones."""
        self._places, self._queue, self._locks, self._patience = places, queue, locks, patience
        self._share = max(1, queue // 2)
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._running = self._dear = 0
        self._spent: dict[str, tuple[float, float]] = {}
        self._arrived = -math.inf

    @contextmanager
    def turn(self, job: RenderJob) -> Iterator[None]:
        """While a job has its turn. TooManyRequests at once when too many wait, Unavailable when it takes too long."""
        waiting = self._come(job)
        try:
            with job.visitor.when_gone(lambda: self._drop(waiting, _abandoned())):
                waiting.turn.result(self._patience)
        except TimeoutError:
            self._drop(waiting, _too_long())
            waiting.turn.result()  # its turn may have come at this very moment
        began = time.monotonic()
        try:
            place = self._locks.hold("dear pictures", self._patience) if job.is_dear else nullcontext()
            with place:
                yield
        finally:
            self._end(job, max(job.cost, (time.monotonic() - began) / 2))

    def note_arrival(self) -> None:
        """An upload is worked on, or looked at: what nobody waits for is not begun for a while."""
        self._arrived = time.monotonic()

    @property
    def is_quiet(self) -> bool:
        """Whether no upload came and none was looked at for a while, in this process."""
        return time.monotonic() - self._arrived > QUIET_SECONDS

    def expect_idle(self) -> None:
        """Wait until no job goes on or waits: for work that nobody waits for. Unavailable when that takes too long.

        It has its turn then as any other: what others may ask for meanwhile must not wait behind what is to wait.
        """
        deadline = time.monotonic() + self._patience
        while self._running or self._waiting:
            if time.monotonic() > deadline:
                raise _too_long()
            time.sleep(LOOK_SECONDS)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def _come(self, job: RenderJob) -> _Waiting:
        with self._lock:
            waiting = _Waiting(job, self._score(job))
            if not self._may_run(job):
                self._make_room(waiting)
            self._waiting.append(waiting)
            self._go_on()
        return waiting

    def _score(self, job: RenderJob) -> Score:
        """Who has the least goes first: the known before the unknown, the cheap before the dear."""
        return not job.preferred, job.cost + self._debt(job.visitor.name)

    def _debt(self, name: str) -> float:
        spent, at = self._spent.get(name, (0.0, 0.0))
        return spent * math.exp2((at - time.monotonic()) / HALF_LIFE)

    def _may_run(self, job: RenderJob) -> bool:
        places = self._places + (READY if job.cost <= SMALL else 0)
        return self._running < places and not (job.is_dear and self._dear)

    def _make_room(self, newcomer: _Waiting) -> None:
        """Refuse the newcomer, or whoever would come last, when there are too many."""
        rivals = [one for one in self._waiting if _alike(one.job, newcomer.job)]
        is_crowd = len(rivals) >= self._share
        if len(self._waiting) < self._queue and not (is_crowd and newcomer.job.is_dear):
            return
        crowd = [] if is_crowd else self._crowd()
        last = max(crowd or (rivals if is_crowd else self._waiting), key=lambda one: one.score)
        if not crowd and last.score <= newcomer.score:
            raise _too_many()
        self._waiting.remove(last)
        last.turn.set_exception(_too_many())

    def _crowd(self) -> list[_Waiting]:
        """Those of one visitor who has more than his share of the queue: he gives it back to whoever comes."""
        counted = Counter(one.job.visitor.name for one in self._waiting if one.job.visitor.name)
        name, most = max(counted.items(), key=itemgetter(1), default=("", 0))
        return [one for one in self._waiting if one.job.visitor.name == name] if most > self._share else []

    def _go_on(self) -> None:
        """Give turns to those who may run, in the order of their scores."""
        for waiting in sorted(self._waiting, key=lambda one: one.score):
            if self._may_run(waiting.job):
                self._waiting.remove(waiting)
                self._running += 1
                self._dear += waiting.job.is_dear
                waiting.turn.set_result(None)

    def _drop(self, waiting: _Waiting, error: Exception) -> None:
        with self._lock:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
                waiting.turn.set_exception(error)

    def _end(self, job: RenderJob, spent: float) -> None:
        with self._lock:
            self._running -= 1
            self._dear -= job.is_dear
            if len(self._spent) >= MAX_SPENDERS:
                self._spent.clear()
            self._spent[job.visitor.name] = (self._debt(job.visitor.name) + spent, time.monotonic())
            self._go_on()


def _alike(one: RenderJob, other: RenderJob) -> bool:
    """Whether two jobs count for one share: dear work of one asset, and all of one visitor, except our own."""
    of_asset = one.is_dear and other.is_dear and one.asset == other.asset
    return of_asset or (one.visitor.name == other.visitor.name != "")


def _too_many() -> TooManyRequests:
    return TooManyRequests("Too many pictures are being made; try again soon.", retry_after=AGAIN_SECONDS)


def _too_long() -> Unavailable:
    return Unavailable("The image workers are too busy; try again soon.", retry_after=AGAIN_SECONDS)


def _abandoned() -> Abandoned:
    return Abandoned("Nobody waits for this picture any more.", retry_after=AGAIN_SECONDS)
