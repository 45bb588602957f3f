"""LoadOptions of source pictures: told apart by their bytes, read by the one loader for that format.

libvips' own search for a loader is not used: what is accepted is this table and nothing else.
"""

from pathlib import Path
from typing import Any

from picturerail import image_formats
from picturerail.errors import NotFound, UnsupportedMedia
from picturerail.transform.pixels.decode import colour_space, pillow_loaders
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

ACCEPTED = "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP and ICO"
_WHOLE = ("webp", "gif", "avif", "heic", "tiff", "bmp", "ico")
_MAX_BANDS = 5
_ANIMATED = ("gif", "webp")
_BITS = {"uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32, "double": 64}


def sniff(path: Path) -> str:
    """The format of a file by its first bytes; UnsupportedMedia for one that is not accepted."""
    try:
        with path.open("rb") as file:
            head = file.read(image_formats.MAX_HEAD)
    except FileNotFoundError:
        raise NotFound("The picture's file is not there.") from None
    return image_formats.sniff(head) or _refuse(head)


def _refuse(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kind = "a PDF" if text.startswith(b"%pdf") else "an SVG drawing" if b"<svg" in text else ""
    raise UnsupportedMedia(
        f"The file is {kind or 'not a picture that can be read'}; {ACCEPTED} are accepted."
    )


def read_header(path: Path) -> SourceInfo:
    """What the header says; nothing is decoded. UnsupportedMedia when it cannot be read."""
    format_ = sniff(path)
    if format_ in pillow_loaders.FORMATS:
        return pillow_loaders.read_header(path, format_)
    if format_ == "tiff":
        pillow_loaders.check_tiff(path)
    image = load(path, format_, frames=-1 if format_ in _ANIMATED else 1)
    return _info(image, format_, path.stat().st_size)


def _info(image: pyvips.Image, format_: str, size: int) -> SourceInfo:
    if image.bands > _MAX_BANDS:
        raise UnsupportedMedia(
            f"The picture has {image.bands} channels; {_MAX_BANDS} can be shown: CMYK and transparency."
        )
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
        has_alpha=image.hasalpha(),
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


def load(path: Path, format_: str, *, page: int = 0, frames: int = 1, shrink: int = 1) -> pyvips.Image:
    """The picture as a stream from top to bottom, as stored, with a profile of the colours that its file speaks of.

    UnsupportedMedia when its header is damaged.
    """
    if format_ in pillow_loaders.FORMATS:
        return colour_space.described(pillow_loaders.load(path, format_), path, format_)
    try:
        image = _LOADERS[format_](
            str(path), access="sequential", fail_on="truncated", **_options(format_, page, frames, shrink)
        )
        return colour_space.described(image, path, format_)
    except pyvips.Error as error:
        raise damaged(error) from error


def _options(format_: str, page: int, frames: int, shrink: int) -> dict[str, Any]:
    if format_ == "jpg":
        return {"shrink": shrink}
    if format_ == "webp":
        return {"page": page, "n": frames, "scale": 1 / shrink}
    return {"page": page, "n": frames} if format_ in _ANIMATED else {}


def damaged(error: pyvips.Error) -> UnsupportedMedia:
    """The refusal of a picture that libvips cannot read; its own words are kept to one line."""
    lines = [line.strip() for line in str(error.detail).splitlines() if line.strip()]
    return UnsupportedMedia(f"The picture is damaged or incomplete ({lines[-1] if lines else 'unreadable'}).")


_LOADERS = {
    "jpg": pyvips.Image.jpegload,
    "png": pyvips.Image.pngload,
    "webp": pyvips.Image.webpload,
    "gif": pyvips.Image.gifload,
    "avif": pyvips.Image.heifload,
    "tiff": pyvips.Image.tiffload,
}
