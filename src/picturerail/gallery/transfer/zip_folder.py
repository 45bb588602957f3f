"""A folder as one zip: a stream whose length is known, of files that nobody changes any more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from picturerail.gallery.transfer import zip_stream
from picturerail.gallery.transfer.export_target import PART
from picturerail.gallery.transfer.natural_order import natural
from picturerail.gallery.transfer.zip_stream import ZipEntry

BLOCK = 1024 * 1024


def entries_of(folder: Path) -> list[ZipEntry]:
    """The files in it, as people count."""
    files = (each for each in folder.iterdir() if not each.name.endswith(PART))
    return [_entry(each) for each in sorted(files, key=lambda each: natural(each.name))]


def length_of(folder: Path) -> int:
    """How many bytes the zip has."""
    return zip_stream.length_of(entries_of(folder))


def _entry(file: Path) -> ZipEntry:
    status = file.stat()
    return ZipEntry(
        file.name, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size, partial(_blocks, file)
    )


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from iter(lambda: opened.read(BLOCK), b"")
