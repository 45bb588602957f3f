"""PNG: chunks, those kept that pixels, colours and movement need."""

import zlib

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part

MAX_PROFILE = 8 * 1024 * 1024  # bytes; those of printers have some
SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset((b"cHRM gAMA sBIT sRGB cICP mDCV cLLI bKGD hIST tRNS pHYs sPLT acTL fcTL fdAT").split())


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, texts, times, and whatever hangs behind its end."""
    if bytes(data[:8]) != SIGNATURE:
        raise Unreadable("This is no PNG.")
    kept: list[Piece] = [data[:8]]
    at, turned, first_pixels, budget = 8, orientation.UPRIGHT, 0, Budget()
    while True:
        budget.spend()
        length = 12 + number(data, at, 4)
        chunk, name = part(data, at, length), bytes(part(data, at + 4, 4))
        at += length
        if name == b"eXIf":
            turned = orientation.found_in(chunk[8:-4])
        if name == b"IDAT" and not first_pixels:
            first_pixels = len(kept)
        if name == b"iCCP":
            kept += _profile(chunk)
        elif name in NEEDED or name[:1].isupper():  # what begins with a capital is needed by every reader
            kept.append(chunk)
        if name == b"IEND":
            break
    if turned != orientation.UPRIGHT and first_pixels:
        kept.insert(first_pixels, _chunk(b"eXIf", orientation.exif_of(turned)))
    return kept


def _profile(chunk: memoryview) -> list[Piece]:
    """The chunk with a colour profile that tells of no device; none where nobody can read it."""
    name, _, packed = bytes(chunk[8:-4]).partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], MAX_PROFILE)
    except zlib.error:
        return []
    if not unpacker.eof:
        return []
    silent = without_device(profile)
    return [chunk if silent == profile else _chunk(b"iCCP", name + b"\0\0" + zlib.compress(silent))]


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
