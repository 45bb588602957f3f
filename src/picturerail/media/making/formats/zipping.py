"""A ZIP file as a stream: no file in it is ever whole in memory, nor is the archive."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from typing import BinaryIO

BLOCK = 256 * 1024
TIME = (1980, 1, 1, 0, 0, 0)  # the same archive gives the same bytes


@dataclass(frozen=True)
class Entry:
    """A name in the archive, and how to open what lies under it."""

    name: str
    open: Callable[[], BinaryIO]


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive, block by block. Pictures are packed already, so they are stored as they are."""
    out = _Drain()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            with (
                entry.open() as file,
                archive.open(zipfile.ZipInfo(entry.name, TIME), "w", force_zip64=True) as member,
            ):
                while block := file.read(BLOCK):
                    member.write(block)
                    yield out.take()
    yield out.take()


class _Drain(RawIOBase):
    """Collects what is written until it is taken; cannot be sought in, so that nothing is written twice."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held += data
        return len(data)

    def take(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held
