"""A zip as a stream whose length is known before its first byte; what is packed already is stored as it is."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from picturerail.drain import Drain
from picturerail.errors import Unavailable
from picturerail.gallery.policy import Principal

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a zip can tell
HEAD, DESCRIPTOR, LISTED, END = 30, 24, 46, 22  # bytes, beside a name
SIZES = 20  # bytes of two sizes in a head, eight bytes each, for files of any size
WIDE_END = 56 + 20


def for_anybody(_: Principal) -> None:
    """Refuse nobody."""


@dataclass(frozen=True)
class ZipEntry:
    """A file: its name, its time, how many bytes it has, and these when they are wanted.

    `check` refuses whoever may not have it, at the moment at which its turn has come.
    """

    name: str
    at: datetime | None
    size: int
    blocks: Callable[[], Iterable[bytes]]
    check: Callable[[Principal], object] = for_anybody


def length_of(entries: Sequence[ZipEntry]) -> int:
    """How many bytes `stream` makes of them, which follows from names and sizes."""
    offset, listed = 0, 0
    for entry in entries:
        name = len(entry.name.encode())
        wide = 2 * (entry.size > zipfile.ZIP64_LIMIT) + (offset > zipfile.ZIP64_LIMIT)
        listed += LISTED + name + (4 + 8 * wide if wide else 0)
        offset += HEAD + name + SIZES + entry.size + DESCRIPTOR
    many = len(entries) > zipfile.ZIP_FILECOUNT_LIMIT
    wide_end = many or max(offset, listed) > zipfile.ZIP64_LIMIT
    return offset + listed + END + (WIDE_END if wide_end else 0)


def stream(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """The zip in blocks. A file that has another length than it was told with ends it in the middle."""
    out = Drain()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            about, left = zipfile.ZipInfo(entry.name, time_of(entry.at)), entry.size
            with archive.open(about, "w", force_zip64=True) as member:
                for block in entry.blocks():
                    left -= len(block)
                    member.write(block)
                    yield out.take()
            if left:
                raise Unavailable(f"{entry.name} has another length than it was told with.", retry_after=1)
            yield out.take()
    yield out.take()


def time_of(at: datetime | None) -> tuple[int, int, int, int, int, int]:
    """A time as a zip tells it."""
    told = max(at or EARLIEST, EARLIEST)
    return told.year, told.month, told.day, told.hour, told.minute, told.second
