"""GIF: blocks, those kept that pixels, colours and movement need."""

from picturerail.gallery.metadata.pieces import MAX_PARTS, Budget, Piece, Unreadable, number, part

NEEDED = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # no browser heeds a colour profile of a GIF
MAX_BLOCKS = 20 * MAX_PARTS  # they are small: 255 bytes at most
EXTENSION, IMAGE, END, CONTROL, PLAIN_TEXT, APPLICATION = 0x21, 0x2C, 0x3B, 0xF9, 0x01, 0xFF


def pieces(data: memoryview) -> list[Piece]:
    """The file without comments, XMP, what nobody knows, and whatever hangs behind its end."""
    if bytes(data[:3]) != b"GIF":
        raise Unreadable("This is no GIF.")
    at = 13 + _table(number(data, 10, 1))
    kept: list[Piece] = [part(data, 0, at)]
    budget = Budget(MAX_BLOCKS)
    while (kind := number(data, at, 1)) != END:
        start = at
        if kind == EXTENSION:
            label = number(data, at + 1, 1)
            at = _behind_blocks(data, at + 2, budget)
            said = bytes(data[start + 3 : start + 14])
            if label in (CONTROL, PLAIN_TEXT) or (label == APPLICATION and said in NEEDED):
                kept.append(data[start:at])
        elif kind == IMAGE:
            at = _behind_blocks(data, at + 11 + _table(number(data, at + 9, 1)), budget)
            kept.append(data[start:at])
        else:
            raise Unreadable("A block of this GIF does not begin where it should.")
    return [*kept, b"\x3b"]


def _table(flags: int) -> int:
    """How long the table of colours is that these flags tell of."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(data: memoryview, at: int, budget: Budget) -> int:
    budget.spend()
    while length := number(data, at, 1):
        at += 1 + length
        budget.spend()
    return at + 1
