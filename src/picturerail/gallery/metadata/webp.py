"""WebP: chunks of RIFF, those kept that pixels, colours and movement need."""

from collections.abc import Iterator

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part, total

NEEDED = (b"VP8X", b"VP8 ", b"VP8L", b"ANIM", b"ALPH")
IN_FRAME = (b"VP8 ", b"VP8L", b"ALPH")
FRAME_HEAD = 16  # where and for how long it is shown; chunks of its own follow
HAS_EXIF, HAS_XMP = 0x08, 0x04


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, XMP, what nobody knows, and whatever hangs behind its end."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"WEBP":
        raise Unreadable("This is no WebP.")
    kept: list[Piece] = []
    turned, budget = orientation.UPRIGHT, Budget()
    for name, said in _chunks(data[12 : 8 + number(data, 4, 4, "little")], budget):
        if name == b"EXIF":
            turned = orientation.found_in(said)
        elif name == b"ICCP":
            kept += _chunk(name, [without_device(bytes(said))])
        elif name == b"ANMF":
            kept += _chunk(name, _frame(said, budget))
        elif name in NEEDED:
            kept += _chunk(name, [said])
    if kept and bytes(kept[0][:4]) == b"VP8X":
        is_turned = turned != orientation.UPRIGHT
        kept[1] = _flags(kept[1], is_turned=is_turned)
        if is_turned:
            kept += _chunk(b"EXIF", [orientation.exif_of(turned)])
    size = (4 + total(kept)).to_bytes(4, "little")
    return [b"RIFF", size, b"WEBP", *kept]


def _frame(said: memoryview, budget: Budget) -> list[Piece]:
    """One picture of a moving one, in which stand chunks again."""
    inside = _chunks(said[FRAME_HEAD:], budget)
    return [
        part(said, 0, FRAME_HEAD),
        *(each for name, own in inside if name in IN_FRAME for each in _chunk(name, [own])),
    ]


def _chunks(data: memoryview, budget: Budget) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(data):
        budget.spend()
        length = number(data, at + 4, 4, "little")
        yield bytes(data[at : at + 4]), part(data, at + 8, length)
        at += 8 + length + length % 2


def _chunk(name: bytes, content: list[Piece]) -> list[Piece]:
    """Its name and length, what stands in it, and a byte that makes the length even."""
    length = total(content)
    return [name + length.to_bytes(4, "little"), *content, b"\0" * (length % 2)]


def _flags(said: Piece, *, is_turned: bool) -> bytes:
    flags = number(memoryview(said), 0, 1) & ~(HAS_EXIF | HAS_XMP) | (HAS_EXIF if is_turned else 0)
    return bytes([flags]) + bytes(said[1:])
