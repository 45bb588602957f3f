"""Effects that make, use or follow transparency."""

import numpy as np
from numpy.typing import NDArray

from picturerail.transform.language.colours import RGBA
from picturerail.transform.pixels.operations.geometry import blurred
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

BLACK: RGBA = (0, 0, 0, 255)
SOFT = 4  # deviation of a shadow's blur, in pixels
SOFTEST = 12
REACH = 6  # deviation, in pixels, of what visible colours give to hidden ones


def seen(image: pyvips.Image) -> pyvips.Image:
    """The colours that can be seen: of a picture with transparency its pixels that are not wholly clear, in a row."""
    if not image.hasalpha():
        return image
    pixels = image.numpy().reshape(-1, image.bands)
    found = np.ascontiguousarray(pixels[pixels[:, 3] > 0][:, :3])
    if not len(found):
        found = np.zeros((1, 3), np.uint8)
    row = pyvips.Image.new_from_memory(found.tobytes(), len(found), 1, 3, "uchar")
    return row.copy(interpretation="srgb")


def filled(image: pyvips.Image) -> pyvips.Image:
    """The colours of a picture; where it is wholly clear, those that can be seen nearby, and black further away."""
    if not image.hasalpha() or image[3].min() > 0:
        return image[:3]
    soft = image.premultiply().gaussblur(REACH, min_ampl=0.02, precision="float").unpremultiply()[:3]
    shown = (image[3] > 0).ifthenelse(image[:3], soft.rint().cast("uchar"))
    return shown.cast("uchar").copy(interpretation="srgb")


def _with_alpha(image: pyvips.Image) -> pyvips.Image:
    return image if image.hasalpha() else image.bandjoin(255)


def make_transparent(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Clear what is like a colour, by default that of the top left corner, where that is not clear already."""
    if step.colour is None and image.hasalpha() and image(0, 0)[3] == 0:
        return image
    colour = list(step.colour[:3]) if step.colour else image(0, 0)[:3]
    reach = float(step.arguments[0]) * 2.55 * 3**0.5
    distance = ((image[:3] - colour) ** 2).recomb([[1.0, 1.0, 1.0]]) ** 0.5
    image = _with_alpha(image)
    return image[:3].bandjoin((distance <= reach).ifthenelse(0, image[3]))


def opacity_threshold(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Clear below the threshold, opaque from it on."""
    image = _with_alpha(image)
    return image[:3].bandjoin((image[3] >= float(step.arguments[0]) * 2.55).cast("uchar"))


def shadow(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A soft shadow of what is opaque, on a canvas that has room for it."""
    return _shadowed(image, step, float(step.arguments[0]) / 100, SOFT)


def dropshadow(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """The shadow of a light: the further it spreads, the softer and paler it is."""
    spread = float(step.arguments[2]) / 100
    return _shadowed(image, step, 0.75 - 0.35 * spread, 1 + SOFTEST * spread)


def _shadowed(image: pyvips.Image, step: Effect, strength: float, soft: float) -> pyvips.Image:
    image = _with_alpha(image)
    shape = blurred((image[3] * strength).rint().cast("uchar"), soft)
    dark = coloured(shape, step.colour or BLACK)
    size = (image.width, image.height)
    dark = dark.embed(step.x, step.y, *size, extend="background", background=[0, 0, 0, 0])
    return dark.composite2(image, "over").cast("uchar")


def outline(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """A line along the edge of what is opaque: outside, inside, or all of the shape."""
    image = _with_alpha(image)
    mode, width, soft = str(step.arguments[0]), int(step.arguments[1]), float(step.arguments[2])
    shape, colour = image[3], step.colour or BLACK
    if mode.startswith("inner"):
        line = (shape * within(255 - shape, width, outside=255) / 255).rint().cast("uchar")
        return image.composite2(coloured(blurred(line, soft / 20), colour), "over").cast("uchar")
    line = coloured(blurred(within(shape, width, outside=0), soft / 20), colour)
    return line if mode == "fill" else line.composite2(image, "over").cast("uchar")


def within(shape: pyvips.Image, width: int, *, outside: int) -> pyvips.Image:
    """255 where a shape is at most so many pixels away, with a smooth edge; `outside` lies round the picture."""
    background = {"extend": "background", "background": [outside]}
    framed = shape.embed(1, 1, shape.width + 2, shape.height + 2, **background)
    squares = _squares(framed.numpy() >= 128, width + 1)[1:-1, 1:-1]
    near = np.clip(np.rint((width + 0.5 - np.sqrt(squares)) * 255), 0, 255).astype(np.uint8)
    return pyvips.Image.new_from_memory(near.tobytes(), shape.width, shape.height, 1, "uchar")


def _squares(seeds: NDArray[np.bool_], most: int) -> NDArray[np.float32]:
    """The square of the distance to the nearest seed, up to `most`: along rows first, then over the rows around.

    Its time does not depend on how far the seeds are away, as that of libvips' fill_nearest does.
    """
    along = np.square(np.minimum(_along_rows(seeds), most + 1), dtype=np.int32)
    found = along.copy()
    for step in range(1, min(most, len(seeds) - 1) + 1):
        np.minimum(found[step:], along[:-step] + step * step, out=found[step:])
        np.minimum(found[:-step], along[step:] + step * step, out=found[:-step])
    return found.astype(np.float32)


def _along_rows(seeds: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The distance to the nearest seed in the same row; very large in a row without one."""
    far = 1 << 20
    place = np.arange(seeds.shape[1], dtype=np.int32)
    left = np.maximum.accumulate(np.where(seeds, place, np.int32(-far)), axis=1)
    right = np.minimum.accumulate(np.where(seeds, place, np.int32(far))[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(place - left, right - place)


def coloured(shape: pyvips.Image, colour: RGBA) -> pyvips.Image:
    """A colour that is as opaque as a shape."""
    ink = shape.new_from_image(list(colour[:3])).cast("uchar").copy(interpretation="srgb")
    return ink.bandjoin((shape * (colour[3] / 255)).rint().cast("uchar"))


def gradient_fade(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Fades towards the edges that x and y name (from the left and from the top when they are positive)."""
    image = _with_alpha(image)
    kind = str(step.arguments[0]) if len(step.arguments) > 1 else ""
    strength = float(step.arguments[-1]) / 100
    place = pyvips.Image.xyz(image.width, image.height) + 0.5
    kept = _ramp(place[0], image.width, step.x, both=bool(kind)) * _ramp(
        place[1], image.height, step.y, both=bool(kind)
    )
    kept = kept ** (0.5 + strength * 2.5)
    if kind == "symmetric_pad":
        sheet = coloured((image[3] * 0 + 255).cast("uchar"), step.colour or (255, 255, 255, 255))
        faded = image[:3].bandjoin((image[3] * kept).rint().cast("uchar"))
        return sheet.composite2(faded, "over").cast("uchar")
    return image[:3].bandjoin((image[3] * kept).rint().cast("uchar"))


def _ramp(place: pyvips.Image, length: int, pixels: int, *, both: bool) -> pyvips.Image:
    """1 in the picture, falling to 0 over so many pixels at one edge, or at both."""
    if pixels == 0:
        return place * 0 + 1
    start = place / abs(pixels)
    end = (place * -1.0 + length) / abs(pixels)
    ramp = end if pixels < 0 else start
    if both:
        ramp = (start < end).ifthenelse(start, end)
    return (ramp < 1).ifthenelse(ramp, 1)
