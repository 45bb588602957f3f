"""Makers of test pictures, by Pillow and numpy: nothing of our own pipeline has a hand in them."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms
from skimage import data

_PNG = b"\x89PNG\r\n\x1a\n"
QUADRANTS = {"nw": (255, 0, 0), "ne": (0, 255, 0), "sw": (0, 0, 255), "se": (255, 255, 0)}


def quadrants(width: int = 120, height: int = 80) -> Image.Image:
    """Red, green, blue and yellow quarters: any turn, flip or cut can be told from the corners."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = QUADRANTS["nw"]
    pixels[: height // 2, width // 2 :] = QUADRANTS["ne"]
    pixels[height // 2 :, : width // 2] = QUADRANTS["sw"]
    pixels[height // 2 :, width // 2 :] = QUADRANTS["se"]
    return Image.fromarray(pixels)


def photo(name: str = "cat", size: tuple[int, int] | None = None) -> Image.Image:
    """A photograph with a free licence that comes with scikit-image: cat, astronaut, coffee, rocket ..."""
    picture = Image.fromarray(np.asarray(getattr(data, {"cat": "chelsea"}.get(name, name))()))
    return picture.resize(size, Image.Resampling.LANCZOS) if size else picture


def gradient(width: int = 256, height: int = 64, bits: int = 8) -> NDArray[Any]:
    """Grey from black at the left to white at the right."""
    top = 2**bits - 1
    row = np.linspace(0, top, width)
    return np.tile(row, (height, 1)).astype(np.uint16 if bits == 16 else np.uint8)


def saved(picture: Image.Image, path: Path, **options: Any) -> Path:
    """Write a picture; the format follows from the name."""
    picture.save(path, **options)
    return path


def oriented(picture: Image.Image, path: Path, orientation: int) -> Path:
    """Write a JPEG with an orientation flag and no other change."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(picture, path, exif=exif, quality=95, subsampling=0)


def animation(path: Path, delays: list[int], size: tuple[int, int] = (60, 40)) -> Path:
    """Frames of different greys with these delays in milliseconds, repeated three times."""
    frames = [Image.new("RGB", size, (40 * i % 256, 255 - 40 * i % 256, 99)) for i in range(len(delays))]
    options: dict[str, Any] = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=delays, loop=3, **options)
    return path


def swapped_profile() -> bytes:
    """An ICC profile far from sRGB: its red and green primaries are exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    entries = {bytes(profile[at : at + 4]): at + 4 for at in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile)


def png16_rgba(width: int, height: int, pixel: tuple[int, int, int, int]) -> bytes:
    """A PNG of one colour with 16 bits a channel and alpha, which Pillow cannot write."""
    rows = (b"\0" + struct.pack(">4H", *pixel) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return _PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def png_header(
    width: int, height: int, *, depth: int = 8, colour: int = 2, interlaced: bool = False
) -> bytes:
    """A PNG that says it is huge, with hardly any data."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pixels_of(path: Path, mode: str = "RGB") -> NDArray[Any]:
    """The pixels of a file as Pillow reads them."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert(mode)).astype(int)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a picture in a format of Pillow's."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(picture: Image.Image) -> bytes:
    """The bytes of a HEIC file, as a telephone writes it."""
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture).save(buffer, format="HEIF", quality=95, chroma=444)
    return buffer.getvalue()
