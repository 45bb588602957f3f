"""WebP: chunks of RIFF, those kept that pixels, colours and movement need."""

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part, total

NEEDED = (b"VP8X", b"VP8 ", b"VP8L", b"ANIM", b"ANMF", b"ALPH", b"ICCP")
HAS_EXIF, HAS_XMP = 0x08, 0x04


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, XMP, what nobody knows, and whatever hangs behind its end."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"WEBP":
        raise Unreadable("This is no WebP.")
    end = min(len(data), 8 + number(data, 4, 4, "little"))
    kept: list[Piece] = []
    at, turned, budget = 12, orientation.UPRIGHT, Budget()
    while at + 8 <= end:
        budget.spend()
        length = number(data, at + 4, 4, "little")
        chunk, name = part(data, at, 8 + length), bytes(part(data, at, 4))
        at += 8 + length + length % 2
        if name == b"EXIF":
            turned = orientation.found_in(chunk[8:])
        if name in NEEDED:
            said = bytes(chunk[:8]) + without_device(bytes(chunk[8:])) if name == b"ICCP" else chunk
            kept += [said, b"\0" * (length % 2)]
    if kept and bytes(kept[0][:4]) == b"VP8X":
        is_turned = turned != orientation.UPRIGHT
        kept[0] = _header(kept[0], is_turned=is_turned)
        if is_turned:
            exif = orientation.exif_of(turned)
            kept.append(b"EXIF" + len(exif).to_bytes(4, "little") + exif)
    size = (4 + total(kept)).to_bytes(4, "little")
    return [b"RIFF", size, b"WEBP", *kept]


def _header(chunk: Piece, *, is_turned: bool) -> bytes:
    flags = number(memoryview(chunk), 8, 1) & ~(HAS_EXIF | HAS_XMP) | (HAS_EXIF if is_turned else 0)
    return bytes(chunk[:8]) + bytes([flags]) + bytes(chunk[9:])
