"""Tables of colours (3D LUTs) in the files of film people: .cube and .3dl."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picturerail.errors import BadRequest
from picturerail.transform.pixels.vips import pyvips

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 129
_BLOCK = 262_144  # pixels that are looked up at once
_NUMBERS = re.compile(r"\s*(-?\d[\d.eE+-]*)\s+(-?\d[\d.eE+-]*)\s+(-?\d[\d.eE+-]*)\s*\Z")

Numbers = NDArray[Any]


def put(image: pyvips.Image, path: Path) -> pyvips.Image:
    """The picture with the colours of a table; between its points they are mixed from the eight around."""
    table = _read(path)
    colours = image[:3]
    pixels = colours.numpy().reshape(-1, 3)
    made = np.concatenate(
        [_looked_up(table, pixels[at : at + _BLOCK]) for at in range(0, len(pixels), _BLOCK)]
    )
    changed = pyvips.Image.new_from_memory(made.tobytes(), image.width, image.height, 3, "uchar")
    changed = changed.copy(interpretation="srgb")
    return changed.bandjoin(image[3]) if image.hasalpha() else changed


def _looked_up(table: Numbers, pixels: Numbers) -> Numbers:
    place = pixels.astype(np.float32) / 255 * (len(table) - 1)
    low = np.minimum(place.astype(int), len(table) - 2)
    part = place - low
    found = np.zeros((len(pixels), 3), np.float32)
    for corner in range(8):
        step = [corner >> axis & 1 for axis in range(3)]
        weight = np.prod([part[:, axis] if step[axis] else 1 - part[:, axis] for axis in range(3)], axis=0)
        red, green, blue = (low[:, axis] + step[axis] for axis in range(3))
        found += weight[:, None] * table[red, green, blue]
    return np.rint(found * 255).clip(0, 255).astype(np.uint8)


def _read(path: Path) -> Numbers:
    """The table as values from 0 to 1, by red, green and blue; BadRequest for what is none."""
    if path.stat().st_size > MAX_BYTES:
        raise BadRequest(f"The table of colours is larger than {MAX_BYTES // 2**20} MB.")
    text = path.read_text("latin-1")
    rows = [
        [float(part) for part in match.groups()]
        for line in text.splitlines()
        if (match := _NUMBERS.match(line))
    ]
    cube = "LUT_3D_SIZE" in text
    side = round(len(rows) ** (1 / 3))
    if side**3 != len(rows) or not 2 <= side <= MAX_SIDE:
        raise BadRequest(
            "The file is no table of colours: a .cube or .3dl has as many rows as points in a cube."
        )
    values = np.array(rows, np.float32).reshape(side, side, side, 3)
    if cube:  # red changes fastest, and values go to 1
        return values.transpose(2, 1, 0, 3).clip(0, 1)
    most = next(2.0**bits - 1 for bits in (8, 10, 12, 14, 16, 32) if values.max() < 2**bits)
    return (values / most).clip(0, 1)  # blue changes fastest
