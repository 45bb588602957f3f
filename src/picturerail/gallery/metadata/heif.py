"""HEIC and AVIF: items of Exif and XMP, written over with nothing where they lie; no box moves."""

from collections.abc import Iterator
from dataclasses import dataclass

from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Patches, Piece, Unreadable, number, part

EMPTY_EXIF = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"  # where the TIFF begins, and one without entries
NAMED = (b"Exif", b"mime", b"uri ")
# A film behind the picture stands in a box of its own (mpvd), as do a telephone's own words (sefd), or is a whole file.
NEEDED = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip")
WORDS = (b"udes", b"altt", b"crtt", b"mdft")  # names, tags, what is to be seen, when it was made
PROFILES = (b"prof", b"rICC")
IN_FILE, IN_ITEM_DATA = 0, 1
MAX_DEPTH = 8  # of tracks in tracks


@dataclass(frozen=True)
class Box:
    """A box: its kind, and where its content lies."""

    kind: bytes
    begin: int
    start: int
    end: int


def pieces(data: memoryview) -> list[Piece]:
    """The file with empty items of metadata, and without boxes of nobody's own kind."""
    patches, budget = Patches(data), Budget()
    boxes = list(_boxes(data, 0, len(data), budget))
    if not boxes or boxes[0].kind != b"ftyp":
        raise Unreadable("This is no HEIC.")
    kinds = [box.kind for box in boxes]
    end = kinds.index(b"ftyp", 1) if b"ftyp" in kinds[1:] else len(boxes)  # where another file begins
    for index, box in enumerate(boxes):
        if box.kind not in NEEDED or index >= end:
            _free(box, patches)
        elif box.kind == b"meta":
            _clear_items(data, box, patches, budget)
            _clear_properties(data, box, patches, budget)
        elif box.kind == b"moov":
            _clear_user_data(data, box, patches, budget)
    return patches.pieces()


def _free(box: Box, patches: Patches) -> None:
    """Make of a box one that says nothing."""
    patches.write(box.begin + 4, b"free")
    patches.clear(box.start, box.end - box.start)


def _clear_items(data: memoryview, meta: Box, patches: Patches, budget: Budget) -> None:
    inside = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end, budget)}
    if b"iinf" not in inside or b"iloc" not in inside:
        raise Unreadable("This HEIC does not say what is in it.")
    kinds = _kinds(data, inside[b"iinf"], budget)
    item_data = inside.get(b"idat")
    for item, method, extents in _locations(data, inside[b"iloc"], budget):
        if kinds.get(item) not in NAMED:
            continue
        if method not in (IN_FILE, IN_ITEM_DATA) or (method == IN_ITEM_DATA and item_data is None):
            raise Unreadable("This HEIC keeps its metadata where nobody looks.")
        base = item_data.start if method == IN_ITEM_DATA and item_data else 0
        for index, (offset, length) in enumerate(extents):
            said = EMPTY_EXIF if kinds[item] == b"Exif" and index == 0 and length >= len(EMPTY_EXIF) else b""
            patches.write(base + offset, said)
            patches.clear(base + offset, length)


def _clear_properties(data: memoryview, meta: Box, patches: Patches, budget: Budget) -> None:
    """What is said of a picture in words, and of whose display its colours are; each property keeps its number."""
    iprp = _inside(data, meta.start + 4, meta.end, b"iprp", budget)
    ipco = iprp and _inside(data, iprp.start, iprp.end, b"ipco", budget)
    for box in _boxes(data, ipco.start, ipco.end, budget) if ipco else ():
        if box.kind in WORDS:
            _free(box, patches)
        elif box.kind == b"colr" and bytes(data[box.start : box.start + 4]) in PROFILES:
            patches.write(box.start + 4, without_device(bytes(data[box.start + 4 : box.end])))


def _inside(data: memoryview, start: int, end: int, kind: bytes, budget: Budget) -> Box | None:
    return next((box for box in _boxes(data, start, end, budget) if box.kind == kind), None)


def _clear_user_data(data: memoryview, box: Box, patches: Patches, budget: Budget, depth: int = 0) -> None:
    """What a sequence of pictures says about itself and each of its tracks."""
    if depth > MAX_DEPTH:
        raise Unreadable("This HEIC has boxes in boxes without end.")
    for inner in _boxes(data, box.start, box.end, budget):
        if inner.kind in (b"udta", b"meta", b"uuid"):
            _free(inner, patches)
        elif inner.kind == b"trak":
            _clear_user_data(data, inner, patches, budget, depth + 1)


def _kinds(data: memoryview, iinf: Box, budget: Budget) -> dict[int, bytes]:
    """The type of each item."""
    wide = number(data, iinf.start, 1) > 0
    kinds = {}
    for box in _boxes(data, iinf.start + (8 if wide else 6), iinf.end, budget):
        version = number(data, box.start, 1)
        if box.kind == b"infe" and version >= 2:
            size = 2 if version == 2 else 4
            kinds[number(data, box.start + 4, size)] = bytes(part(data, box.start + 6 + size, 4))
    return kinds


def _locations(
    data: memoryview, iloc: Box, budget: Budget
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
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
        budget.spend(1 + number_of)
        for _ in range(number_of):
            at += index
            extents.append((begin + number(data, at, offset), number(data, at + offset, length)))
            at += offset + length
        yield item, method, extents


def _boxes(data: memoryview, at: int, end: int, budget: Budget) -> Iterator[Box]:
    while at + 8 <= end:
        budget.spend()
        size, head = number(data, at, 4), 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        size = size or end - at
        if size < head or at + size > end:
            raise Unreadable("A box of this file is larger than the file.")
        yield Box(bytes(data[at + 4 : at + 8]), at, at + head, at + size)
        at += size
