"""PNG: chunks, those kept that pixels, colours and movement need."""

import zlib

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset(
    (b"cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST tRNS pHYs sPLT acTL fcTL fdAT").split()
)


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
        if name in NEEDED or name[:1].isupper():  # what begins with a capital is needed by every reader
            kept.append(chunk)
        if name == b"IEND":
            break
    if turned != orientation.UPRIGHT and first_pixels:
        kept.insert(first_pixels, _chunk(b"eXIf", orientation.exif_of(turned)))
    return kept


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
