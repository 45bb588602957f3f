"""What a process knows by heart: which path leads to which stored file."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from wsgiref.types import WSGIEnvironment

from picturerail.image_formats import accept_class

MOST_PATHS = 20_000
LARGEST = 4 * 1024 * 1024  # bytes; what is larger is sent in blocks


class Shortcut:
    """What a path leads to: a stored file, its length and checksum, and the headers of its answers."""

    def __init__(self, key: str, length: int, checksum: int, headers: Mapping[str, str]) -> None:
        """Make the lists that WSGI wants, once; `headers` hold an ETag."""
        self.key, self.bytes, self.checksum, self.etag = key, length, checksum, headers["ETag"]
        items = list(headers.items())  # pairs that both lists share, for there are many shortcuts
        self.whole = [("Content-Length", str(length)), *items]
        self.unchanged = [item for item in items if item[0] != "Content-Type"]
        self.touched = 0.0


class Shortcuts:
    """The shortcuts by path and class of Accept headers, the oldest forgotten first."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: OrderedDict[str, dict[str | None, Shortcut]] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, path: str, accept: str | None, shortcut: Shortcut) -> None:
        """Remember a path; `accept` is the class of Accept headers it holds for, None for all."""
        if shortcut.bytes > LARGEST:
            return
        with self._lock:
            self._known[path] = {**self._known.get(path, {}), accept: shortcut}
            if len(self._known) > MOST_PATHS:
                self._known.popitem(last=False)

    def forget(self, path: str) -> None:
        """Forget what a path led to."""
        with self._lock:
            self._known.pop(path, None)

    def find(self, environ: WSGIEnvironment) -> Shortcut | None:
        """What is known to answer this request, whole or by confirming what the browser has."""
        known = self._known.get(environ["PATH_INFO"])
        if known is None or environ["QUERY_STRING"] or "HTTP_RANGE" in environ:
            return None
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        shortcut = known.get(None) or known.get(accept_class(environ.get("HTTP_ACCEPT", "")))
        if shortcut is None or environ.get("HTTP_IF_NONE_MATCH", shortcut.etag) != shortcut.etag:
            return None
        return shortcut
