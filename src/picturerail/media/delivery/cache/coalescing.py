"""Many who ask for one picture at the same moment: the first goes on, the others wait where it costs nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias
from wsgiref.types import WSGIEnvironment

from picturerail.image_formats import accept_class

Place: TypeAlias = tuple[str, str]  # a path, and the class of Accept headers


class Crowds:
    """Who is on his way in this process, by what he asks for."""

    def __init__(self, prefix: str, most: int, seconds: float) -> None:
        """Who asks for a path below `prefix` may wait for another, up to `seconds`.

        At most `most` wait at once, fewer than there are threads: one slow picture shall not keep all of them.
        """
        self._prefix, self._seconds = prefix, seconds
        self._room = threading.Semaphore(most)
        self._on_their_way: dict[Place, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def join(self, environ: WSGIEnvironment) -> Iterator[bool]:
        """Come with a request: at once for the first, and for the others when he leaves; True for who has waited."""
        place = self._place(environ)
        if place is None:
            yield False
            return
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

    def _place(self, environ: WSGIEnvironment) -> Place | None:
        """What is asked for, when nothing but the path and the Accept header says it."""
        plain = environ["REQUEST_METHOD"] in ("GET", "HEAD") and not environ["QUERY_STRING"]
        if not plain or "HTTP_RANGE" in environ or not environ["PATH_INFO"].startswith(self._prefix):
            return None
        return environ["PATH_INFO"], accept_class(environ.get("HTTP_ACCEPT", ""))

    def _wait(self, first: threading.Event) -> bool:
        if not self._room.acquire(blocking=False):
            return False
        try:
            return first.wait(self._seconds)
        finally:
            self._room.release()
