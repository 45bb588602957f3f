"""Where the pictures of a sprite lie: on shelves, from left to right and from top to bottom. Pure."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SpritePlace:
    """One picture's box in the sprite, in pixels."""

    x: int
    y: int
    width: int
    height: int


def arrange(sizes: list[tuple[int, int]]) -> tuple[int, int, list[SpritePlace]]:
    """Width and height of the sprite, and the place of each picture, in their order."""
    widest = max(width for width, _ in sizes)
    row = max(widest, math.isqrt(sum(width * height for width, height in sizes)))
    places: list[SpritePlace] = []
    x = y = shelf = 0
    for width, height in sizes:
        if x and x + width > row:
            x, y, shelf = 0, y + shelf, 0
        places.append(SpritePlace(x, y, width, height))
        x, shelf = x + width, max(shelf, height)
    right = max(place.x + place.width for place in places)
    return right, y + shelf, places
