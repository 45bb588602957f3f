"""Boxes of the ISO base media format, of which HEIC and AVIF are made: where each lies."""

from collections.abc import Iterator
from dataclasses import dataclass

from picturerail.gallery.metadata.pieces import Budget, Patches, Unreadable, number


@dataclass(frozen=True)
class Box:
    """A box: its kind, and where its content lies."""

    kind: bytes
    begin: int
    start: int
    end: int


def boxes(data: memoryview, at: int, end: int, budget: Budget) -> Iterator[Box]:
    """The boxes that lie there, one behind the other."""
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


def inside(data: memoryview, start: int, end: int, kind: bytes, budget: Budget) -> Box | None:
    """The first of a kind of those that lie there."""
    return next((box for box in boxes(data, start, end, budget) if box.kind == kind), None)


def free(box: Box, patches: Patches) -> None:
    """Make of a box one that says nothing."""
    patches.write(box.begin + 4, b"free")
    patches.clear(box.start, box.end - box.start)
