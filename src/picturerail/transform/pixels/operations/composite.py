"""Putting a layer on a picture, behind it, or into it."""

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.geometry.sizes import place
from picturerail.transform.steps import Overlay

_BLENDS = {"over": "over", "multiply": "multiply", "screen": "screen", "overlay": "overlay"}


def put(image: pyvips.Image, layer: pyvips.Image, step: Overlay) -> tuple[pyvips.Image, int, int]:
    """The picture with its layer, and where it lies now on a canvas that may have grown."""
    layer = layer if layer.hasalpha() else layer.bandjoin(255)
    if step.tiled:
        layer = _tiled(layer, image)
    left, top = place(
        Size(image.width, image.height), Size(layer.width, layer.height), step.gravity, step.x, step.y
    )
    if step.inside and not _inside(image, layer, left, top):
        raise BadRequest(
            "The text stands over the edge of the picture, which fl_text_disallow_overflow forbids."
        )
    x, y = (max(0, -left), max(0, -top)) if step.grows else (0, 0)
    if step.grows:
        image, left, top = _grown(image, layer, left, top)
    return _mixed(image, layer, left, top, step.mode), x, y


def _mixed(image: pyvips.Image, layer: pyvips.Image, left: int, top: int, mode: str) -> pyvips.Image:
    if mode in ("cutter", "mask"):
        return _cut(image, layer, left, top, by_brightness=mode == "mask")
    if mode == "under":
        return _under(image, layer, left, top)
    opaque = not image.hasalpha()
    mixed = image.composite2(layer, _BLENDS[mode], x=left, y=top).cast("uchar")
    return mixed[:3] if opaque else mixed


def _inside(image: pyvips.Image, layer: pyvips.Image, left: int, top: int) -> bool:
    return bool(
        min(left, top) >= 0 and left + layer.width <= image.width and top + layer.height <= image.height
    )


def _tiled(layer: pyvips.Image, image: pyvips.Image) -> pyvips.Image:
    across, down = -(-image.width // layer.width), -(-image.height // layer.height)
    return layer.replicate(across, down).crop(0, 0, image.width, image.height)


def _grown(image: pyvips.Image, layer: pyvips.Image, left: int, top: int) -> tuple[pyvips.Image, int, int]:
    x, y = max(0, -left), max(0, -top)
    width = max(image.width, left + layer.width) + x
    height = max(image.height, top + layer.height) + y
    if (width, height) == (image.width, image.height):
        return image, left, top
    image = image if image.hasalpha() else image.bandjoin(255)
    clear = [0, 0, 0, 0]
    return image.embed(x, y, width, height, extend="background", background=clear), left + x, top + y


def _on_canvas(image: pyvips.Image, layer: pyvips.Image, left: int, top: int) -> pyvips.Image:
    """What can be seen of the layer, on a clear canvas of the picture's size."""
    first_x, first_y = max(0, -left), max(0, -top)
    width = min(layer.width, image.width - left) - first_x
    height = min(layer.height, image.height - top) - first_y
    if width <= 0 or height <= 0:
        return pyvips.Image.black(image.width, image.height, bands=4).copy(interpretation="srgb")
    seen = layer.crop(first_x, first_y, width, height)
    clear = {"extend": "background", "background": [0, 0, 0, 0]}
    return seen.embed(max(0, left), max(0, top), image.width, image.height, **clear)


def _under(image: pyvips.Image, layer: pyvips.Image, left: int, top: int) -> pyvips.Image:
    image = image if image.hasalpha() else image.bandjoin(255)
    return _on_canvas(image, layer, left, top).composite2(image, "over").cast("uchar")


def _cut(
    image: pyvips.Image, layer: pyvips.Image, left: int, top: int, *, by_brightness: bool
) -> pyvips.Image:
    """Keep of the picture what the layer covers, or what is bright in it."""
    canvas = _on_canvas(image, layer, left, top)
    kept = canvas[3]
    if by_brightness:
        kept = canvas.flatten(background=[0, 0, 0]).colourspace("b-w")[0]
    image = image if image.hasalpha() else image.bandjoin(255)
    return image[:3].bandjoin((image[3] * kept / 255).rint().cast("uchar"))
