"""Writing the answer: one function for each format, metadata left out, moved to its place when it is complete."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from picturerail.errors import BadRequest, Unavailable
from picturerail.transform.pixels import pillow_writers, quality, ultra_hdr
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.encoding import Encoding

WHITE = [255, 255, 255]
_ALPHA_FLAG = 0x10
INCH = 25.4  # millimetres, of which libvips counts the pixels


def write(image: pyvips.Image, encoding: Encoding, target: Path, *, profile: Path | None = None) -> int:
    """Encode, write to a temporary file beside the target, and move it there; the bytes written.

    `profile` is the file of a profile to whose colours the picture is converted.
    """
    image = _timed(_unoriented(image), encoding)
    if encoding.density:
        image = image.copy(xres=encoding.density / INCH, yres=encoding.density / INCH)
    if encoding.format in quality.LOSSY:
        image = _without_hidden(image)
        image = image.copy_memory() if encoding.auto else image
        encoding = replace(encoding, quality=quality.chosen(image, encoding))
    content = _ENCODERS[encoding.format](_coloured(image, encoding, profile), encoding)
    try:
        _put(content, target)
    except OSError as error:
        raise Unavailable(f"The picture cannot be written: {error.strerror}.", retry_after=10) from error
    return len(content)


def _without_hidden(image: pyvips.Image) -> pyvips.Image:
    """The picture with black where it is wholly clear: lossy encoders mix what lies there into what is seen."""
    return image & (image[image.bands - 1] != 0) if image.hasalpha() else image


def _timed(image: pyvips.Image, encoding: Encoding) -> pyvips.Image:
    """The animation with the delays and repetitions that are asked for."""
    if not image.get_typeof("page-height") or (not encoding.delay and encoding.loop < 0):
        return image
    image, frames = image.copy(), image.height // image.get("page-height")
    if encoding.delay:
        image.set_type(pyvips.GValue.array_int_type, "delay", [encoding.delay] * frames)
    if encoding.loop >= 0:
        image.set_type(pyvips.GValue.gint_type, "loop", encoding.loop)
    return image


def _coloured(image: pyvips.Image, encoding: Encoding, profile: Path | None) -> pyvips.Image:
    """The picture in the colours that the file is to have: sRGB, four inks, or those of a profile."""
    if not encoding.inks and profile is None:
        return image
    image = image.flatten(background=WHITE) if image.hasalpha() and encoding.inks else image
    try:
        wanted = str(profile) if profile else "cmyk"
        return image.icc_transform(wanted, input_profile="srgb", intent="relative", depth=8).copy_memory()
    except pyvips.Error as error:
        raise BadRequest(
            "The file that cs_icc names is no ICC profile to which a picture could be converted."
        ) from error


def _profile(encoding: Encoding) -> dict[str, str]:
    return {"profile": "srgb"} if encoding.profile and not (encoding.inks or encoding.icc) else {}


def _unoriented(image: pyvips.Image) -> pyvips.Image:
    """Forget the orientation flag, which is applied or ignored by now; AVIF's encoder would write it even so."""
    if image.get_typeof("orientation") == 0:
        return image
    image = image.copy()
    image.remove("orientation")
    return image


def _put(content: bytes, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _kept(encoding: Encoding) -> str:
    """What metadata goes into the file: of a picture that has attribution, there is nothing else to go."""
    kept = ["exif|iptc"] if encoding.attribution else []
    kept += ["icc"] if encoding.profile or encoding.inks or encoding.icc else []
    return "|".join(kept) or "none"


def _jpg(image: pyvips.Image, encoding: Encoding) -> bytes:
    image = image.flatten(background=WHITE) if image.hasalpha() else image
    if image.get_typeof(ultra_hdr.IMAGE):
        return _ultra_hdr(image, encoding)
    content: bytes = image.jpegsave_buffer(
        Q=encoding.quality,
        optimize_coding=True,
        interlace=encoding.progressive,
        subsample_mode=_subsampling(encoding),
        keep=_kept(encoding),
        **_profile(encoding),
    )
    return _with_density(content, encoding.density) if encoding.density else content


def _ultra_hdr(image: pyvips.Image, encoding: Encoding) -> bytes:
    """A JPEG with a gain map behind it. libvips 8.18 takes no options for it, and libultrahdr says that it is sRGB."""
    kept = f"gainmap|{_kept(encoding)}" if encoding.attribution else "gainmap"
    content: bytes = image.uhdrsave_buffer(Q=encoding.quality, keep=kept)
    return content


def _with_density(jpeg: bytes, density: int) -> bytes:
    """The file with a JFIF header, which libvips leaves out: version 1.1, dots per inch, no small picture."""
    both = 2 * density.to_bytes(2)
    return jpeg[:2] + b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x01" + both + bytes(2) + jpeg[2:]


def _subsampling(encoding: Encoding) -> str:
    return {"444": "off", "420": "on"}.get(encoding.chroma, "auto")


def _png(image: pyvips.Image, encoding: Encoding) -> bytes:
    if encoding.animated and image.get_typeof("page-height"):
        return pillow_writers.moving_png(image, encoding)
    options: dict[str, Any] = {"palette": True, "Q": encoding.quality} if encoding.palette else {}
    content: bytes = image.pngsave_buffer(
        compression=6, interlace=encoding.progressive, keep=_kept(encoding), **_profile(encoding), **options
    )
    return content


def _webp(image: pyvips.Image, encoding: Encoding) -> bytes:
    content: bytes = image.webpsave_buffer(
        Q=encoding.quality,
        smart_subsample=encoding.chroma == "444",
        effort=3 if encoding.animated else 4,  # frames are many: the last percent would take too long
        keep=_kept(encoding),
        **_profile(encoding),
    )
    return _with_alpha_flag(content) if encoding.animated else content


def _with_alpha_flag(webp: bytes) -> bytes:
    """The file with the flag of transparency in its head when any frame has some: libwebp looks at the first alone."""
    if webp[12:16] != b"VP8X" or webp[20] & _ALPHA_FLAG:
        return webp
    frames = (body[16:] for kind, body in _chunks(webp[12:]) if kind == b"ANMF")
    if not any(_is_clear(kind, body) for frame in frames for kind, body in _chunks(frame)):
        return webp
    return webp[:20] + bytes([webp[20] | _ALPHA_FLAG]) + webp[21:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _is_clear(kind: bytes, body: bytes) -> bool:
    """Whether a chunk of a frame speaks of transparency: a plane of its own, or the bit in a lossless picture."""
    return kind == b"ALPH" or (kind == b"VP8L" and bool(body[4] & 0x10))


def _avif_effort(pixels: int) -> int:
    """Less effort for larger pictures, so that who asks first need not wait: about half a second of work at most.

    Measured at 800 x 600: effort 4 takes 1.4 s, 3 takes 0.3 s for 2 % more bytes, 1 takes 0.1 s for 6 % and
    0 takes 0.03 s for 13 %, which still is less than WebP needs.
    """
    return 3 if pixels <= 1_000_000 else 1 if pixels <= 4_000_000 else 0


def _avif(image: pyvips.Image, encoding: Encoding) -> bytes:
    if image.get_typeof("page-height"):
        return pillow_writers.moving_avif(image, encoding)
    content: bytes = image.heifsave_buffer(
        Q=encoding.quality,
        compression="av1",
        effort=_avif_effort(image.width * image.height),
        subsample_mode=_subsampling(encoding),
        keep=_kept(encoding),
        **_profile(encoding),
    )
    return content


def _gif(image: pyvips.Image, encoding: Encoding) -> bytes:
    content: bytes = image.gifsave_buffer(effort=3, keep=_kept(encoding))
    return content


def _tiff(image: pyvips.Image, encoding: Encoding) -> bytes:
    content: bytes = image.tiffsave_buffer(
        compression="lzw", predictor="horizontal", keep=_kept(encoding), **_profile(encoding)
    )
    return content


_ENCODERS: dict[str, Callable[[pyvips.Image, Encoding], bytes]] = {
    "jpg": _jpg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
    "tiff": _tiff,
    "bmp": pillow_writers.bmp,
    "ico": pillow_writers.ico,
}
