"""Answer a stored derived image before the web framework is reached.

Each process remembers which path led to which stored file. That is safe because the file is the proof:
when an asset is deleted, replaced or renamed, its derived files are removed, so no process can answer from
what it remembers. What is read is checked against its checksum before it is sent; the hottest stay in memory.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail.media.delivery.hits.memory import HotBodies
from picturerail.media.delivery.negotiation import accept_class

MOST_PATHS = 20_000
LARGEST = 4 * 1024 * 1024
TOUCH_SECONDS = 600


@dataclass
class Shortcut:
    """What a path leads to: a stored file, its length and checksum, and the headers of the answer."""

    key: str
    bytes: int
    checksum: int
    headers: Mapping[str, str]
    touched: float = 0.0
    answer: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        """Make the list of headers that WSGI wants, once."""
        self.answer = [("Content-Length", str(self.bytes)), *self.headers.items()]


class FastPath:
    """A WSGI application in front of another: answers what it knows, passes on everything else."""

    def __init__(self, bodies: HotBodies, touch: Callable[[str], None]) -> None:
        """Send what `bodies` reads; `touch(key)` tells now and then that a file is in use."""
        self._bodies, self._touch = bodies, touch
        self._known: OrderedDict[tuple[str, str | None], Shortcut] = OrderedDict()
        self._lock = threading.Lock()
        self.app: WSGIApplication | None = None

    def learn(self, path: str, accept: str | None, shortcut: Shortcut) -> None:
        """Remember a path; `accept` is the class of Accept headers it holds for, None for all."""
        if shortcut.bytes > LARGEST:
            return
        with self._lock:
            self._known[path, accept] = shortcut
            if len(self._known) > MOST_PATHS:
                self._known.popitem(last=False)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        answer = self._answer(environ, start_response)
        if answer is not None:
            return answer
        assert self.app is not None  # noqa: S101 - set by create_app
        return self.app(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ["QUERY_STRING"]
            or "HTTP_RANGE" in environ
        ):
            return None
        path = environ["PATH_INFO"]
        where: tuple[str, str | None] = (path, None)
        shortcut = self._known.get(where)
        if shortcut is None:
            where = (path, accept_class(environ.get("HTTP_ACCEPT", "")))
            shortcut = self._known.get(where)
        return None if shortcut is None else self._send(environ, start_response, where, shortcut)

    def _send(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        where: tuple[str, str | None],
        shortcut: Shortcut,
    ) -> Iterable[bytes] | None:
        given = environ.get("HTTP_IF_NONE_MATCH")
        if given and given != shortcut.headers["ETag"]:
            return None
        body = self._read(shortcut)
        if body is None:
            with self._lock:
                self._known.pop(where, None)
            return None
        if given:
            start_response(
                "304 Not Modified", [item for item in shortcut.headers.items() if item[0] != "Content-Type"]
            )
            return []
        start_response("200 OK", shortcut.answer)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _read(self, shortcut: Shortcut) -> bytes | None:
        body = self._bodies.read(shortcut.key, shortcut.bytes, shortcut.checksum)
        if body is not None and (now := time.monotonic()) > shortcut.touched + TOUCH_SECONDS:
            shortcut.touched = now
            self._touch(shortcut.key)
        return body
