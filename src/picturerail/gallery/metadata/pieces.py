"""A file as the pieces that are left of it."""

from collections.abc import Sequence

from picturerail.errors import PicturerailError

Piece = bytes | memoryview

MAX_PARTS = 100_000  # of one file: segments, chunks, boxes, entries of directories
_ZEROS = memoryview(bytes(64 * 1024))


class Unreadable(PicturerailError):
    """The file is built in another way than its format says, so nobody knows where its metadata ends."""


class Budget:
    """How many parts of a file are looked at: one made for it has as many as it has bytes, or leads round and round."""

    def __init__(self, most: int = MAX_PARTS) -> None:
        """Let so many be looked at."""
        self._left = most

    def spend(self, number: int = 1) -> None:
        """Look at some more; Unreadable when that are too many."""
        self._left -= number
        if self._left < 0:
            raise Unreadable("This file has more parts than a picture needs.")


class Patches:
    """What is to be written over a file, and where it is to be made zero; places may overlap."""

    def __init__(self, data: memoryview) -> None:
        """Of this file."""
        self._data = data
        self._kept: list[tuple[int, int]] = []
        self._written: dict[int, bytes] = {}
        # lengths: the bytes themselves would be the file again, for each of them
        self._cleared: dict[int, int] = {}

    def write(self, at: int, content: bytes) -> None:
        """Write these bytes there."""
        part(self._data, at, len(content))
        self._written[at] = content

    def clear(self, at: int, length: int) -> None:
        """Make so many bytes zero."""
        part(self._data, at, length)
        self._cleared[at] = max(length, self._cleared.get(at, 0))

    def keep(self, at: int, length: int) -> None:
        """Say that these bytes are needed; what lies beyond the end is not there."""
        self._kept.append((at, at + length))

    def clear_others(self) -> None:
        """Make zero what nobody said to be needed."""
        at = 0
        for begin, end in sorted([*self._kept, (len(self._data), len(self._data))]):
            if begin > at:
                self.clear(at, min(begin, len(self._data)) - at)
            at = min(max(at, end), len(self._data))

    def pieces(self) -> list[Piece]:
        """The whole file, changed; where places overlap, those that begin earlier come first."""
        kept: list[Piece] = []
        at = 0
        for place in sorted(self._written.keys() | self._cleared.keys()):
            written = self._written.get(place, b"")
            end = place + max(len(written), self._cleared.get(place, 0))
            if end <= at:
                continue
            begin = max(place, at)
            new = written[begin - place :]
            kept += [self._data[at:begin], new, *_zeros(end - begin - len(new))]
            at = end
        return [*kept, self._data[at:]]


def _zeros(length: int) -> list[Piece]:
    return [_ZEROS[: min(length - at, len(_ZEROS))] for at in range(0, length, len(_ZEROS))]


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
