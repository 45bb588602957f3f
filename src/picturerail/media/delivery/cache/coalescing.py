"""Many who ask for one picture at the same moment: the first goes on, the others wait where it costs nothing.

What is asked for is a GET or HEAD that nothing but its path and its Accept header says.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from picturerail.image_formats import accept_class

RequestKey: TypeAlias = tuple[str, str]  # a path, and the class of Accept headers


class Coalescing:
    """Who is on his way in this process, by what he asks for."""

    def __init__(self, prefix: str, most: int, seconds: float) -> None:
        """Who asks for a path below `prefix` may wait for another, up to `seconds`.

        At most `most` wait at once, fewer than there are threads: one slow picture shall not keep all of them.
        """
        self._prefix, self._seconds = prefix, seconds
        self._room = threading.Semaphore(most)
        self._on_their_way: dict[RequestKey, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def join(self, path: str, accept: str) -> Iterator[bool]:
        """Come with a request: at once for the first, and for the others when he leaves; True for who has waited."""
        if not path.startswith(self._prefix):
            yield False
            return
        place = (path, accept_class(accept))
        with self._lock:
            first = self._on_their_way.get(place)
            if leads := first is None:
                first = self._on_their_way[place] = threading.Event()
        if not leads:
            yield self._wait(first)
            return
        try:
            yield False
        finally:
            with self._lock:
                del self._on_their_way[place]
            first.set()

    def _wait(self, first: threading.Event) -> bool:
        if not self._room.acquire(blocking=False):
            return False
        try:
            return first.wait(self._seconds)
        finally:
            self._room.release()
