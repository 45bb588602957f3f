"""HEIC and AVIF: items of Exif and XMP, and what no item names, written over where they lie; no box moves."""

from collections.abc import Iterator

from picturerail.gallery.metadata import heif_tracks
from picturerail.gallery.metadata.boxes import Box, boxes, free, inside
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Patches, Piece, Unreadable, number, part

EMPTY_EXIF = b"\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"  # where the TIFF begins, and one without entries
NAMED = (b"Exif", b"mime", b"uri ")
# A film behind the picture stands in a box of its own (mpvd), as do a telephone's own words (sefd), or is a whole file.
NEEDED = (b"ftyp", b"meta", b"mdat", b"moov")
IN_META = (b"hdlr", b"dinf", b"ipro", b"iloc", b"iinf", b"pitm", b"iprp", b"idat", b"iref", b"grpl")
WORDS = (b"udes", b"altt", b"crtt", b"mdft")  # names, tags, what is to be seen, when it was made
PROFILES = (b"prof", b"rICC")
IN_FILE, IN_ITEM_DATA = 0, 1


def pieces(data: memoryview) -> list[Piece]:
    """The file with empty items of metadata, and without boxes of nobody's own kind."""
    patches, budget, is_plain = Patches(data), Budget(), True
    found = list(boxes(data, 0, len(data), budget))
    if not found or found[0].kind != b"ftyp":
        raise Unreadable("This is no HEIC.")
    kinds = [box.kind for box in found]
    end = kinds.index(b"ftyp", 1) if b"ftyp" in kinds[1:] else len(found)  # where another file begins
    for index, box in enumerate(found):
        patches.keep(box.begin, box.start - box.begin)
        if box.kind not in NEEDED or index >= end:
            free(box, patches)
        elif box.kind == b"meta":
            is_plain &= _clear_items(data, box, patches, budget)
            _clear_properties(data, box, patches, budget)
        elif box.kind != b"mdat":
            patches.keep(box.start, box.end - box.start)
            is_plain &= box.kind != b"moov" or heif_tracks.clear(data, box, patches, budget)
    if is_plain:
        patches.clear_others()
    return patches.pieces()


def _clear_items(data: memoryview, meta: Box, patches: Patches, budget: Budget) -> bool:
    """Clear what items and boxes say in words, and keep all else; whether it is known where that ends."""
    found = {box.kind: box for box in _parts(data, meta, patches, budget)}
    if b"iinf" not in found or b"iloc" not in found:
        raise Unreadable("This HEIC does not say what is in it.")
    kinds, item_data, is_plain = _kinds(data, found[b"iinf"], budget), found.get(b"idat"), True
    for item, method, extents in _locations(data, found[b"iloc"], budget):
        base = item_data.start if method == IN_ITEM_DATA and item_data else 0
        is_known = method == IN_FILE or (method == IN_ITEM_DATA and item_data is not None)
        for index, (offset, length) in enumerate(extents if is_known else ()):
            patches.keep(base + offset, length)
            is_plain &= length > 0  # else it reaches to the end
            if kinds.get(item) in NAMED:
                said = (
                    EMPTY_EXIF if kinds[item] == b"Exif" and index == 0 and length >= len(EMPTY_EXIF) else b""
                )
                patches.write(base + offset, said)
                patches.clear(base + offset, length)
        if kinds.get(item) in NAMED and not is_known:
            raise Unreadable("This HEIC keeps its metadata where nobody looks.")
    return is_plain


def _parts(data: memoryview, meta: Box, patches: Patches, budget: Budget) -> Iterator[Box]:
    """The boxes that say where the picture is and how it is shown. Others are freed; what `idat` holds is not kept."""
    patches.keep(meta.start, 4)
    for box in boxes(data, meta.start + 4, meta.end, budget):
        patches.keep(box.begin, (box.start if box.kind == b"idat" else box.end) - box.begin)
        if box.kind in IN_META:
            yield box
        else:
            free(box, patches)


def _clear_properties(data: memoryview, meta: Box, patches: Patches, budget: Budget) -> None:
    """What is said of a picture in words, and of whose display its colours are; each property keeps its number."""
    iprp = inside(data, meta.start + 4, meta.end, b"iprp", budget)
    ipco = iprp and inside(data, iprp.start, iprp.end, b"ipco", budget)
    for box in boxes(data, ipco.start, ipco.end, budget) if ipco else ():
        if box.kind in WORDS:
            free(box, patches)
        elif box.kind == b"colr" and bytes(data[box.start : box.start + 4]) in PROFILES:
            patches.write(box.start + 4, without_device(bytes(data[box.start + 4 : box.end])))


def _kinds(data: memoryview, iinf: Box, budget: Budget) -> dict[int, bytes]:
    """The type of each item."""
    wide = number(data, iinf.start, 1) > 0
    kinds = {}
    for box in boxes(data, iinf.start + (8 if wide else 6), iinf.end, budget):
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
