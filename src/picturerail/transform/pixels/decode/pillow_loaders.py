"""What libvips cannot do here: HEIC by libheif, BMP and ICO by Pillow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
from PIL import Image
from PIL.IcoImagePlugin import IcoFile

from picturerail.transform.pixels.decode import damage
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

FORMATS = ("heic", "bmp", "ico")

Image.MAX_IMAGE_PIXELS = None  # our own limits refuse in a sentence, before anything is decoded
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False

_BANDS = {"RGB": 3, "RGBA": 4, "L": 1, "LA": 2}


def read_header(path: Path, format_: str) -> SourceInfo:
    """What the header says; UnsupportedMedia when it cannot be read."""
    try:
        return _heic_header(path) if format_ == "heic" else _pillow_header(path, format_)
    except damage.ERRORS as error:
        raise damage.refusal(error) from error


def load(path: Path, format_: str) -> pyvips.Image:
    """The decoded picture; UnsupportedMedia when it is damaged."""
    try:
        return _load_heic(path) if format_ == "heic" else _load_by_pillow(path, format_)
    except damage.ERRORS as error:
        raise damage.refusal(error) from error


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


@contextmanager
def _opened(path: Path, format_: str) -> Iterator[Image.Image]:
    """The picture, not decoded yet; of an icon its largest one, whose own header says how large it really is."""
    with path.open("rb") as file:
        yield IcoFile(file).frame(0) if format_ == "ico" else Image.open(file, formats=[format_.upper()])


def _pillow_header(path: Path, format_: str) -> SourceInfo:
    with _opened(path, format_) as picture:
        alpha = picture.mode in ("RGBA", "LA") or "transparency" in picture.info
        width, height = picture.size
    return SourceInfo(
        format=format_,
        width=width,
        height=height,
        has_alpha=alpha,
        bands=4 if alpha else 3,
        bytes=path.stat().st_size,
        whole=True,
    )


def _load_by_pillow(path: Path, format_: str) -> pyvips.Image:
    with _opened(path, format_) as opened:
        alpha = opened.mode in ("RGBA", "LA") or "transparency" in opened.info
        picture = opened.convert("RGBA" if alpha else "RGB")
    image = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, len(picture.mode), "uchar")
    return _tagged(image, None)
