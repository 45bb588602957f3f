"""Archives as streams: neither a file in them nor the archive is ever whole in memory. Equal files give equal bytes."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from picturerail.drain import Drain
from picturerail.errors import Unavailable

BLOCK = 256 * 1024
TIME = (1980, 1, 1, 0, 0, 0)
SECONDS = 315_532_800  # the same moment in Unix time
GZIP = 31  # zlib's word for a gzip header, whose time is nought


@dataclass(frozen=True)
class ArchiveEntry:
    """A name in the archive, how many bytes lie under it, and how to open them."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Format:
    """A format of archives: its media type, and how entries become blocks of bytes."""

    mimetype: str
    pack: Callable[[Iterable[ArchiveEntry]], Iterator[bytes]]


def zipped(entries: Iterable[ArchiveEntry]) -> Iterator[bytes]:
    """A ZIP file. Pictures are packed already, so they are stored as they are."""
    out = Drain()
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


def tarred(entries: Iterable[ArchiveEntry]) -> Iterator[bytes]:
    """A tar file: each file behind a head that tells its length, filled up to whole blocks."""
    for entry in entries:
        head = tarfile.TarInfo(entry.name)
        head.size, head.mtime = entry.size, SECONDS
        yield head.tobuf(tarfile.PAX_FORMAT)
        yield from _exactly(entry)
        yield bytes(-entry.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def gzipped_tar(entries: Iterable[ArchiveEntry]) -> Iterator[bytes]:
    """A tar file in gzip, packed with little effort."""
    packer = zlib.compressobj(level=1, wbits=GZIP)
    for block in tarred(entries):
        yield packer.compress(block)
    yield packer.flush()


FORMATS = {
    "zip": Format("application/zip", zipped),
    "tar": Format("application/x-tar", tarred),
    "tgz": Format("application/gzip", gzipped_tar),
}


def _exactly(entry: ArchiveEntry) -> Iterator[bytes]:
    """The blocks of a file; a length that is not the one that was told would spoil all that comes behind."""
    left = entry.size
    with entry.open() as file:
        while block := file.read(BLOCK):
            left -= len(block)
            yield block
    if left:
        raise Unavailable("A file of the archive changed while it was read. Try again.", retry_after=1)
