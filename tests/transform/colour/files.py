"""Makers of files of one colour that say in different ways what their numbers mean."""

import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, TiffImagePlugin

PIXEL = (120, 180, 90)
SIZE = (32, 32)
# Chromaticities of white, red, green and blue.
SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
ADOBE = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
DISPLAY_P3 = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)


def plain(pixel: Sequence[int] = PIXEL) -> Image.Image:
    return Image.new({1: "L", 3: "RGB"}[len(pixel)], SIZE, tuple(pixel) if len(pixel) > 1 else pixel[0])


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(path: Path, chunks: Sequence[tuple[bytes, bytes]], pixel: Sequence[int] = PIXEL) -> Path:
    """A PNG with chunks of its own behind the header."""
    file = io.BytesIO()
    plain(pixel).save(file, "PNG")
    data = file.getvalue()
    own = b"".join(chunk(*each) for each in chunks)
    path.write_bytes(data[:33] + own + data[33:])
    return path


def cicp(primaries: int, transfer: int) -> tuple[bytes, bytes]:
    return b"cICP", bytes((primaries, transfer, 0, 1))


def gama(gamma: float) -> tuple[bytes, bytes]:
    return b"gAMA", round(gamma * 100000).to_bytes(4)


def chrm(places: Sequence[float]) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(place * 100000) for place in places))


def avif(path: Path, primaries: int, transfer: int, pixel: Sequence[int] = PIXEL) -> Path:
    """An AVIF whose nclx box says this."""
    plain(pixel).save(path, quality=100, subsampling="4:4:4")
    data = path.read_bytes()
    at = data.index(b"colrnclx") + 8
    path.write_bytes(data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :])
    return path


def heic(
    path: Path, primaries: int, transfer: int, pixel: Sequence[int] = PIXEL, exif: bytes | None = None
) -> Path:
    """A HEIC whose nclx box says this."""
    heif = pillow_heif.from_pillow(plain(pixel))
    heif.save(path, quality=-1, chroma=444, save_nclx_profile=True, exif=exif)
    data = path.read_bytes()
    at = data.index(b"colrnclx") + 8
    path.write_bytes(data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :])
    return path


def exif(colour_space: int, interoperability: str = "") -> bytes:
    """An EXIF block of a camera: ColorSpace, and R98 or R03 in the interoperability directory."""
    block = Image.Exif()
    block[0x010F] = "Camera"
    room = block.get_ifd(0x8769)
    room[0xA001] = colour_space
    if interoperability:
        block.get_ifd(0xA005)[1] = interoperability
        room[0xA005] = {1: interoperability}
    return block.tobytes()


def with_exif(
    path: Path, colour_space: int, interoperability: str = "", pixel: Sequence[int] = PIXEL
) -> Path:
    options: dict[str, Any] = {"quality": 100, "subsampling": 0} if path.suffix == ".jpg" else {}
    plain(pixel).save(path, exif=exif(colour_space, interoperability), **options)
    return path


def tiff(
    path: Path, places: Sequence[float], gamma: float | None = None, pixel: Sequence[int] = PIXEL
) -> Path:
    """A TIFF with WhitePoint and PrimaryChromaticities, and a TransferFunction."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, values in ((318, places[:2]), (319, places[2:])):
        tags[tag] = tuple(TiffImagePlugin.IFDRational(round(value * 100000), 100000) for value in values)
        tags.tagtype[tag] = 5
    if gamma is not None:
        table = np.rint((np.arange(256) / 255) ** gamma * 65535).astype(int)
        tags[301] = tuple(int(value) for value in np.tile(table, 3))
        tags.tagtype[301] = 3
    plain(pixel).save(path, tiffinfo=tags)
    return path
