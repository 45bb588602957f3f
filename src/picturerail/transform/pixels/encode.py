"""Writing the answer: one function for each format, metadata left out, moved to its place when it is complete."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picturerail.transform.pixels import quality
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.encoding import Encoding

WHITE = [255, 255, 255]


def write(image: pyvips.Image, encoding: Encoding, target: Path) -> int:
    """Encode to a temporary file beside the target and move it there; the bytes written."""
    if encoding.auto and encoding.format in quality.LOSSY:
        image = image.copy_memory()
        encoding = quality.chosen(image, encoding)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _WRITERS[encoding.format](image, encoding, str(temporary))
        size = temporary.stat().st_size
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return size


def _jpg(image: pyvips.Image, encoding: Encoding, path: str) -> None:
    image = image.flatten(background=WHITE) if image.hasalpha() else image
    image.jpegsave(
        path,
        Q=encoding.quality,
        optimize_coding=True,
        interlace=encoding.progressive,
        subsample_mode=_subsampling(encoding),
        keep="none",
    )


def _subsampling(encoding: Encoding) -> str:
    return {"444": "off", "420": "on"}.get(encoding.chroma, "auto")


def _png(image: pyvips.Image, encoding: Encoding, path: str) -> None:
    options: dict[str, Any] = {"palette": True, "Q": encoding.quality} if encoding.palette else {}
    image.pngsave(path, compression=6, interlace=encoding.progressive, keep="none", **options)


def _webp(image: pyvips.Image, encoding: Encoding, path: str) -> None:
    image.webpsave(path, Q=encoding.quality, smart_subsample=encoding.chroma == "444", effort=4, keep="none")


def _avif(image: pyvips.Image, encoding: Encoding, path: str) -> None:
    image.heifsave(
        path,
        Q=quality.avif(encoding.quality),
        compression="av1",
        effort=3,
        subsample_mode=_subsampling(encoding),
        keep="none",
    )


def _gif(image: pyvips.Image, _encoding: Encoding, path: str) -> None:
    image.gifsave(path, effort=5, keep="none")


_WRITERS: dict[str, Callable[[pyvips.Image, Encoding, str], None]] = {
    "jpg": _jpg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
}
