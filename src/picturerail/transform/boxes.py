"""Sizes and boxes in pixels: what steps are told in, and what they change. Pure."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Whole pixels, at least 1 x 1."""

    width: int
    height: int

    def scaled(self, factor: float) -> "Size":
        """Both sides times a factor."""
        return Size(nearest(self.width * factor), nearest(self.height * factor))

    @property
    def turned(self) -> "Size":
        """Height and width changed over."""
        return Size(self.height, self.width)


@dataclass(frozen=True)
class Area:
    """A box in pixels, not necessarily whole, as that round a face."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return self.x + self.width / 2, self.y + self.height / 2

    def shifted(self, x: float, y: float) -> "Area":
        """The box moved to the right and down."""
        return Area(self.x + x, self.y + y, self.width, self.height)


def nearest(length: float) -> int:
    """Rounded half up, at least one pixel."""
    return max(1, math.floor(length + 0.5))
