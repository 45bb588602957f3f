"""What libvips cannot do here, done by others: HEIC by libheif, BMP by Pillow, and a look at TIFF directories."""

import struct
from pathlib import Path

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from picturerail.errors import UnsupportedMedia
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

FORMATS = ("heic", "bmp")

Image.MAX_IMAGE_PIXELS = None  # our own limits refuse in a sentence, before anything is decoded
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False

_ERRORS = (
    ValueError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
    struct.error,
    TypeError,
    KeyError,
    IndexError,
)
_PARTS = ((273, 279), (324, 325))  # TIFF tags of offsets and lengths: of strips, of tiles
_BANDS = {"RGB": 3, "RGBA": 4, "L": 1, "LA": 2}


def read_header(path: Path, format_: str) -> SourceInfo:
    """What the header says; UnsupportedMedia when it cannot be read."""
    try:
        return _heic_header(path) if format_ == "heic" else _bmp_header(path)
    except _ERRORS as error:
        raise _damaged(error) from error


def load(path: Path, format_: str) -> pyvips.Image:
    """The decoded picture; UnsupportedMedia when it is damaged."""
    try:
        return _load_heic(path) if format_ == "heic" else _load_bmp(path)
    except _ERRORS as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> UnsupportedMedia:
    return UnsupportedMedia(f"The picture is damaged or incomplete ({error}).")


def _heic_header(path: Path) -> SourceInfo:
    """Libheif turns the picture by itself, so the orientation flag is spent."""
    picture = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
    return SourceInfo(
        format="heic",
        width=picture.size[0],
        height=picture.size[1],
        has_alpha=picture.has_alpha,
        bands=4 if picture.has_alpha else 3,
        icc="icc_profile" in picture.info,
        bytes=path.stat().st_size,
        whole=True,
    )


def _load_heic(path: Path) -> pyvips.Image:
    picture = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
    width, height = picture.size
    bands = _BANDS[picture.mode]
    data, across = picture.data, picture.stride
    if across % bands:  # rows are padded by a part of a pixel
        rows = pyvips.Image.new_from_memory(data, across, height, 1, "uchar")
        across = width * bands
        data = rows.crop(0, 0, across, height).write_to_memory()
    image = pyvips.Image.new_from_memory(data, across // bands, height, bands, "uchar")
    return _tagged(image.crop(0, 0, width, height), picture.info.get("icc_profile"))


def _tagged(image: pyvips.Image, profile: bytes | None) -> pyvips.Image:
    image = image.copy(interpretation="srgb" if image.bands >= 3 else "b-w")
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _bmp_header(path: Path) -> SourceInfo:
    with Image.open(path, formats=["BMP"]) as picture:
        alpha = picture.mode == "RGBA"
        width, height = picture.size
    return SourceInfo(
        format="bmp",
        width=width,
        height=height,
        has_alpha=alpha,
        bands=4 if alpha else 3,
        bytes=path.stat().st_size,
        whole=True,
    )


def _load_bmp(path: Path) -> pyvips.Image:
    with Image.open(path, formats=["BMP"]) as opened:
        picture = opened.convert("RGBA" if opened.mode == "RGBA" else "RGB")
    image = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, len(picture.mode), "uchar")
    return _tagged(image, None)


def check_tiff(path: Path) -> None:
    """Refuse a TIFF whose pixels lie beyond its end: libtiff would fill them with what it has."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            head += file.read(8) if 43 in (head[2], head[3]) else b""  # BigTIFF
            directory = ImageFileDirectory_v2(head)
            file.seek(directory.next)
            directory.load(file)
            parts = [(directory.get(at, ()), directory.get(length, ())) for at, length in _PARTS]
            end = max((at + length for part in parts for at, length in zip(*part, strict=False)), default=0)
    except _ERRORS as error:
        raise _damaged(error) from error
    if end > path.stat().st_size:
        raise _damaged(EOFError("the file ends before its pixels"))
