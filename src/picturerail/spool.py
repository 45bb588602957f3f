"""Files on their way in: written to disk and hashed while they arrive, never whole in memory."""

import errno
import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from picturerail.errors import FileTooLarge, Unavailable

BLOCK = 256 * 1024
Result = TypeVar("Result")


@dataclass(frozen=True)
class Spooled:
    """A file that arrived: where it lies, its hashes, and the name its sender gave it ("" for none)."""

    path: Path
    bytes: int
    md5: str
    sha256: str
    name: str = ""


def spooled(folder: Path, content: bytes, name: str, md5: str, sha256: str) -> Spooled:
    """A file of these bytes, whose hashes are known, durably in the spool; Unavailable when the disk is full."""
    path = folder / uuid.uuid4().hex
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _or_full(lambda: path.open("xb")) as file:
            _or_full(lambda: file.write(content))
            _or_full(file.flush)
            _or_full(lambda: os.fsync(file.fileno()))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Spooled(path, len(content), md5, sha256, name)


class SpoolWriter:
    """Writes one file into the spool; use as a context: without `finish` the file is removed again."""

    def __init__(self, folder: Path, limit: int, describe: Callable[[int], str]) -> None:
        """Allow `limit` bytes; `describe(limit)` is the sentence of the refusal."""
        self.path = folder / uuid.uuid4().hex
        self._limit, self._describe = limit, describe
        self._md5, self._sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        self._bytes = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = _or_full(lambda: self.path.open("xb"))

    def write(self, data: bytes) -> None:
        """Append `data`; FileTooLarge over the limit, Unavailable when the disk is full."""
        self._bytes += len(data)
        if self._bytes > self._limit:
            raise FileTooLarge(self._describe(self._limit))
        self._md5.update(data)
        self._sha256.update(data)
        _or_full(lambda: self._file.write(data))

    def finish(self, name: str = "") -> Spooled:
        """Close the file, which is the caller's from now on."""
        _or_full(self._file.close)
        return Spooled(self.path, self._bytes, self._md5.hexdigest(), self._sha256.hexdigest(), name)

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Remove what was written when something went wrong."""
        if kind is not None:
            try:
                self._file.close()
            finally:
                self.path.unlink(missing_ok=True)


def too_large(limit: int) -> str:
    """The sentence for a file over the limit."""
    return f"File size too large. Maximum is {limit} bytes."


def hash_file(path: Path, name: str = "") -> Spooled:
    """The hashes of a file that lies in the spool already."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            md5.update(block)
            sha256.update(block)
        return Spooled(path, os.fstat(file.fileno()).st_size, md5.hexdigest(), sha256.hexdigest(), name)


def _or_full(step: Callable[[], Result]) -> Result:
    try:
        return step()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO):
            raise Unavailable(
                "The disk is full: nothing was stored. Try again later.", retry_after=60
            ) from error
        raise
