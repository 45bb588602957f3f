"""The looks of e_art, done by a curve for each colour."""

import numpy as np

from picturerail.transform.language.looks import LOOKS, Look
from picturerail.transform.pixels.operations.filters import darker_corners
from picturerail.transform.pixels.operations.tone import grayscale
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect


def art(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """One of the looks."""
    look = LOOKS[str(step.arguments[0])]
    grey = grayscale(image, step)
    coloured = (grey + (image - grey) * look.saturation).rint().cast("uchar")
    graded = coloured.maplut(_curves(look))
    return darker_corners(graded, look.corners) if look.corners else graded


def _curves(look: Look) -> pyvips.Image:
    """From black to white by way of gamma and of an S, one curve for each colour."""
    level = np.linspace(0, 1, 256) ** (1 / look.gamma)
    level = level + look.contrast * (3 * level**2 - 2 * level**3 - level)
    bands = [black + (white - black) * level for black, white in zip(look.black, look.white, strict=True)]
    images = [pyvips.Image.new_from_array([list(band)]) for band in bands]
    return images[0].bandjoin(images[1:])
