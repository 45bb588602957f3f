"""Answer a stored derived image before the web framework is reached.

Each process remembers which path led to which stored file. That is safe because the file is the proof:
when an asset is deleted, replaced or renamed, its derived files are removed, so no process can answer from
what it remembers. What is read is checked against its checksum before it is sent; the hottest stay in memory.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail import metrics
from picturerail.conditions import ConditionHeaders
from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.url_index import IndexEntry, UrlIndex

TOUCH_SECONDS = 600
MAX_HELD = 256 * 1024  # bytes of an original that is sent from memory


@dataclass(frozen=True)
class FastPath:
    """A WSGI application in front of another: answers what `url_index` know, passes on everything else.

    The door asks it without WSGI, too: `from_memory`; or `find`, and where files may be read, `read` and `answer`.
    `touch(key)` tells now and then that a file is in use, `count(bytes)` tells of each answer; neither waits.
    `original_file(key)` is the file of an original that was read through and is as it was.
    """

    app: WSGIApplication
    url_index: UrlIndex
    bodies: BodyCache
    touch: Callable[[str], None]
    count: Callable[[int], None]
    original_file: Callable[[str], Path | None] = lambda _: None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        begun = perf_counter()
        method, path, headers = environ["REQUEST_METHOD"], environ["PATH_INFO"], _Headers(environ)
        entry = self.find(method, path, environ["QUERY_STRING"], headers)
        if entry is not None and _is_sent_by_its_path(entry):
            entry = None  # an application sends it so by itself
        body = None if entry is None else self.read(entry, path)
        if entry is None or body is None:
            return self.app(environ, start_response)
        status, fields, content = self.answer(entry, body, method, headers)
        start_response(f"{status} {HTTPStatus(status).phrase}", fields)
        metrics.hit(perf_counter() - begun)
        return [content]

    def find(self, method: str, path: str, query: str, headers: ConditionHeaders) -> IndexEntry | None:
        """What is known to answer a request."""
        entry = self.url_index.find(method, path, query, headers)
        if entry is None or self.bodies.holds(entry):
            return entry
        self.url_index.forget(path)
        return None

    def from_memory(
        self, method: str, path: str, query: str, headers: ConditionHeaders, most: int
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Status, headers and body of what is in memory and has at most so many bytes; None for all else."""
        entry = self.url_index.find(method, path, query, headers)
        if entry is None or entry.bytes > most or (content := self.bodies.kept(entry.key)) is None:
            return None
        if entry.lease is not None and not self.bodies.holds(entry):
            return None
        self._touch(entry)
        return self.answer(entry, content, method, headers)

    def read(self, entry: IndexEntry, path: str) -> bytes | None:
        """The bytes; None when they are gone, and then the path is forgotten."""
        by_path = _is_sent_by_its_path(entry)
        body = None if by_path else self.bodies.read(entry.key, entry.bytes, entry.checksum)
        if body is None:
            self.url_index.forget(path)
        else:
            self._touch(entry)
        return body

    def file(self, entry: IndexEntry) -> Path | None:
        """The file that holds the bytes, where the store has one."""
        return self.bodies.file(entry.key) if entry.lease is None else None

    def whole_file(self, entry: IndexEntry) -> Path | None:
        """The file of a large original, which is sent without being read; None for all else, and when it changed."""
        return self.original_file(entry.key) if _is_sent_by_its_path(entry) else None

    def head(
        self, entry: IndexEntry, method: str, headers: ConditionHeaders
    ) -> tuple[int, list[tuple[str, str]], bool]:
        """Status, headers, and whether the file is sent; counted."""
        unchanged = headers.get("if-none-match") is not None
        is_sent = not unchanged and method != "HEAD"
        self.count(entry.bytes if is_sent else 0)
        return 304 if unchanged else 200, entry.unchanged if unchanged else entry.whole, is_sent

    def answer(
        self, entry: IndexEntry, content: bytes, method: str, headers: ConditionHeaders
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body; counted."""
        unchanged = headers.get("if-none-match") is not None
        sent = b"" if unchanged or method == "HEAD" else content
        self.count(len(sent))
        return (304, entry.unchanged, sent) if unchanged else (200, entry.whole, sent)

    def _touch(self, entry: IndexEntry) -> None:
        if entry.lease is None and (now := time.monotonic()) > entry.touched + TOUCH_SECONDS:
            entry.touched = now
            self.touch(entry.key)


def _is_sent_by_its_path(entry: IndexEntry) -> bool:
    return entry.lease is not None and entry.bytes > MAX_HELD


class _Headers:
    """The headers of a WSGI request by their own names."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def get(self, name: str, default: str | None = None) -> str | None:
        return self._environ.get(f"HTTP_{name.upper().replace('-', '_')}", default)
