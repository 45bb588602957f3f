"""HEIC and AVIF: items of Exif and XMP, written over with nothing where they lie; no box moves."""

from collections.abc import Iterator
from dataclasses import dataclass

from picturerail.gallery.metadata.pieces import Piece, Unreadable, number, part, patched

EMPTY_EXIF = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"  # where the TIFF begins, and one without entries
NAMED = (b"Exif", b"mime", b"uri ")
IN_FILE, IN_ITEM_DATA = 0, 1


@dataclass(frozen=True)
class Box:
    """A box: its kind, and where its content lies."""

    kind: bytes
    begin: int
    start: int
    end: int


def pieces(data: memoryview) -> list[Piece]:
    """The file with empty items of metadata, and without boxes of nobody's own kind."""
    patches: dict[int, bytes] = {}
    boxes = list(_boxes(data, 0, len(data)))
    if not boxes or boxes[0].kind != b"ftyp":
        raise Unreadable("This is no HEIC.")
    for box in boxes:
        if box.kind == b"meta":
            _clear_items(data, box, patches)
        elif box.kind == b"uuid":
            patches[box.begin + 4] = b"free" + bytes(box.end - box.begin - 8)
        elif box.kind == b"moov":
            _clear_user_data(data, box, patches)
    return patched(data, patches)


def _clear_items(data: memoryview, meta: Box, patches: dict[int, bytes]) -> None:
    inside = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        raise Unreadable("This HEIC does not say what is in it.")
    kinds = _kinds(data, inside[b"iinf"])
    item_data = inside.get(b"idat")
    for item, method, extents in _locations(data, inside[b"iloc"]):
        if kinds.get(item) not in NAMED:
            continue
        if method not in (IN_FILE, IN_ITEM_DATA) or (method == IN_ITEM_DATA and item_data is None):
            raise Unreadable("This HEIC keeps its metadata where nobody looks.")
        base = item_data.start if method == IN_ITEM_DATA and item_data else 0
        for index, (offset, length) in enumerate(extents):
            said = EMPTY_EXIF if kinds[item] == b"Exif" and index == 0 and length >= len(EMPTY_EXIF) else b""
            part(data, base + offset, length)
            patches[base + offset] = said + bytes(length - len(said))


def _clear_user_data(data: memoryview, box: Box, patches: dict[int, bytes]) -> None:
    """What a sequence of pictures says about itself and each of its tracks."""
    for inner in _boxes(data, box.start, box.end):
        if inner.kind in (b"udta", b"meta", b"uuid"):
            patches[inner.begin + 4] = b"free" + bytes(inner.end - inner.begin - 8)
        elif inner.kind == b"trak":
            _clear_user_data(data, inner, patches)


def _kinds(data: memoryview, iinf: Box) -> dict[int, bytes]:
    """The type of each item."""
    wide = number(data, iinf.start, 1) > 0
    kinds = {}
    for box in _boxes(data, iinf.start + (8 if wide else 6), iinf.end):
        version = number(data, box.start, 1)
        if box.kind == b"infe" and version >= 2:
            size = 2 if version == 2 else 4
            kinds[number(data, box.start + 4, size)] = bytes(part(data, box.start + 6 + size, 4))
    return kinds


def _locations(data: memoryview, iloc: Box) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Each item, how its places are meant, and these: (offset, length)."""
    version, sizes = number(data, iloc.start, 1), number(data, iloc.start + 4, 2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    at = iloc.start + 6
    count, at = number(data, at, wide), at + wide
    for _ in range(count):
        item, at = number(data, at, wide), at + wide
        method = number(data, at, 2) & 15 if version else IN_FILE
        at += 2 if version else 0
        at += 2  # which file: this one
        begin, at = number(data, at, base), at + base
        extents, number_of, at = list[tuple[int, int]](), number(data, at, 2), at + 2
        for _ in range(number_of):
            at += index
            extents.append((begin + number(data, at, offset), number(data, at + offset, length)))
            at += offset + length
        yield item, method, extents


def _boxes(data: memoryview, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        size, head = number(data, at, 4), 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        size = size or end - at
        if size < head or at + size > end:
            raise Unreadable("A box of this file is larger than the file.")
        yield Box(bytes(data[at + 4 : at + 8]), at, at + head, at + size)
        at += size
