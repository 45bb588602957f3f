"""Formats that libvips does not write here: BMP, ICO, and moving PNG and AVIF, by Pillow."""

import io
from typing import Any

from PIL import Image

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.encoding import Encoding, check_icon

AVIF_SPEED = 8  # of 10: frames are many
_WHITE = [255, 255, 255]


def bmp(image: pyvips.Image, encoding: Encoding) -> bytes:
    """24 bits a pixel, white behind what is transparent: few programs know more."""
    dots = {"dpi": (encoding.density, encoding.density)} if encoding.density else {}
    return _saved([_picture(image.flatten(background=_WHITE) if image.hasalpha() else image)], "BMP", **dots)


def ico(image: pyvips.Image, _encoding: Encoding) -> bytes:
    """One picture of at most 256 x 256."""
    check_icon(image.width, image.height)
    return _saved([_picture(image)], "ICO", sizes=[(image.width, image.height)])


def moving_png(image: pyvips.Image, _encoding: Encoding) -> bytes:
    """APNG, all frames with their delays."""
    return _saved(_frames(image), "PNG", save_all=True, default_image=False, disposal=1, **_timing(image))


def moving_avif(image: pyvips.Image, encoding: Encoding) -> bytes:
    """An AVIF of several frames. Its file has no place for how often it is repeated."""
    subsampling = "4:4:4" if encoding.chroma == "444" else "4:2:0"
    options = {"quality": encoding.quality, "speed": AVIF_SPEED, "subsampling": subsampling, "max_threads": 1}
    return _saved(_frames(image), "AVIF", save_all=True, duration=_timing(image)["duration"], **options)


def _timing(image: pyvips.Image) -> dict[str, Any]:
    count = image.height // image.get("page-height")
    delays = list(image.get("delay")) if image.get_typeof("delay") else []
    delays = [*delays, *[100] * count][:count]
    return {"duration": delays, "loop": int(image.get("loop")) if image.get_typeof("loop") else 0}


def _frames(image: pyvips.Image) -> list[Image.Image]:
    height = image.get("page-height")
    return [
        _picture(image.crop(0, number * height, image.width, height))
        for number in range(image.height // height)
    ]


def _picture(image: pyvips.Image) -> Image.Image:
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[image.bands]
    return Image.frombytes(mode, (image.width, image.height), image.write_to_memory())


def _saved(pictures: list[Image.Image], format_: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own
    file = io.BytesIO()
    more = {"append_images": pictures[1:]} if pictures[1:] else {}
    pictures[0].save(file, format_, **more, **options)
    return file.getvalue()
