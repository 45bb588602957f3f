"""Clearing what lies outside the path that a file carries."""

import numpy as np
from PIL import Image, ImageDraw

from picturerail.transform.pixels.metadata import clipping_path
from picturerail.transform.pixels.metadata.clipping_path import Point
from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Clip

FINER = 4  # times larger the shape is drawn, for smooth edges
MAX_FINE_PIXELS = 4_000_000


def clip(image: pyvips.Image, step: Clip) -> pyvips.Image:
    """The picture inside its path; one without a path stays as it is."""
    blob = bytes(image.get("iptc-data")) if image.get_typeof("iptc-data") else b""
    outlines = clipping_path.read(blob)
    if not outlines:
        return image
    mask = _mask(outlines, image.width, image.height, evenodd=step.evenodd)
    alpha = image[3] if image.hasalpha() else mask * 0 + 255
    return image[:3].bandjoin((alpha * mask / 255).rint().cast("uchar"))


def _mask(outlines: list[list[Point]], width: int, height: int, *, evenodd: bool) -> pyvips.Image:
    finer = FINER if width * height <= MAX_FINE_PIXELS else 1
    turns = np.zeros((height * finer, width * finer), np.int16)
    for points in outlines:
        shape = Image.new("1", (width * finer, height * finer))
        ImageDraw.Draw(shape).polygon([(x * width * finer, y * height * finer) for x, y in points], fill=1)
        turns += np.asarray(shape) * np.int16(1 if evenodd or _clockwise(points) else -1)
    inside = (turns % 2 if evenodd else turns != 0).astype(np.uint8) * np.uint8(255)
    mask = pyvips.Image.new_from_memory(inside.tobytes(), width * finer, height * finer, 1, "uchar")
    return mask.shrink(finer, finer).rint().cast("uchar") if finer > 1 else mask


def _clockwise(points: list[Point]) -> bool:
    ends = zip(points, [*points[1:], points[0]], strict=True)
    return sum(x * other_y - other_x * y for (x, y), (other_x, other_y) in ends) > 0


OPERATIONS: Operations = {Clip: clip}
