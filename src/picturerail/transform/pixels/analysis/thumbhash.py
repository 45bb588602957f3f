"""ThumbHash: a picture in about 25 bytes, to be shown while the real one is on its way.

The format is that of https://evanw.github.io/thumbhash/. It is written here because the package on PyPI
fails on pictures with transparency.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Numbers: TypeAlias = "np.ndarray[Any, Any]"


@dataclass(frozen=True)
class _Waves:
    """A channel as cosines: its mean, the others from 0 to 1 in zigzag order, and their scale."""

    mean: float
    others: tuple[float, ...]
    scale: float


def thumb_hash(width: int, height: int, rgba: bytes) -> bytes:
    """The hash of a picture of at most 100 x 100 pixels, four bytes for each."""
    light, yellow, red, alpha = _channels(np.frombuffer(rgba, np.uint8).reshape(height, width, 4))
    transparent = bool(alpha.min() < 1)
    most = 5 if transparent else 7
    across = max(1, round(most * width / max(width, height)))
    down = max(1, round(most * height / max(width, height)))
    waves = [_waves(light, max(3, across), max(3, down)), _waves(yellow, 3, 3), _waves(red, 3, 3)]
    if transparent:
        waves.append(_waves(alpha, 5, 5))
    return _header(waves, (across, down), landscape=width > height) + _nibbles(waves)


def _channels(rgba: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Lightness, yellow against blue, red against green, and alpha; the mean colour lies behind what is clear."""
    parts = rgba / 255
    alpha = parts[..., 3]
    visible = parts[..., :3] * alpha[..., None]
    mean = visible.sum(axis=(0, 1)) / (alpha.sum() or 1)
    red, green, blue = np.moveaxis(mean * (1 - alpha[..., None]) + visible, 2, 0)
    return (red + green + blue) / 3, (red + green) / 2 - blue, red - green, alpha


def _waves(channel: Numbers, across: int, down: int) -> _Waves:
    height, width = channel.shape
    found = _cosines(height, down) @ channel @ _cosines(width, across).T / (width * height)
    values = [
        float(found[y, x]) for y in range(down) for x in range(across) if x * down < across * (down - y)
    ]
    scale = max(map(abs, values[1:]), default=0.0)
    others = tuple(0.5 + 0.5 / scale * value if scale else 0.0 for value in values[1:])
    return _Waves(values[0], others, scale)


def _cosines(length: int, count: int) -> Numbers:
    """The first cosines over so many points, one in each row."""
    return np.cos(np.pi / length * np.outer(np.arange(count), np.arange(length) + 0.5))


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
