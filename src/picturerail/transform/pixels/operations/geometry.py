"""Steps on size and outline. Each takes and gives a picture; alpha is premultiplied where pixels are mixed."""

from collections.abc import Callable
from typing import TypeAlias

from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import (
    Crop,
    Flip,
    Orient,
    Resize,
    Rotate,
    RoundBorder,
    RoundCorners,
    SmartCrop,
    Trim,
)

Change: TypeAlias = Callable[[pyvips.Image], pyvips.Image]

# Orientation: mirrored left to right first, then turned clockwise (Exif 2.32, tag 0x0112).
_ORIENTATIONS = {
    1: (False, "d0"),
    2: (True, "d0"),
    3: (False, "d180"),
    4: (True, "d180"),
    5: (True, "d270"),
    6: (False, "d90"),
    7: (True, "d90"),
    8: (False, "d270"),
}
_TURNS: dict[float, str] = {90: "d90", 180: "d180", 270: "d270"}


def crop(image: pyvips.Image, step: Crop) -> pyvips.Image:
    """Keep one box."""
    return image.crop(step.x, step.y, step.width, step.height)


def resize(image: pyvips.Image, step: Resize) -> pyvips.Image:
    """Scale to an exact size, with the Lanczos filter downwards and the bicubic one upwards."""
    if (image.width, image.height) == (step.width, step.height):
        return image
    return mixed(image, lambda picture: _enlarged(_reduced(picture, step), step))


def _reduced(image: pyvips.Image, step: Resize) -> pyvips.Image:
    """Smaller. Below a sixteenth libvips averages whole blocks first: its filter has an end."""
    horizontal, vertical = max(1, image.width / step.width), max(1, image.height / step.height)
    if vertical > 1:
        image = image.reducev(vertical, gap=8)
    return image.reduceh(horizontal, gap=8) if horizontal > 1 else image


def _enlarged(image: pyvips.Image, step: Resize) -> pyvips.Image:
    """Larger, with the centres of pixels in their place: libvips' own enlarging moves them by half a pixel."""
    horizontal, vertical = step.width / image.width, step.height / image.height
    if horizontal == vertical == 1:
        return image
    return image.copy_memory().affine(
        [horizontal, 0, 0, vertical],
        interpolate=pyvips.Interpolate.new("bicubic"),
        oarea=[0, 0, step.width, step.height],
        idx=0.5,
        idy=0.5,
        odx=-0.5,
        ody=-0.5,
        extend="copy",
    )


def mixed(image: pyvips.Image, change: Change) -> pyvips.Image:
    """Do what mixes neighbouring pixels, so that transparent ones give no colour to the others."""
    kind, interpretation = image.format, image.interpretation
    if not image.hasalpha():
        changed = change(image)
        if changed.format == kind:
            return changed
        return changed.rint().cast(kind).copy(interpretation=interpretation)
    return change(image.premultiply()).unpremultiply().rint().cast(kind).copy(interpretation=interpretation)


def orient(image: pyvips.Image, step: Orient) -> pyvips.Image:
    """Apply an EXIF orientation."""
    mirrored, turn = _ORIENTATIONS[step.orientation]
    image = image.fliphor() if mirrored else image
    return image.rot(turn)


def smart_crop(image: pyvips.Image, step: SmartCrop) -> pyvips.Image:
    """Keep the box of this size that draws the eye: edges, skin and saturated colours."""
    return image.smartcrop(step.width, step.height, interesting="attention")


def trimmed(image: pyvips.Image, step: Trim) -> Crop:
    """What is left without edges of one colour, by default that of the corner; all, of a picture of one colour."""
    flat = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
    colour = list(bytes.fromhex(step.colour)) if step.colour else flat(0, 0)
    tiny = min(image.width, image.height) < 3  # too small for the look at neighbours that leaves noise out
    left, top, width, height = flat.find_trim(
        background=colour, threshold=step.tolerance * 2.55 or 0.5, line_art=tiny
    )
    return Crop(left, top, width, height) if width and height else Crop(0, 0, image.width, image.height)


def _gaussian(image: pyvips.Image, deviation: float) -> pyvips.Image:
    """With whole numbers, or cut where libvips would cut it, the filter is several grey values wrong."""
    return image.gaussblur(deviation, min_ampl=0.02, precision="float")


def blurred(image: pyvips.Image, deviation: float) -> pyvips.Image:
    """Gaussian blur; wide ones are done on a smaller picture, where they look the same and take a fraction."""
    shrink = max(1, int(deviation / 8))
    if deviation < 0.2:
        return image
    if shrink == 1:
        return mixed(image, lambda picture: _gaussian(picture, deviation))
    size = Resize(image.width, image.height)
    small = resize(image, Resize(max(1, image.width // shrink), max(1, image.height // shrink)))
    return resize(mixed(small, lambda picture: _gaussian(picture, deviation / shrink)), size)


def flip(image: pyvips.Image, step: Flip) -> pyvips.Image:
    """Mirror the picture."""
    return image.fliphor() if step.horizontal else image.flipver()


def rotate(image: pyvips.Image, step: Rotate) -> pyvips.Image:
    """Turn clockwise; by other than right angles, the new corners are transparent."""
    if step.degrees in _TURNS:
        return image.rot(_TURNS[step.degrees])
    if not image.hasalpha():
        image = image.bandjoin(255)
    turned = mixed(image, lambda picture: picture.rotate(step.degrees, background=[0, 0, 0, 0]))
    return turned.gravity("centre", step.width, step.height, extend="background", background=[0, 0, 0, 0])


def round_corners(image: pyvips.Image, step: RoundCorners) -> pyvips.Image:
    """Make the corners transparent, with smooth edges."""
    mask = _mask(image.width, image.height, step)
    if image.hasalpha():
        alpha = (image[image.bands - 1] * mask / 255).rint().cast("uchar")
        return image[: image.bands - 1].bandjoin(alpha)
    return image.bandjoin(mask)


def round_border(image: pyvips.Image, step: RoundBorder) -> pyvips.Image:
    """Put a larger shape of the same kind round the picture; what is clear in the picture stays so."""
    width, height = image.width + 2 * step.width, image.height + 2 * step.width
    radii = tuple(radius + step.width if radius else 0 for radius in step.radii)
    outer = RoundCorners((radii[0], radii[1], radii[2], radii[3]), step.ellipse)
    sheet = (
        (pyvips.Image.black(width, height, bands=4) + list(step.colour))
        .cast("uchar")
        .copy(interpretation="srgb")
    )
    frame = _hollow(round_corners(sheet, outer), image, step)
    return frame.composite2(image, "over", x=step.width, y=step.width).cast("uchar")


def _hollow(frame: pyvips.Image, image: pyvips.Image, step: RoundBorder) -> pyvips.Image:
    """The frame without what the picture covers, but for the last pixel at its edge, so that no gap shows there."""
    width, height = image.width - 2, image.height - 2
    if min(width, height) < 1:
        return frame
    radii = tuple(max(0.0, radius - 1) for radius in step.radii)
    inner = _mask(width, height, RoundCorners((radii[0], radii[1], radii[2], radii[3]), step.ellipse))
    hole = inner.embed(step.width + 1, step.width + 1, frame.width, frame.height)
    return frame[:3].bandjoin((frame[3] * (255 - hole) / 255).rint().cast("uchar"))


def _mask(width: int, height: int, step: RoundCorners) -> pyvips.Image:
    """255 inside, 0 outside, in between where the edge passes through a pixel."""
    positions = pyvips.Image.xyz(width, height) + 0.5
    across, down = positions[0], positions[1]
    if step.ellipse:
        return _ellipse(across - width / 2, down - height / 2, width / 2, height / 2)
    longest = min(width, height) / 2
    mask = (positions[0] * 0 + 255).cast("uchar")
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    for (x, y), wanted in zip(corners, step.radii, strict=True):
        radius = min(wanted, longest)
        if radius > 0:
            centre_x, centre_y = abs(x - radius), abs(y - radius)
            in_corner = ((across - x).abs() < radius) & ((down - y).abs() < radius)
            mask = in_corner.ifthenelse(_ellipse(across - centre_x, down - centre_y, radius, radius), mask)
    return mask


def _ellipse(x: pyvips.Image, y: pyvips.Image, radius_x: float, radius_y: float) -> pyvips.Image:
    """Coverage of an ellipse round the origin: distance from its edge in pixels, cut to half a pixel each way."""
    distance = ((x / radius_x) ** 2 + (y / radius_y) ** 2) ** 0.5
    return (((1 - distance) * min(radius_x, radius_y) + 0.5) * 255).rint().cast("uchar")


OPERATIONS: Operations = {
    Crop: crop,
    SmartCrop: smart_crop,
    Resize: resize,
    Orient: orient,
    Flip: flip,
    Rotate: rotate,
    RoundCorners: round_corners,
    RoundBorder: round_border,
}
