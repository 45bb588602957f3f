"""The hottest derived images, kept in memory for as long as nothing was removed from the store."""

import hashlib
import threading
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from picturerail.errors import PicturerailError
from picturerail.media.delivery.cache.url_index import TRUSTED_SECONDS, IndexEntry
from picturerail.storage.base import Storage

MAX_SHARE = 16  # no body takes more than this part of the memory


@dataclass(frozen=True)
class CachedBody:
    """Bytes, the store's mark of removals when they were read, and until when (monotonic) they count."""

    content: bytes
    mark: bytes
    until: float


class BodyCache:
    """Reads and checks derived images, and keeps what it read within `most` bytes, the least recently used going first.

    What is asked for once takes no room here: a process answers the first request for a path without it.

    A removed picture is never answered: with every removal the store's mark changes, and what was read under another
    mark is read again. A store that has no mark (many machines share it) is read each time.
    """

    def __init__(self, store: Storage, most: int, originals: Storage | None = None) -> None:
        """Keep at most `most` bytes of what is read from `store`, and of `originals`."""
        self._store, self._most, self._originals = store, most, originals
        self._kept: OrderedDict[str, CachedBody] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def kept(self, key: str) -> bytes | None:
        """The bytes of `key` that are in memory and count: no system call is made."""
        body = self._kept.get(key)
        if body is None or body.until <= time.monotonic() or body.mark != self._store.mark():
            return None
        try:  # noqa: SIM105 - `suppress` would cost as much as all else here
            self._kept.move_to_end(key)
        except KeyError:  # another thread let it go
            pass
        return body.content

    def holds(self, entry: IndexEntry) -> bool:
        """Whether what was looked up still counts: of a derived image its file tells."""
        return entry.lease is None or entry.lease.holds(self._store)

    def file(self, key: str) -> Path | None:
        """The file with the bytes of `key`; None where the store keeps none on this machine, and when it has gone."""
        if self._store.mark() is None:
            return None
        try:
            with self._store.local(key) as path:
                return path
        except PicturerailError:
            return None

    def read(self, key: str, length: int, checksum: int | str) -> bytes | None:
        """The bytes of `key`; None when they are missing, or not of this length and sum."""
        mark = self._store.mark()  # before the file is opened: a removal after this moment shows
        if (known := self.kept(key)) is not None:
            return known
        content = self._read_file(key, length, checksum)
        self._replace(key, content, mark)
        return content

    def _read_file(self, key: str, length: int, checksum: int | str) -> bytes | None:
        store = self._originals if isinstance(checksum, str) else self._store
        if store is None:
            return None
        try:
            with store.open(key) as file:
                content = file.read()
        except PicturerailError:
            return None
        return content if len(content) == length and _sum(content, checksum) == checksum else None

    def _replace(self, key: str, content: bytes | None, mark: bytes | None) -> None:
        with self._lock:
            if old := self._kept.pop(key, None):
                self._size -= len(old.content)
            if content is None or mark is None or len(content) * MAX_SHARE > self._most:
                return
            self._kept[key] = CachedBody(content, mark, time.monotonic() + TRUSTED_SECONDS)
            self._size += len(content)
            while self._size > self._most:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.content)


def _sum(content: bytes, like: int | str) -> int | str:
    return hashlib.sha256(content).hexdigest() if isinstance(like, str) else zlib.crc32(content)
