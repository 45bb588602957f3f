"""Effects that look at the neighbourhood of each pixel."""

from collections.abc import Callable
from typing import TypeAlias

from picturerail.transform.pixels.operations.geometry import blurred, mixed
from picturerail.transform.pixels.operations.tone import luma, without_red
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

Change: TypeAlias = Callable[[pyvips.Image, Effect], pyvips.Image]

BLUR = 20  # a blur of 100 has a deviation of 5 pixels


def _level(step: Effect) -> float:
    return float(step.arguments[0])


def blur(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Gaussian blur."""
    return blurred(image, _level(step) / BLUR)


def pixelate(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Squares of the mean colour."""
    side = int(_level(step))
    across, down = -(-image.width // side), -(-image.height // side)
    whole = image.embed(0, 0, across * side, down * side, extend="copy")
    small = mixed(whole, lambda picture: picture.shrink(side, side))
    return small.zoom(side, side).crop(0, 0, image.width, image.height)


def blur_region(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Blur one box."""
    return _in_box(image, step, blur)


def pixelate_region(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Pixelate one box."""
    return _in_box(image, step, pixelate)


def _in_box(image: pyvips.Image, step: Effect, change: Change) -> pyvips.Image:
    box = image.crop(step.x, step.y, step.width, step.height)
    return image.insert(change(box, step), step.x, step.y)


def redeye(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Take the red out of eyes in one box."""

    def darkened(box: pyvips.Image, _step: Effect) -> pyvips.Image:
        changed = without_red(box[:3]).rint().cast("uchar").copy(interpretation="srgb")
        return changed.bandjoin(box[3]) if box.hasalpha() else changed

    return _in_box(image, step, darkened)


def sharpen(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Add what a narrow blur takes away."""
    return _sharper(image, 1.0, _level(step) / 100)


def unsharp_mask(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Add what a wide blur takes away."""
    return _sharper(image, 3.0, _level(step) / 100)


def _sharper(image: pyvips.Image, deviation: float, amount: float) -> pyvips.Image:
    return image + (image - image.gaussblur(deviation, precision="float")) * amount


def vignette(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Darker with the square of the distance from the middle; at 100 the corners are black."""
    return darker_corners(image, _level(step) / 100)


def darker_corners(image: pyvips.Image, amount: float) -> pyvips.Image:
    """Darker towards the corners, which lose this share of their light."""
    place = pyvips.Image.xyz(image.width, image.height)
    across = (place[0] + 0.5 - image.width / 2) / (image.width / 2)
    down = (place[1] + 0.5 - image.height / 2) / (image.height / 2)
    return image * (1 - (across**2 + down**2) / 2 * amount)


def oil_paint(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """The middle value of a neighbourhood that grows with the level."""
    side = 3 + 2 * int(_level(step) / 12)
    return _median(image, side)


def cartoonify(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """Few flat colours, and lines where brightness changes."""
    reduction = step.arguments[1] if step.arguments[1:] else 60.0
    levels = 2 if reduction == "bw" else max(3, round(24 - float(reduction) / 5))
    flat = _median(image, 5)
    flat = luma(flat).bandjoin([luma(flat)] * 2) if reduction == "bw" else flat
    few = (flat * ((levels - 1) / 255)).rint() * (255 / (levels - 1))
    edges = luma(flat).rint().cast("uchar").gaussblur(1.2).sobel()
    lines = (1 - edges * (_level(step) / 100 / 60)).cast("float")
    return few * (lines > 0).ifthenelse(lines, 0)


def _median(image: pyvips.Image, side: int) -> pyvips.Image:
    """The middle value of a square; the picture is continued over its edges, so that it may be smaller than that."""
    more = side // 2
    wide = image.embed(more, more, image.width + 2 * more, image.height + 2 * more, extend="copy")
    return wide.median(side).crop(more, more, image.width, image.height)
