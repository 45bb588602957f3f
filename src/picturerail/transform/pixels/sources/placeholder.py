"""ThumbHash: a picture in about 25 bytes, to be shown while the real one is on its way.

The format is that of https://evanw.github.io/thumbhash/. It is written here because the package on PyPI
fails on pictures with transparency.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class _Waves:
    """A channel as cosines: its mean, the others from 0 to 1 in zigzag order, and their scale."""

    mean: float
    others: tuple[float, ...]
    scale: float


def thumb_hash(width: int, height: int, rgba: Sequence[int]) -> bytes:
    """The hash of a picture of at most 100 x 100 pixels, four numbers from 0 to 255 for each."""
    light, yellow, red, alpha = _channels(rgba)
    transparent = min(alpha) < 1
    most = 5 if transparent else 7
    across = max(1, round(most * width / max(width, height)))
    down = max(1, round(most * height / max(width, height)))
    size = (width, height)
    waves = [
        _waves(light, size, max(3, across), max(3, down)),
        _waves(yellow, size, 3, 3),
        _waves(red, size, 3, 3),
    ]
    if transparent:
        waves.append(_waves(alpha, size, 5, 5))
    return _header(waves, (across, down), landscape=width > height) + _nibbles(waves)


def _channels(rgba: Sequence[int]) -> tuple[list[float], list[float], list[float], list[float]]:
    """Lightness, yellow against blue, red against green, and alpha; the mean colour lies behind what is clear."""
    alpha = [value / 255 for value in rgba[3::4]]
    total = sum(alpha) or 1
    red, green, blue = (_over_mean(rgba[band::4], alpha, total) for band in range(3))
    colours = list(zip(red, green, blue, strict=True))
    light = [(r + g + b) / 3 for r, g, b in colours]
    return light, [(r + g) / 2 - b for r, g, b in colours], [r - g for r, g, _ in colours], alpha


def _over_mean(band: Sequence[int], alpha: list[float], total: float) -> list[float]:
    pairs = list(zip(band, alpha, strict=True))
    mean = sum(value * part for value, part in pairs) / 255 / total
    return [mean * (1 - part) + value / 255 * part for value, part in pairs]


def _waves(channel: list[float], size: tuple[int, int], across: int, down: int) -> _Waves:
    width, height = size
    rows = [channel[start : start + width] for start in range(0, width * height, width)]
    columns = [_cosines(width, x) for x in range(across)]
    sums = [[_dot(row, column) for row in rows] for column in columns]
    lines = [_cosines(height, y) for y in range(down)]
    found = [
        _dot(sums[x], lines[y]) / (width * height)
        for y in range(down)
        for x in range(across)
        if x * down < across * (down - y)
    ]
    scale = max(map(abs, found[1:]), default=0.0)
    return _Waves(found[0], tuple(0.5 + 0.5 / scale * value if scale else 0.0 for value in found[1:]), scale)


def _cosines(length: int, number: int) -> list[float]:
    return [math.cos(math.pi / length * number * (at + 0.5)) for at in range(length)]


def _dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _header(waves: list[_Waves], counts: tuple[int, int], *, landscape: bool) -> bytes:
    light, yellow, red, *alpha = waves
    first = (
        round(63 * light.mean)
        | round(31.5 + 31.5 * yellow.mean) << 6
        | round(31.5 + 31.5 * red.mean) << 12
        | round(31 * light.scale) << 18
        | bool(alpha) << 23
    )
    second = (
        counts[1 if landscape else 0]
        | round(63 * yellow.scale) << 3
        | round(63 * red.scale) << 9
        | landscape << 15
    )
    third = [round(15 * part.mean) | round(15 * part.scale) << 4 for part in alpha]
    return first.to_bytes(3, "little") + second.to_bytes(2, "little") + bytes(third)


def _nibbles(waves: list[_Waves]) -> bytes:
    """All cosines but the means, four bits each, the first in the lower half of its byte."""
    values = [round(15 * value) for part in waves for value in part.others]
    values += [0] * (len(values) % 2)
    return bytes(low | high << 4 for low, high in zip(values[::2], values[1::2], strict=True))
