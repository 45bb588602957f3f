"""Answer a stored derived image before the web framework is reached.

Each process remembers which path led to which stored file. That is safe because the file is the proof:
when an asset is deleted, replaced or renamed, its derived files are removed, so no process can answer from
what it remembers. What is read is checked against its checksum before it is sent; the hottest stay in memory.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail.media.delivery.cache.body_cache import HotBodies
from picturerail.media.delivery.cache.coalescing import Crowds
from picturerail.media.delivery.cache.url_index import Shortcut, Shortcuts

TOUCH_SECONDS = 600


@dataclass(frozen=True)
class FastPath:
    """A WSGI application in front of another: answers what `shortcuts` know, passes on everything else.

    When many ask at once for what nobody knows yet, `crowds` lets one go on; mostly the way is known then.
    `touch(key)` tells now and then that a file is in use, `count(bytes)` tells of each answer.
    """

    app: WSGIApplication
    shortcuts: Shortcuts
    bodies: HotBodies
    crowds: Crowds
    touch: Callable[[str], None]
    count: Callable[[int], None]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        answer = self._answer(environ, start_response)
        if answer is not None:
            return answer
        with self.crowds.join(environ) as waited:
            answer = self._answer(environ, start_response) if waited else None
            return self.app(environ, start_response) if answer is None else answer

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        shortcut = self.shortcuts.find(environ)
        body = None if shortcut is None else self._read(shortcut, environ["PATH_INFO"])
        if shortcut is None or body is None:
            return None
        if "HTTP_IF_NONE_MATCH" in environ:
            body = b""
            start_response("304 Not Modified", shortcut.unchanged)
        else:
            start_response("200 OK", shortcut.whole)
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        self.count(len(body))
        return [body]

    def _read(self, shortcut: Shortcut, path: str) -> bytes | None:
        body = self.bodies.read(shortcut.key, shortcut.bytes, shortcut.checksum)
        if body is None:
            self.shortcuts.forget(path)
        elif (now := time.monotonic()) > shortcut.touched + TOUCH_SECONDS:
            shortcut.touched = now
            self.touch(shortcut.key)
        return body
