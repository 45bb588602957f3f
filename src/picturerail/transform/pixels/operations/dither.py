"""Ordered dithering: each colour is full or nought, by a table of thresholds laid over the picture like tiles."""

import numpy as np
from numpy.typing import NDArray

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

Table = NDArray[np.float64]


def _dispersed(size: int) -> Table:
    """Bayer's table: neighbours differ as much as they can."""
    table = np.zeros((1, 1))
    while len(table) < size:
        table = np.block([[4 * table, 4 * table + 2], [4 * table + 3, 4 * table + 1]])
    return table


def _dots(side: int, angled: bool, darker: bool = False) -> Table:
    """Dots that grow from the middle of each tile; angled, they stand at 45 degrees as in print."""
    down, across = (np.mgrid[:side, :side] + 0.5) / side
    round_ = -((across - 0.5) ** 2) - (down - 0.5) ** 2
    spot = np.cos(2 * np.pi * across) * np.cos(2 * np.pi * down) if angled else round_
    spot = -spot if darker else spot
    order = np.argsort(np.argsort(-spot.ravel(), kind="stable"), kind="stable")
    return order.reshape(side, side).astype(float)


_THREE = np.array([[2, 6, 3], [5, 0, 8], [1, 7, 4]], float)
TABLES: tuple[Table, ...] = (
    np.zeros((1, 1)),
    np.array([[0, 1], [1, 0]], float),
    _dispersed(2),
    _THREE,
    _dispersed(4),
    _dispersed(8),
    *(_dots(side, angled=True) for side in (4, 6, 8)),
    *(_dots(side, angled=False) for side in (4, 6, 8, 16)),
    *(_dots(side, angled=False, darker=darker) for side in (5, 6, 7) for darker in (False, True)),
)


def ordered_dither(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Full where the colour is above its threshold."""
    table = TABLES[int(float(step.arguments[0]))]
    levels = int(table.max()) + 1
    limits = (table + 0.5) / levels * 255
    tile = pyvips.Image.new_from_array(limits.tolist())
    across, down = -(-image.width // tile.width), -(-image.height // tile.height)
    sheet = tile.replicate(across, down).crop(0, 0, image.width, image.height)
    return (image > sheet).cast("uchar")
