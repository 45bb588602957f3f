"""One case of the corpus, and the arithmetic of resizing by which cases are judged."""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

WIDTH, HEIGHT = 120, 80
LAYER = (40, 20)
COMPASS = ("center", "north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
Options: TypeAlias = dict[str, Any]
Size: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """Options, and of the answer: its size, whether it is transparent, and whether its quarters lie as before."""

    options: Options
    size: Size | None = (WIDTH, HEIGHT)
    clear: bool | None = False
    upright: bool = False


def near(length: float) -> int:
    return max(1, math.floor(length + 0.5))


def fitted(width: float, height: float, box: Size) -> Size:
    factor = min(box[0] / width, box[1] / height)
    return min(box[0], near(width * factor)), min(box[1], near(height * factor))


def resized(mode: str, box: Size) -> Size:
    """The size after a mode, as the documentation says of each."""
    larger = box[0] >= WIDTH and box[1] >= HEIGHT
    if mode == "fit" or (mode == "limit" and not larger) or (mode == "mfit" and larger):
        return fitted(WIDTH, HEIGHT, box)
    if mode in ("limit", "mfit") or (mode == "lpad" and larger) or (mode == "mpad" and not larger):
        return WIDTH, HEIGHT
    if mode in ("crop", "lfill"):
        return min(box[0], WIDTH), min(box[1], HEIGHT)
    return box
