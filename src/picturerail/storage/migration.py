"""Move a library from one store to another while it serves: the new one takes what comes, both are read."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from picturerail.errors import NotFound
from picturerail.storage.base import Storage, Stored

BLOCK = 1024 * 1024


class MovingStorage:
    """`new` where it has the object, `old` where it has not yet."""

    def __init__(self, new: Storage, old: Storage) -> None:
        """Write to `new`, and read from both."""
        self._new, self._old = new, old

    def put(self, key: str, source: Path) -> None:
        """Store the file `source` under `key` in the new store; `source` is used up."""
        self._new.put(key, source)

    def open(self, key: str) -> BinaryIO:
        """The bytes of `key`, seekable; raises `NotFound`."""
        return self._where(key).open(key)

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A file on this machine with the bytes of `key`; raises `NotFound`."""
        return self._where(key).local(key)

    def delete(self, prefix: str) -> int:
        """Remove from both, the old one first, so that a move which is on its way finds it gone."""
        old = self._old.delete(prefix)
        return max(old, self._new.delete(prefix))

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """All objects under `prefix/` of both stores, each once."""
        moved = set()
        for stored in self._new.list(prefix):
            moved.add(stored.key)
            yield stored
        for stored in self._old.list(prefix):
            if stored.key not in moved:
                yield stored

    def may_hold(self, key: str) -> bool:
        """Whether one of the two places may have it."""
        return self._new.may_hold(key) or self._old.may_hold(key)

    def mark(self) -> None:
        """Nothing: while a library moves, each picture is read anew."""

    def _where(self, key: str) -> Storage:
        with suppress(NotFound):
            self._new.open(key).close()
            return self._new
        return self._old


@dataclass
class Moved:
    """How far a move came, in objects and bytes."""

    copied: int = 0
    bytes: int = 0
    there: int = 0  # copied by a run before this one
    wrong: int = 0  # whose copy was not equal


def move(old: Storage, new: Storage, *, check: bool = False) -> Iterator[Moved]:
    """Copy everything that `new` lacks, comparing hashes; yields the same record after each object.

    May be stopped and started again. With `check`, what is there already is read and compared too, and copied anew
    when it differs. What is deleted while its copy is made does not come back.
    """
    done = Moved()
    there = {stored.key: stored.bytes for stored in new.list()}
    for stored in old.list():
        if there.get(stored.key) == stored.bytes and not (check and not _equal(old, new, stored.key)):
            done.there += 1
        else:
            with suppress(NotFound):  # deleted meanwhile
                _copy(old, new, stored.key, done)
        yield done


def _copy(old: Storage, new: Storage, key: str, done: Moved) -> None:
    with tempfile.TemporaryDirectory(prefix="picturerail-move-") as folder:
        copy = Path(folder, "object")
        with old.open(key) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, BLOCK)
        size = copy.stat().st_size
        new.put(key, copy)
    if not _equal(old, new, key):
        done.wrong += 1
    done.copied += 1
    done.bytes += size


def _equal(old: Storage, new: Storage, key: str) -> bool:
    """True when both hold the same bytes; NotFound, and nothing left in `new`, when the old one went away."""
    try:
        with old.open(key) as source:
            wanted = _hash(source)
    except NotFound:
        new.delete(key)
        raise
    with new.open(key) as copy:
        return _hash(copy) == wanted


def _hash(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
