"""What a process knows by heart: which path leads to which stored file."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple, Self

from picturerail.conditions import ConditionHeaders
from picturerail.image_formats import accept_class
from picturerail.storage.base import Storage

MAX_PATHS = 20_000
MAX_BYTES = 4 * 1024 * 1024  # what is larger is sent in blocks
MAX_PATH = 1000  # letters; nobody links to longer ones, and they cost as much memory as they are long
TRUSTED_SECONDS = 10  # then it is looked again, whatever the mark says
_OF_THE_BODY = ("Content-Type", "Content-Disposition", "Last-Modified")  # which a 304 leaves out
SILENT = ("Server", "")  # of web servers that would tell their name


def may_name(query: str) -> bool:
    """Whether a query may say what is shown, below a path that is not a remote address: a token does so.

    SDKs add one that says who they are (`_a=`) to each address, and others who sent the visitor.
    """
    return "__cld_token__" in query or "%" in query


class Lease(NamedTuple):
    """How long it counts that a path leads to an original: while nothing was removed from the store of derived images.

    The file of an original stays where it is when its asset is closed or renamed; what is derived of it goes each time.
    """

    mark: bytes
    until: float

    @classmethod
    def begin(cls, derived: Storage) -> Self | None:
        """From now on, before anything is looked up; None where many machines share the store."""
        mark = derived.mark()
        return None if mark is None else cls(mark, time.monotonic() + TRUSTED_SECONDS)

    def holds(self, derived: Storage) -> bool:
        """Whether it still counts."""
        return self.until > time.monotonic() and self.mark == derived.mark()


class IndexEntry:
    """What a path leads to: a stored file, its length and checksum, and the headers of its answers.

    With a `lease` it is an original: the checksum is its SHA-256, that of a derived image is a CRC-32.
    """

    def __init__(
        self,
        key: str,
        length: int,
        checksum: int | str,
        headers: Mapping[str, str],
        lease: Lease | None = None,
    ) -> None:
        """Make the lists that a web server wants, once; `headers` hold an ETag."""
        self.key, self.bytes, self.checksum, self.etag = key, length, checksum, headers["ETag"]
        self.lease = lease
        items = [*headers.items(), SILENT]  # pairs that both lists share, for there are many entries
        self.whole = [("Content-Length", str(length)), *items]
        self.unchanged = [item for item in items if item[0] not in _OF_THE_BODY]
        self.touched = 0.0


class UrlIndex:
    """The entries by path and class of Accept headers, the oldest forgotten first."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: OrderedDict[str, dict[str | None, IndexEntry]] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, path: str, accept: str | None, entry: IndexEntry) -> None:
        """Remember a path; `accept` is the class of Accept headers it holds for, None for all."""
        if entry.bytes > MAX_BYTES or len(path) > MAX_PATH:
            return
        with self._lock:
            self._known[path] = {**self._known.get(path, {}), accept: entry}
            if len(self._known) > MAX_PATHS:
                self._known.popitem(last=False)

    def forget(self, path: str) -> None:
        """Forget what a path led to."""
        with self._lock:
            self._known.pop(path, None)

    def find(self, method: str, path: str, query: str, headers: ConditionHeaders) -> IndexEntry | None:
        """What is known to answer this request, whole or by confirming what the browser has."""
        known, get = self._known.get(path), headers.get
        if known is None or method not in ("GET", "HEAD") or (query and may_name(query)):
            return None
        has = get("if-none-match")
        if (  # one by one: a loop would cost as much as all else here
            get("range") is not None
            or get("if-match") is not None
            or get("if-unmodified-since") is not None
            or (has is None and get("if-modified-since") is not None)
        ):
            return None
        entry = known.get(None) or known.get(accept_class(get("accept") or ""))
        return entry if entry is not None and (has is None or has == entry.etag) else None
