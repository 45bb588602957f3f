"""Directories of damaged TIFFs: they lead back, into pixels, or say in bytes what is a number."""

import struct
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import tifffile
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from picturerail.errors import UnsupportedMedia
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import tiff
from picturerail.transform.probe import Limits

SIZES = ((40, 50), (30, 20), (60, 10))  # height and width of three pages
Order = Literal["<", ">"]
ENTRY, BYTE, UNDEFINED = 12, 1, 7


@pytest.fixture(params=["<", ">"], ids=["little", "big"])
def order(request: pytest.FixtureRequest) -> Order:
    found: Order = request.param
    return found


@pytest.fixture
def pages(tmp_path: Path, order: Order) -> Path:
    """A good TIFF of three pages."""
    path = tmp_path / "pages.tiff"
    with tifffile.TiffWriter(path, byteorder=order) as writer:
        for height, width in SIZES:
            writer.write(np.full((height, width, 3), 99, np.uint8), photometric="rgb")
    return path


def places(path: Path, order: Order) -> list[int]:
    """Where the offsets of the directories stand: in the head, then behind each directory."""
    content, found, at = path.read_bytes(), [4], 4
    while offset := struct.unpack_from(f"{order}I", content, at)[0]:
        count = struct.unpack_from(f"{order}H", content, offset)[0]
        found.append(at := offset + 2 + ENTRY * count)
    return found


def change(path: Path, at: int, kind: str, *values: int | bytes) -> None:
    content = bytearray(path.read_bytes())
    struct.pack_into(kind, content, at, *values)
    path.write_bytes(content)


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries of directories are looked at."""
    read: list[int] = []
    real = ImageFileDirectory_v2._unpack

    def counted(directory: Any, kind: str, data: bytes) -> Any:
        read.append(len(data))
        return real(directory, kind, data)

    monkeypatch.setattr(ImageFileDirectory_v2, "_unpack", counted)
    return read


def test_all_pages_of_a_good_one_are_told(pages: Path, order: Order) -> None:
    assert tiff.page_sizes(pages) == tuple((width, height) for height, width in SIZES)
    assert len(places(pages, order)) == 4


def test_pages_of_a_large_kind_are_told_in_both_orders(tmp_path: Path, order: Order) -> None:
    path = tmp_path / "big.tiff"
    with tifffile.TiffWriter(path, bigtiff=True, byteorder=order) as writer:
        for height, width in SIZES:
            writer.write(np.full((height, width, 3), 99, np.uint8), photometric="rgb")
    assert tiff.page_sizes(path) == tuple((width, height) for height, width in SIZES)
    assert probe.gather(path, Limits()).info.width == SIZES[0][1]


@pytest.mark.parametrize("to", [0, 1], ids=["the first page", "itself"])
def test_directories_that_lead_back_are_read_once(
    pages: Path, order: Order, to: int, entries: list[int]
) -> None:
    offsets = places(pages, order)
    first = struct.unpack_from(f"{order}I", pages.read_bytes(), offsets[to])[0]
    change(pages, offsets[2], f"{order}I", first)
    assert len(tiff.page_sizes(pages)) == 2
    assert len(entries) < 200
    assert probe.gather(pages, Limits()).info.width == SIZES[0][1]


def test_pixels_are_not_taken_for_a_directory(pages: Path, order: Order, entries: list[int]) -> None:
    start = len(pages.read_bytes())
    pages.write_bytes(pages.read_bytes() + b"\xff\xff" + bytes(70_000))
    change(pages, places(pages, order)[2], f"{order}I", start)
    assert len(tiff.page_sizes(pages)) == 2
    assert len(entries) < 200
    assert probe.gather(pages, Limits()).info.width == SIZES[0][1]


def test_many_directories_of_nothing_have_an_end(pages: Path, order: Order, entries: list[int]) -> None:
    """Each is as large as one may be, and leads to the next one, a byte further on."""
    at, each = len(pages.read_bytes()), 2 + ENTRY * tiff.MAX_ENTRIES
    block = struct.pack(f"{order}H", tiff.MAX_ENTRIES) + bytes(ENTRY * tiff.MAX_ENTRIES)
    last = places(pages, order)[3]
    content = bytearray(pages.read_bytes())
    struct.pack_into(f"{order}I", content, last, at)
    for number in range(20):
        content += block + struct.pack(f"{order}I", at + (number + 1) * (each + 4))
    pages.write_bytes(content)
    tiff.page_sizes(pages)
    assert len(entries) < 11 * tiff.MAX_ENTRIES


@pytest.mark.parametrize("tag", [256, 257, 258, 262, 277, 338])
@pytest.mark.parametrize("kind", [BYTE, UNDEFINED])
def test_a_number_that_is_written_in_bytes_is_a_refusal_at_most(
    pages: Path, order: Order, tag: int, kind: int
) -> None:
    content = pages.read_bytes()
    directory = struct.unpack_from(f"{order}I", content, 4)[0]
    count = struct.unpack_from(f"{order}H", content, directory)[0]
    starts = [directory + 2 + ENTRY * number for number in range(count)]
    # where the tag is missing, one that nobody needs becomes it
    at = next(
        (each for each in starts if struct.unpack_from(f"{order}H", content, each)[0] == tag), starts[-1]
    )
    change(pages, at, f"{order}HHI4s", tag, kind, 3, b"\x86\x00\x00\x00")
    for look in (tiff.check, tiff.page_sizes, _tags, _probed):
        with suppress(UnsupportedMedia):
            look(pages)


def _tags(path: Path) -> object:
    return tiff._tags(path, 0)


def _probed(path: Path) -> object:
    return probe.gather(path, Limits())
