"""One piece of work that several threads want at the same moment is done by one of them; the others wait for it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from picturerail.errors import Unavailable

Result = TypeVar("Result")


class SingleFlight:
    """The work under way in this process, by key; over processes, `Locks` keeps it single."""

    def __init__(self) -> None:
        """Nothing is under way yet."""
        self._under_way: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def join(self, key: str, work: Callable[[], Result], seconds: float) -> Result:
        """The result or the error of `work`, done by the first who comes; Unavailable after `seconds` of waiting."""
        with self._lock:
            flight: Future[Result] | None = self._under_way.get(key)
            if leads := flight is None:
                flight = self._under_way[key] = Future()
        if leads:
            self._do(key, flight, work)
        try:
            return flight.result(seconds)
        except TimeoutError:
            raise Unavailable(
                "This is being made for somebody else. Try again shortly.", retry_after=1
            ) from None

    def _do(self, key: str, flight: Future[Result], work: Callable[[], Result]) -> None:
        try:
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
