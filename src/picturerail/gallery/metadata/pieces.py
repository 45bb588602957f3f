"""A file as the pieces that are left of it."""

from collections.abc import Mapping, Sequence

from picturerail.errors import PicturerailError

Piece = bytes | memoryview


class Unreadable(PicturerailError):
    """The file is built in another way than its format says, so nobody knows where its metadata ends."""


def patched(data: memoryview, patches: Mapping[int, bytes]) -> list[Piece]:
    """The whole file with other bytes at some places; later patches of overlapping ones begin where they say."""
    pieces: list[Piece] = []
    at = 0
    for place in sorted(patches):
        begin = max(place, at)
        new = patches[place][begin - place :]
        if begin + len(new) > len(data):
            raise Unreadable("A part of the file lies behind its end.")
        pieces += [data[at:begin], new]
        at = begin + len(new)
    return [*pieces, data[at:]]


def part(data: memoryview, start: int, length: int) -> memoryview:
    """Some bytes of the file; Unreadable when it is shorter than that."""
    if start < 0 or length < 0 or start + length > len(data):
        raise Unreadable("The file ends too early.")
    return data[start : start + length]


def number(data: memoryview, start: int, length: int, order: str = "big") -> int:
    """A whole number in the file."""
    return int.from_bytes(part(data, start, length), "little" if order == "little" else "big")


def total(pieces: Sequence[Piece]) -> int:
    """How many bytes these are."""
    return sum(len(piece) for piece in pieces)
