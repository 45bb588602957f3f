"""Answer a stored derived image before the web framework is reached.

Each process remembers which path led to which stored file. That is safe because the file is the proof:
when an asset is deleted, replaced or renamed, its derived files are removed, so no process can answer from
what it remembers. What is read is checked against its checksum before it is sent; the hottest stay in memory.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.coalescing import Coalescing
from picturerail.media.delivery.cache.url_index import IndexEntry, UrlIndex

TOUCH_SECONDS = 600
STATUS_LINES = {200: "200 OK", 304: "304 Not Modified"}

StoredAnswer: TypeAlias = tuple[int, list[tuple[str, str]], bytes]  # status, headers, body


@dataclass(frozen=True)
class FastPath:
    """A WSGI application in front of another: answers what `url_index` knows, passes on everything else.

    When many ask at once for what nobody knows yet, `coalescing` lets one go on; mostly the way is known then.
    `touch(key)` tells now and then that a file is in use, `count(bytes)` tells of each answer.
    """

    app: WSGIApplication
    url_index: UrlIndex
    bodies: BodyCache
    coalescing: Coalescing
    touch: Callable[[str], None]
    count: Callable[[int], None]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        method = environ["REQUEST_METHOD"]
        if environ["QUERY_STRING"] or "HTTP_RANGE" in environ or method not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        path, accept = environ["PATH_INFO"], environ.get("HTTP_ACCEPT", "")
        asked = (path, accept, environ.get("HTTP_IF_NONE_MATCH"), method)
        answer = self.answer(*asked)
        if answer is not None:
            return _sent(answer, start_response)
        with self.coalescing.join(path, accept) as waited:
            answer = self.answer(*asked) if waited else None
            return self.app(environ, start_response) if answer is None else _sent(answer, start_response)

    def answer(self, path: str, accept: str, if_none_match: str | None, method: str) -> StoredAnswer | None:
        """The stored answer to a GET or HEAD without query and Range, as plain values; None to pass it on.

        `path` is the decoded path with each byte as one letter; the others are headers, None when there is none.
        """
        entry = self.url_index.find(path, accept)
        if entry is None or (if_none_match is not None and if_none_match != entry.etag):
            return None
        body = self._read(entry, path)
        if body is None:
            return None
        if if_none_match is not None:
            self.count(0)
            return 304, entry.unchanged, b""
        if method == "HEAD":
            body = b""
        self.count(len(body))
        return 200, entry.whole, body

    def _read(self, entry: IndexEntry, path: str) -> bytes | None:
        body = self.bodies.read(entry.key, entry.bytes, entry.checksum)
        if body is None:
            self.url_index.forget(path)
        elif (now := time.monotonic()) > entry.touched + TOUCH_SECONDS:
            entry.touched = now
            self.touch(entry.key)
        return body


def _sent(answer: StoredAnswer, start_response: StartResponse) -> Iterable[bytes]:
    status, headers, body = answer
    start_response(STATUS_LINES[status], headers)
    return [body]
