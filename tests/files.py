"""Small picture files as bytes, the same each time."""

import io

import numpy as np
from PIL import Image

from tests.pictures import encoded


def scene(width: int, height: int, seed: int = 0) -> Image.Image:
    """A colourful picture in which every place looks different."""
    y, x = np.mgrid[0:height, 0:width]
    red = x * 255 // max(1, width - 1)
    green = y * 255 // max(1, height - 1)
    blue = (x // 8 + y // 8 + seed) % 2 * 255
    return Image.fromarray(np.dstack([red, green, blue]).astype(np.uint8))


def jpeg(width: int, height: int, seed: int = 0) -> bytes:
    """A JPEG file."""
    return encoded(scene(width, height, seed), "JPEG", quality=90)


def png(width: int, height: int, seed: int = 0) -> bytes:
    """A PNG file."""
    return encoded(scene(width, height, seed), "PNG")


def transparent_png(width: int, height: int) -> bytes:
    """A PNG file whose left half is transparent."""
    image = scene(width, height).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    return encoded(image, "PNG")


def animated_gif(width: int, height: int, frames: int) -> bytes:
    """A GIF file that moves."""
    first, *rest = (scene(width, height, seed).convert("P") for seed in range(frames))
    return encoded(first, "GIF", save_all=True, append_images=rest, duration=50, loop=0)


def opened(content: bytes) -> Image.Image:
    """What Pillow makes of a file."""
    return Image.open(io.BytesIO(content))
