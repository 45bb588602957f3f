"""The path that a picture's maker drew round what counts (fl_clip): Photoshop's, in fractions of the picture.

https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/ (path resource format)
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from picturerail.transform.pixels.metadata import photoshop

Point: TypeAlias = tuple[float, float]
Knot: TypeAlias = tuple[Point, Point, Point]  # the handle before, the place, the handle after

MAX_KNOTS = 20_000
_FIRST, _LAST = 2000, 2997
_RECORD = 26
_SUBPATHS, _KNOTS = (0, 3), (1, 2, 4, 5)
_ONE = 1 << 24
_STEPS = 12  # straight lines for each curve


def read(blob: bytes) -> list[list[Point]]:
    """The outlines of the first path in Photoshop's blocks, each as points; nothing where there is no path."""
    paths = (content for kind, content in photoshop.blocks(blob) if _FIRST <= kind <= _LAST)
    return [_outline(knots) for knots in _subpaths(next(paths, b"")) if len(knots) > 1]


def _subpaths(content: bytes) -> list[list[Knot]]:
    found: list[list[Knot]] = []
    for at in range(0, min(len(content), MAX_KNOTS * _RECORD) - _RECORD + 1, _RECORD):
        kind = int.from_bytes(content[at : at + 2])
        if kind in _SUBPATHS:
            found.append([])
        elif kind in _KNOTS and found:
            numbers = [
                int.from_bytes(content[place : place + 4], signed=True) / _ONE
                for place in range(at + 2, at + _RECORD, 4)
            ]
            before, place, after = ((numbers[n + 1], numbers[n]) for n in (0, 2, 4))
            found[-1].append((before, place, after))
    return found


def _outline(knots: list[Knot]) -> list[Point]:
    return [point for one, other in pairwise([*knots, knots[0]]) for point in _curve(one, other)]


def _curve(one: Knot, other: Knot) -> Iterator[Point]:
    """Points of the cubic curve between two knots, without its end."""
    (_, start, leaving), (arriving, end, _) = one, other
    for number in range(_STEPS):
        part = number / _STEPS
        rest = 1 - part
        weights = rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3
        points = start, leaving, arriving, end
        x, y = (
            sum(weight * point[axis] for weight, point in zip(weights, points, strict=True))
            for axis in (0, 1)
        )
        yield x, y
