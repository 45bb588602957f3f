"""What a process knows by heart: which path leads to which stored file."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from picturerail.image_formats import accept_class

MAX_PATHS = 20_000
MAX_BYTES = 4 * 1024 * 1024  # what is larger is sent in blocks


class IndexEntry:
    """What a path leads to: a stored file, its length and checksum, and the headers of its answers."""

    def __init__(self, key: str, length: int, checksum: int, headers: Mapping[str, str]) -> None:
        """Make the lists that a web server wants, once; `headers` hold an ETag."""
        self.key, self.bytes, self.checksum, self.etag = key, length, checksum, headers["ETag"]
        items = list(headers.items())  # pairs that both lists share, for there are many entries
        self.whole = [("Content-Length", str(length)), *items]
        self.unchanged = [item for item in items if item[0] != "Content-Type"]
        self.touched = 0.0


class UrlIndex:
    """The entries by path and class of Accept headers, the oldest forgotten first."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: OrderedDict[str, dict[str | None, IndexEntry]] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, path: str, accept: str | None, entry: IndexEntry) -> None:
        """Remember a path; `accept` is the class of Accept headers it holds for, None for all."""
        if entry.bytes > MAX_BYTES:
            return
        with self._lock:
            self._known[path] = {**self._known.get(path, {}), accept: entry}
            if len(self._known) > MAX_PATHS:
                self._known.popitem(last=False)

    def forget(self, path: str) -> None:
        """Forget what a path led to."""
        with self._lock:
            self._known.pop(path, None)

    def find(self, path: str, accept: str) -> IndexEntry | None:
        """What is known to answer a path for an Accept header."""
        known = self._known.get(path)
        return None if known is None else known.get(None) or known.get(accept_class(accept))
