"""Chunked uploads: parts are kept on disk under a hash of the client's upload id until the last one has come.

The folder is the whole state, so an upload goes on after a restart. A part that comes again replaces itself;
of one that overlaps others only what is new is kept, so that an upload never holds more than its total.
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from picturerail.errors import BadRequest, Conflict, FileTooLarge, TooManyRequests, Unavailable
from picturerail.spool import BLOCK, Spooled, SpoolWriter, too_large
from picturerail.storage import keys

MIN_PART_BYTES = 5_000_000  # as the client that counts smallest has it: others mean 5 MiB
MAX_PARTS = 10_000
MAX_UPLOADS = 1000
EXPIRE_SECONDS = 24 * 3600
BROKEN_OFF_SECONDS = 3600  # without a new part, after which an upload goes when there is no room
UNKNOWN = -1

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(-1|\d{1,15}|\*)")
_PART = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True)
class ContentRange:
    """The bytes `first` to `last` (included) of `total`; UNKNOWN until the client knows its end."""

    first: int
    last: int
    total: int

    @property
    def is_last(self) -> bool:
        """True for the part with the end of the file."""
        return self.total == self.last + 1

    @property
    def is_whole(self) -> bool:
        """True when this part is the whole file."""
        return self.first == 0 and self.is_last


def parse_range(header: str, length: int) -> ContentRange:
    """Where a part of `length` bytes lies, by its Content-Range header; BadRequest when it makes no sense.

    The SDK of Dart counts the last byte from the beginning of the part, or names that of the file. Of a whole file,
    which may be the text of a data URI, the length is not asked.
    """
    match = _RANGE.fullmatch(header.strip())
    if not match:
        raise BadRequest(
            "Invalid Content-Range: use 'bytes FIRST-LAST/TOTAL', with -1 for a total not known yet."
        )
    total = UNKNOWN if match[3] in ("-1", "*") else int(match[3])
    first, stated = int(match[1]), int(match[2])
    if first == 0 and stated == total - 1:
        return ContentRange(first, stated, total)
    wanted = ContentRange(first, first + length - 1, total)
    is_meant = stated in (wanted.last, length - 1, total - 1)
    if first <= stated and not is_meant:
        raise BadRequest(f"Content-Range names {stated - first + 1} bytes; {length} came.")
    if not is_meant or (total != UNKNOWN and wanted.last >= total):
        raise BadRequest(
            "Invalid Content-Range: the last byte must lie behind the first and before the total."
        )
    return wanted


class UploadParts:
    """The parts of one chunked upload."""

    def __init__(self, spool: Path, upload_id: str) -> None:
        """Name the folder of the upload that the client calls `upload_id`."""
        self.folder = spool / "chunks" / keys.chunked_upload(upload_id)

    def add(self, part: Spooled, where: ContentRange, limit: int) -> None:
        """Keep a part, durably; `part` is used up."""
        self._check(part, where, limit)
        if not self.folder.exists():
            _make(self.folder)
        for first, last in self._missing(where):
            if (first, last) == (where.first, where.last):
                path = part.path
            else:
                path = self.folder / "slice"
                _copy(part.path, path, first - where.first, last - first + 1)
            _sync(path)
            path.replace(self.folder / f"{first}-{last}")
        if where.is_last:
            (self.folder / "total").write_text(str(where.total))
        _sync(self.folder)

    def keep(self, path: Path, name: str, total: int) -> None:
        """Keep a file durably under a name, and the total where it is known."""
        if not self.folder.exists():
            _make(self.folder)
        _sync(path)
        path.replace(self.folder / name)
        if total != UNKNOWN:
            (self.folder / "total").write_text(str(total))
        _sync(self.folder)

    def total(self) -> int:
        """The length of the whole file; UNKNOWN until the last part has come."""
        try:
            return int((self.folder / "total").read_text())
        except (FileNotFoundError, ValueError):
            return UNKNOWN

    def complete(self) -> bool:
        """True when every byte is there."""
        total = self.total()
        return total != UNKNOWN and self._covered() >= total

    def assemble(self, spool: Path, limit: int, name: str) -> Spooled:
        """The whole file, made of the parts, in the spool; the parts stay until `remove`."""
        with SpoolWriter(spool, limit, too_large) as writer:
            for block in self._blocks():
                writer.write(block)
            return writer.finish(name)

    def remove(self) -> None:
        """Forget the upload."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _check(self, part: Spooled, where: ContentRange, limit: int) -> None:
        if where.last >= limit or where.total > limit:
            raise FileTooLarge(too_large(limit))
        if part.bytes < MIN_PART_BYTES and not where.is_last:
            raise BadRequest("All parts except EOF-chunk must be larger than 5mb")
        known = self.total()
        if known != UNKNOWN and (where.total not in (UNKNOWN, known) or where.last >= known):
            raise Conflict(f"Content-Range does not fit this upload, whose total is {known} bytes.")
        if len(self._parts()) >= MAX_PARTS:
            raise BadRequest(f"A chunked upload may have {MAX_PARTS} parts.")

    def _parts(self) -> list[tuple[int, int]]:
        names = [path.name for path in self.folder.iterdir()] if self.folder.exists() else []
        return sorted((int(m[1]), int(m[2])) for name in names if (m := _PART.fullmatch(name)))

    def _missing(self, where: ContentRange) -> list[tuple[int, int]]:
        """The ranges of a part that no other part holds."""
        missing, begin = [], where.first
        for first, last in self._parts():
            if (first, last) == (where.first, where.last):
                return [(first, last)]
            if last < begin or first > where.last:
                continue
            if first > begin:
                missing.append((begin, first - 1))
            begin = last + 1
        return [*missing, (begin, where.last)] if begin <= where.last else missing

    def _covered(self) -> int:
        """How many bytes are there without a hole, from the first one."""
        end = 0
        for first, last in self._parts():
            if first > end:
                break
            end = max(end, last + 1)
        return end

    def _blocks(self) -> Iterator[bytes]:
        """The bytes in order, once each where parts overlap."""
        end, total = 0, self.total()
        for first, last in self._parts():
            if last < end or end >= total:
                continue
            with (self.folder / f"{first}-{last}").open("rb") as file:
                file.seek(end - first)
                while end < total and (block := file.read(min(BLOCK, total - end))):
                    end += len(block)
                    yield block


def check_room(spool: Path, length: int, most: int) -> None:
    """Refuse so many more bytes when the parts of all uploads would be over `most`: those broken off go first."""
    folder = spool / "chunks"
    unfinished = list(folder.iterdir()) if folder.exists() else []
    if _bytes(unfinished) + length <= most:
        return
    _expire(unfinished, BROKEN_OFF_SECONDS)
    if _bytes([one for one in unfinished if one.exists()]) + length > most:
        raise Unavailable(
            "The parts of unfinished uploads take all the room there is. Try again later.", retry_after=60
        )


def _bytes(folders: list[Path]) -> int:
    total = 0
    for folder in folders:
        with suppress(FileNotFoundError):
            total += sum(part.stat().st_size for part in folder.iterdir())
    return total


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = list(folder.parent.iterdir())
    if len(unfinished) >= MAX_UPLOADS and not _expire(unfinished, EXPIRE_SECONDS):
        raise TooManyRequests("Too many chunked uploads are unfinished. Try again later.", retry_after=60)
    folder.mkdir(exist_ok=True, mode=0o700)
    _sync(folder.parent)


def _expire(folders: list[Path], seconds: float) -> int:
    """Remove the uploads to which nothing was added for so long; how many."""
    old = [folder for folder in folders if folder.stat().st_mtime < time.time() - seconds]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _copy(source: Path, target: Path, offset: int, length: int) -> None:
    with source.open("rb") as opened, target.open("wb") as file:
        opened.seek(offset)
        while length and (block := opened.read(min(BLOCK, length))):
            file.write(block)
            length -= len(block)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
