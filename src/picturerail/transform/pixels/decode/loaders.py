"""Opening of source pictures: told apart by their bytes, read by the one loader for that format.

libvips' own search for a loader is not used: what is accepted is this table and nothing else.
"""

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from picturerail import camera_raw, image_formats
from picturerail.errors import NotFound
from picturerail.transform.pixels import ultra_hdr
from picturerail.transform.pixels.decode import (
    colour_space,
    damage,
    foreign_files,
    gif,
    jpeg,
    pillow_loaders,
    svg,
    tiff,
)
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

_WHOLE = ("webp", "gif", "avif", "heic", "tiff", "bmp", "ico")
_ANIMATED = ("gif", "webp")
_BITS = {"uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32, "double": 64}


def libraw() -> ModuleType:
    """`libraw_loader`, loaded by name with the first camera raw picture that a worker meets: most never meet one."""
    return importlib.import_module("picturerail.transform.pixels.decode.libraw_loader")


def sniff(path: Path) -> str:
    """The format of a file by its first bytes; UnsupportedMedia for one that is not accepted."""
    try:
        with path.open("rb") as file:
            format_ = image_formats.sniff(file)
            file.seek(0)
            head = file.read(image_formats.MAX_HEAD)
    except FileNotFoundError:
        raise NotFound("The picture's file is not there.") from None
    if not format_:
        raise foreign_files.refusal(head, path.stat().st_size)
    return format_


def read_header(path: Path) -> SourceInfo:
    """What the header says; nothing is decoded. UnsupportedMedia when it cannot be read."""
    format_ = sniff(path)
    if format_ == "svg":
        return svg.read_header(path)
    if format_ in pillow_loaders.FORMATS:
        return pillow_loaders.read_header(path, format_)
    if format_ in camera_raw.FORMATS:
        info: SourceInfo = libraw().read_header(path, format_)
        return info
    if format_ == "tiff":
        foreign_files.check_raw(path)
        tiff.check(path)
    image = load(path, format_, frames=-1 if format_ in _ANIMATED else 1)
    info = _info(image, format_, path.stat().st_size)
    if format_ == "jpg":
        return replace(info, gain_map=ultra_hdr.is_there(path))
    return replace(info, pages=tiff.page_sizes(path)) if format_ == "tiff" else info


def _info(image: pyvips.Image, format_: str, size: int) -> SourceInfo:
    frames = _field(image, "n-pages", 1) if format_ in _ANIMATED else 1
    height = _field(image, "page-height", image.height) if format_ in _ANIMATED else image.height
    orientation = _field(image, "orientation", 1)
    orientation = orientation if 1 <= orientation <= 8 else 1
    width, height = (height, image.width) if orientation >= 5 else (image.width, height)
    return SourceInfo(
        format=format_,
        width=width,
        height=height,
        orientation=orientation,
        frames=frames,
        has_alpha=bool(image.hasalpha()),
        bands=image.bands,
        depth=_BITS.get(image.format, 64),
        icc=image.get_typeof("icc-profile-data") != 0,
        bytes=size,
        whole=format_ in _WHOLE
        or bool(_field(image, "jpeg-multiscan", 0))
        or bool(_field(image, "interlaced", 0)),
    )


def _field(image: pyvips.Image, name: str, default: int) -> int:
    return int(image.get(name)) if image.get_typeof(name) else default


def load(
    path: Path,
    format_: str,
    *,
    page: int = 0,
    frames: int = 1,
    shrink: int = 1,
    scale: float = 1.0,
    preview: bool = False,
    width: int = 0,
) -> pyvips.Image:
    """The picture as a stream from top to bottom, as stored, with a profile of the colours that its file speaks of.

    Of a camera raw picture the preview in it, or what is developed of it. UnsupportedMedia when its header is damaged.
    """
    if format_ == "svg":
        return svg.load(path, scale, width)
    if format_ in pillow_loaders.FORMATS:
        return colour_space.described(pillow_loaders.load(path, format_), path, format_)
    if format_ in camera_raw.FORMATS:
        return _of_raw(path, format_, shrink, preview=preview)
    try:
        image = _opened(path, format_, page, _options(format_, page, frames, shrink))
        return colour_space.described(image, path, format_)
    except pyvips.Error as error:
        raise damage.refusal(error) from error


def load_for_analysis(path: Path, info: SourceInfo) -> pyvips.Image:
    """The picture for a look at some hundred pixels: all of it, but for a camera raw picture, which takes seconds."""
    if info.format in camera_raw.FORMATS:
        return load(path, info.format, shrink=2, preview=bool(info.preview))
    return load(path, info.format)


def _of_raw(path: Path, format_: str, shrink: int, *, preview: bool) -> pyvips.Image:
    if not preview:
        return libraw().develop(path, format_, half=shrink > 1)
    return colour_space.described(libraw().load_preview(path, format_, shrink), path, "jpg")


def _opened(path: Path, format_: str, page: int, options: dict[str, Any]) -> pyvips.Image:
    strict = {"access": "sequential", "fail_on": "truncated"}
    if format_ == "tiff":
        return tiff.load(path, page, **strict)
    if format_ == "jpg" and (content := jpeg.completed(path)) is not None:
        return pyvips.Image.jpegload_buffer(content, **strict | {"fail_on": "warning"}, **options)
    if format_ == "gif" and (content := gif.with_clear_ground(path)) is not None:
        return pyvips.Image.gifload_buffer(content, **strict, **options)
    return _LOADERS[format_](str(path), **strict, **options)


def _options(format_: str, page: int, frames: int, shrink: int) -> dict[str, Any]:
    if format_ == "jpg":
        return {"shrink": shrink}
    if format_ == "webp":
        return {"page": page, "n": frames, "scale": 1 / shrink}
    return {"page": page, "n": frames} if format_ in _ANIMATED else {}


_LOADERS = {
    "jpg": pyvips.Image.jpegload,
    "png": pyvips.Image.pngload,
    "webp": pyvips.Image.webpload,
    "gif": pyvips.Image.gifload,
    "avif": pyvips.Image.heifload,
}
