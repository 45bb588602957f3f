"""Camera raw pictures, read by LibRaw: the preview that the camera put in, or the picture developed from the mosaic.

Everything here is as stored, before it is turned. What is developed is sRGB, with the camera's white balance and
brightened until a hundredth of the pixels is white, as cameras do about.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import rawpy

from picturerail.errors import PicturerailError, TooLarge, UnsupportedMedia
from picturerail.transform.pixels.decode import damage
from picturerail.transform.pixels.decode.foreign_files import RAW
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

# by which the sides' ratio of a preview may differ: LibRaw shows some pixels more at the edges
SAME_SHAPE = 0.02
UNDEVELOPED = (
    "The file is a camera's raw picture ({}) of a kind that cannot be developed here, without a preview that shows all "
    "of it; send the JPEG that the camera, or a program for raw pictures, makes of it."
)

_SRGB_GAMMA = (2.4, 12.92)
# LibRaw's `flip` (bits: rows and columns change places, upside down, mirrored) as an orientation of EXIF
_ORIENTATIONS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
_TURNED_BACK = {6: "d270", 8: "d90"}
_UNKNOWN = (rawpy.LibRawFileUnsupportedError, rawpy.LibRawNotImplementedError)
_TOO_LARGE = (
    rawpy.LibRawUnsufficientMemoryError,
    rawpy.LibRawTooBigError,
    rawpy.LibRawMemPoolOverflowError,
)
_CUT_OFF = (rawpy.LibRawIOError, rawpy.LibRawDataError)


def read_header(path: Path, format_: str) -> SourceInfo:
    """What the header says, and how large the preview is that shows all of it; nothing is decoded."""
    try:
        with rawpy.imread(str(path)) as raw:
            sizes, preview = raw.sizes, _preview(raw, 1)
    except rawpy.LibRawError as error:
        raise _refusal(error, format_) from error
    stored, orientation = (sizes.width, sizes.height), _ORIENTATIONS.get(sizes.flip, 1)
    width, height = stored[::-1] if orientation >= 5 else stored
    return SourceInfo(
        format=format_,
        width=width,
        height=height,
        orientation=orientation,
        preview=() if preview is None else (preview.width, preview.height),
        bytes=path.stat().st_size,
        whole=True,
    )


def verified(path: Path, info: SourceInfo) -> SourceInfo:
    """The header of a file whose mosaic is whole; of one that is packed in a way unknown here, that of its preview.

    UnsupportedMedia when it ends too early, or when neither can be shown.
    """
    try:
        with rawpy.imread(str(path)) as raw:
            raw.unpack()
    except _UNKNOWN as error:
        if not info.preview:
            raise UnsupportedMedia(UNDEVELOPED.format(info.format.upper())) from error
    except rawpy.LibRawError as error:
        raise _refusal(error, info.format) from error
    else:
        return info
    width, height = info.preview[::-1] if info.orientation >= 5 else info.preview
    return replace(info, width=width, height=height, preview_only=True)


def load_preview(path: Path, format_: str, shrink: int) -> pyvips.Image:
    """The preview, so many times smaller: 1, 2, 4 or 8."""
    try:
        with rawpy.imread(str(path)) as raw:
            image = _preview(raw, shrink)
    except rawpy.LibRawError as error:
        raise _refusal(error, format_) from error
    if image is None:
        raise UnsupportedMedia(UNDEVELOPED.format(format_.upper()))
    return image


def develop(path: Path, format_: str, *, half: bool) -> pyvips.Image:
    """The picture from the mosaic; at half its width and height, four of its points make one, which is far faster."""
    try:
        with rawpy.imread(str(path)) as raw:
            stored = raw.sizes.width  # before LibRaw halves what it tells
            pixels = raw.postprocess(use_camera_wb=True, half_size=half, user_flip=0, gamma=_SRGB_GAMMA)
            whole = pixels.shape[1] > stored // 2 + 1  # what is no mosaic is not halved by LibRaw
    except rawpy.LibRawError as error:
        raise _refusal(error, format_) from error
    height, width, bands = (*pixels.shape, 1)[:3]
    image = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels).data, width, height, bands, "uchar")
    image = image.copy(interpretation="srgb" if bands >= 3 else "b-w")
    return image.shrink(2, 2) if half and whole else image


def preview_bytes(path: Path) -> bytes:
    """The file of the preview, if it is a JPEG, whatever it shows; empty for none."""
    try:
        with rawpy.imread(str(path)) as raw:
            found = raw.extract_thumb()
    except rawpy.LibRawError:
        return b""
    return found.data if isinstance(found.data, bytes) else b""


def lens(path: Path) -> str:
    """The name of the lens, which LibRaw knows for many numbers that cameras write; "" for none."""
    try:
        with rawpy.imread(str(path)) as raw:
            return str(raw.lens.model)
    except rawpy.LibRawError:
        return ""


def _preview(raw: rawpy.RawPy, shrink: int) -> pyvips.Image | None:
    """The largest preview, as stored; None for one that shows another part of the picture, or has black borders."""
    try:
        found = raw.extract_thumb()
        image = _opened(found, 1)
    except (rawpy.LibRawError, pyvips.Error):
        return None
    stored = (raw.sizes.width, raw.sizes.height)
    if _is_alike((image.width, image.height), stored):
        return _opened(found, shrink)
    orientation = _ORIENTATIONS.get(raw.sizes.flip, 1)
    # it is upright already
    if orientation in _TURNED_BACK and _is_alike((image.height, image.width), stored):
        return _opened(found, shrink).copy_memory().rot(_TURNED_BACK[orientation])
    return None


def _opened(found: rawpy.Thumbnail, shrink: int) -> pyvips.Image:
    """A preview is read as far as it goes: many cameras leave out the mark at its end."""
    if isinstance(found.data, bytes):
        return pyvips.Image.jpegload_buffer(found.data, shrink=shrink, access="sequential", fail_on="error")
    height, width, bands = found.data.shape
    image = pyvips.Image.new_from_memory(found.data.tobytes(), width, height, bands, "uchar")
    return image.copy(interpretation="srgb").shrink(shrink, shrink)


def _is_alike(preview: tuple[int, int], stored: tuple[int, int]) -> bool:
    """Whether both have sides of the same ratio, and the preview not more pixels than there are."""
    (across, down), (width, height) = preview, stored
    ratio = across * height / max(1, down * width)
    return abs(ratio - 1) <= SAME_SHAPE and across <= width * (1 + SAME_SHAPE)


def _refusal(error: rawpy.LibRawError, format_: str) -> PicturerailError:
    if isinstance(error, _UNKNOWN):
        return UnsupportedMedia(RAW.format(format_.upper()))
    if isinstance(error, _TOO_LARGE):
        return TooLarge("The picture needs more memory than one picture may have.")
    return damage.cut_off() if isinstance(error, _CUT_OFF) else damage.refusal(error)
