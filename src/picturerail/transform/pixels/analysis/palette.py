"""Which colours a picture has, and how much of each."""

from typing import Any

import numpy as np

COLOURS = 32  # Cloudinary lists up to 32


def shares_of(pixels: bytes) -> list[tuple[tuple[int, int, int], float]]:
    """Colours in cubes of 32 and their share of the visible picture in percent, most frequent first."""
    every = np.frombuffer(pixels, np.uint8).reshape(-1, 4)
    seen = every[every[:, 3] >= 128, :3]
    keys = (seen >> 5) @ np.array([64, 8, 1])
    cubes, first, counts = np.unique(keys, return_index=True, return_counts=True)
    sums = np.stack([np.bincount(keys, weights=band, minlength=512)[cubes] for band in seen.T], axis=1)
    order = sorted(range(len(cubes)), key=lambda at: (-counts[at], bytes(seen[first[at]])))[:COLOURS]
    return [(_mean(sums[at], counts[at]), 100 * int(counts[at]) / len(seen)) for at in order]


def _mean(sums: "np.ndarray[Any, Any]", count: int) -> tuple[int, int, int]:
    red, green, blue = (round(float(channel) / int(count)) for channel in sums)
    return (red, green, blue)
