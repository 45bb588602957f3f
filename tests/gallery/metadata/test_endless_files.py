"""Files made to be looked at for ever, or to fill the memory of who strips them: soon refused, or stripped."""

import struct
import zlib
from collections.abc import Callable

import pytest

from picturerail.gallery.metadata import files, pieces
from picturerail.gallery.metadata.pieces import Unreadable, total

MANY = 3 * pieces.MAX_PARTS
EXIF, MAKER_NOTE, LONG, UNDEFINED = 34665, 37500, 4, 7


def tiff(*entries: tuple[int, int, int, int], length: int = 0) -> bytes:
    """A TIFF with one directory, of (tag, type, count, value)."""
    packed = b"".join(struct.pack("<HHII", *each) for each in entries)
    content = b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4)
    return content + bytes(max(0, length - len(content)))


def circle_of_exif() -> bytes:
    """Each entry of the directory leads to the directory itself, as one of Exif: 200 x 200 x 200 x 200 looks."""
    return tiff(*[(EXIF, LONG, 1, 8)] * 200)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def heic(*meta: bytes, rest: bytes = b"") -> bytes:
    return box(b"ftyp", b"heic\0\0\0\0heic") + box(b"meta", bytes(4) + b"".join(meta)) + rest


def places_of_nothing() -> bytes:
    """An item with 65,535 places, none of which needs a byte, 1,000 times."""
    items = struct.pack(">HHH", 1, 0, 0xFFFF) * 1000
    return heic(box(b"iinf", bytes(6)), box(b"iloc", bytes(4) + b"\0\0" + struct.pack(">H", 1000) + items))


def tracks_in_tracks() -> bytes:
    track = b""
    for _ in range(3000):
        track = box(b"trak", track)
    return heic(box(b"iinf", bytes(6)), box(b"iloc", bytes(8)), rest=box(b"moov", track))


def frames_in_chunks() -> bytes:
    """A track of 4,000,000,000 frames."""
    many = b"\xf0\0\0\0"
    stbl = (
        box(b"stco", bytes(4) + many) + box(b"stsz", bytes(4) + b"\0\0\0\1" + many) + box(b"stsc", bytes(8))
    )
    media = box(b"hdlr", bytes(8) + b"pict" + bytes(13)) + box(b"minf", box(b"stbl", stbl))
    moov = box(b"moov", box(b"trak", box(b"mdia", media)))
    return heic(box(b"iinf", bytes(6)), box(b"iloc", bytes(8)), rest=moov)


def strips_upon_strips() -> bytes:
    """1,000 JPEGs in a TIFF, each of which is nearly the whole file."""
    starts = struct.pack("<1000I", *range(20_000, 21_000))
    lengths = struct.pack("<1000I", *[500_000] * 1000)
    places = [(273, LONG, 1000, 100), (279, LONG, 1000, 4100), (259, 3, 1, 7)]
    head = tiff(*places).ljust(100, b"\0") + starts + lengths
    return head.ljust(20_000, b"\0") + b"\xff\xd8" * 300_000


def chunk(name: bytes) -> bytes:
    return struct.pack(">I", 0) + name + struct.pack(">I", zlib.crc32(name))


ENDLESS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a circle of Exif": ("tiff", circle_of_exif),
    "places of nothing": ("heic", places_of_nothing),
    "tracks in tracks": ("heic", tracks_in_tracks),
    "frames": ("heic", frames_in_chunks),
    "strips upon strips": ("tiff", strips_upon_strips),
    "boxes": (
        "heic",
        lambda: heic(box(b"iinf", bytes(6)), box(b"iloc", bytes(8))) + box(b"skip", b"") * MANY,
    ),
    "comments": ("jpg", lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * MANY + b"\xff\xd9"),
    "texts": ("png", lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt") * MANY + chunk(b"IEND")),
    "chunks": ("webp", lambda: b"RIFF" + struct.pack("<I", 8 * MANY) + b"WEBP" + b"none\0\0\0\0" * MANY),
    "blocks": ("gif", lambda: b"GIF89a" + bytes(7) + b"!\xfe" + b"\1x" * (20 * MANY) + b"\0;"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_file_of_very_many_parts_is_refused(name: str) -> None:
    image_format, made = ENDLESS[name]
    content = memoryview(made())
    with pytest.raises(Unreadable, match="more parts than|without end|one over another"):
        files.without_metadata(content, image_format)


def test_a_head_without_flags_is_refused() -> None:
    with pytest.raises(Unreadable, match="ends too early"):
        files.without_metadata(memoryview(b"RIFF\x0c\0\0\0WEBPVP8X\0\0\0\0"), "webp")


def held(found: list[pieces.Piece]) -> int:
    """Bytes that are in memory beside the file itself."""
    return sum(len(piece) for piece in found if isinstance(piece, bytes))


def test_notes_that_overlap_are_cleared_once() -> None:
    """Each of 4,000 notes is said to lie in nearly the whole file, and begins a byte further on."""
    size = 1_000_000
    start = 8 + 2 + 12 * 4000 + 4
    notes = [(MAKER_NOTE, UNDEFINED, size - start - at, start + at) for at in range(4000)]
    content = memoryview(tiff(*notes, length=size - 1) + b"x")
    found = files.without_metadata(content, "tiff")
    assert total(found) == size
    assert held(found) < 100_000
    assert not any(b"".join(found)[start:size])


def test_places_that_overlap_are_cleared_once() -> None:
    size, entries = 1_000_000, 3000
    infe = box(b"infe", b"\2\0\0\0" + struct.pack(">HH", 1, 0) + b"mime")
    iinf = box(b"iinf", bytes(4) + struct.pack(">H", 1) + infe)
    start = 12_000 + 9 * entries
    extents = b"".join(struct.pack(">II", start + at, size - start - at) for at in range(entries))
    item = struct.pack(">HHH", 1, 0, entries) + extents
    pixel = struct.pack(">HHHII", 2, 0, 1, start - 1, 1)
    head = heic(iinf, box(b"iloc", bytes(4) + b"\x44\0" + struct.pack(">H", 2) + item + pixel))
    assert len(head) < start
    content = memoryview(head + box(b"mdat", b"x" * (size - len(head) - 8)))
    found = files.without_metadata(content, "heic")
    assert total(found) == size
    assert held(found) < 100_000
    left = b"".join(found)
    assert left[start - 1 : start + 1] == b"x\0"
    assert not any(left[start:])
