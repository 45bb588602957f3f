"""One piece of work that several want at the same moment is done by one of them; the others wait for its result.

This is the one place where threads and processes wait for each other's work. Who waits is not behind a lock, but on
the result; over processes a lock file keeps the work single, and whoever gets it finds the result when he looks.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from picturerail.errors import Abandoned, Unavailable

Result = TypeVar("Result")


class Locks(Protocol):
    """Locks that hold over processes."""

    def hold(self, key: str, seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of `key`."""


class SingleFlight:
    """The work under way in this process, by key."""

    def __init__(self, locks: Locks | None = None) -> None:
        """Nothing is under way yet; `locks` keep work single over processes, too."""
        self._locks = locks
        self._under_way: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def join(self, key: str, work: Callable[[], Result], seconds: float) -> Result:
        """The result or the error of `work`, done by the first who comes; Unavailable after `seconds` of waiting.

        What the first gives up, because nobody waits for him any more, the next one takes over.
        """
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                flight: Future[Result] | None = self._under_way.get(key)
                if leads := flight is None:
                    flight = self._under_way[key] = Future()
            if leads:
                self._do(key, flight, work, seconds)
                return flight.result()
            try:
                return flight.result(deadline - time.monotonic())
            except Abandoned:
                continue
            except TimeoutError:
                raise Unavailable(
                    "This is being made for somebody else. Try again shortly.", retry_after=1
                ) from None

    def _do(self, key: str, flight: Future[Result], work: Callable[[], Result], seconds: float) -> None:
        try:
            with nullcontext() if self._locks is None else self._locks.hold(key, seconds):
                result = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits must get it, whatever it is
            self._land(key)
            flight.set_exception(error)
        else:
            self._land(key)
            flight.set_result(result)

    def _land(self, key: str) -> None:
        """From here on, who comes looks for himself."""
        with self._lock:
            del self._under_way[key]
