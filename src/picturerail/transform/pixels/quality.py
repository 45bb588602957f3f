"""The choice of quality: q_auto for each picture, and one scale of quality for all encoders.

All numbers are fitted to ssimulacra2 scores of 18 photographs at 400 and 800 pixels, encoded at seven
qualities in each format. The levels aim at scores of 78 (best), 70 (good), 62 (eco) and 52 (low).
"""

import math
from itertools import pairwise

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.encoding import Encoding

LOSSY = ("jpg", "webp", "avif")
USUAL_DETAIL = 2.5
STRIPS = 4

# The encoder's number for a picture of usual detail, and how much it rises with the detail.
_LEVELS = {
    "jpg": {"best": (82.2, 6.0), "good": (69.8, 8.6), "eco": (54.5, 6.6), "low": (43.8, 0.0)},
    "webp": {"best": (84.2, 0.0), "good": (72.5, -2.0), "eco": (58.0, -4.0), "low": (46.3, 0.0)},
    "avif": {"best": (67.9, 4.9), "good": (56.8, 5.8), "eco": (48.6, 5.7), "low": (41.1, 5.4)},
}
_MAX_CHANGE = 12  # a fit is not trusted far from what it was made of

# Numbers of the encoders that give the same score as a JPEG of the quality on the left.
_SAME_LOOK = {
    "webp": ((1, 1), (43, 45), (50, 53), (56, 64), (66, 74), (74, 82), (82, 87), (90, 93), (100, 100)),
    "avif": ((1, 1), (43, 37), (50, 45), (56, 49), (66, 54), (74, 61), (82, 69), (90, 80), (100, 100)),
}


def chosen(image: pyvips.Image, encoding: Encoding) -> int:
    """The encoder's number: from the pixels for q_auto, else from the scale on which q_80 looks alike everywhere."""
    if encoding.auto:
        base, slope = _LEVELS[encoding.format][encoding.auto]
        change = slope * (_detail(image) - USUAL_DETAIL)
        return round(base + min(max(change, -_MAX_CHANGE), _MAX_CHANGE))
    return _on_scale(encoding.quality, _SAME_LOOK.get(encoding.format, ((1, 1), (100, 100))))


def _detail(image: pyvips.Image) -> float:
    """How much neighbouring pixels differ, as a logarithm: the mean Laplacian of green in a few strips."""
    image = image.premultiply() if image.hasalpha() else image
    rows = max(1, min(image.height, max(8, image.height // 16)))
    step = (image.height - rows) / STRIPS
    strips = [image[1].crop(0, int((number + 0.5) * step), image.width, rows) for number in range(STRIPS)]
    edges = pyvips.Image.arrayjoin(strips, across=1).conv(
        [[0, -1, 0], [-1, 4, -1], [0, -1, 0]], precision="integer"
    )
    return math.log(edges.abs().avg() + 0.1)


def _on_scale(quality: int, points: tuple[tuple[int, int], ...]) -> int:
    for (low, from_), (high, to) in pairwise(points):
        if quality <= high:
            return round(from_ + (to - from_) * (quality - low) / (high - low))
    return points[-1][1]
