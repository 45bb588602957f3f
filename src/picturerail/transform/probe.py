"""What is known about a source picture, and the limits that are checked before anything is decoded.

Only numbers and words: the reading is done in `pixels`, by image workers.
"""

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec

from picturerail import camera_raw
from picturerail.errors import TooLarge

MEGABYTE = 1024 * 1024


# What decoders that cannot stream hold in memory, in times of the decoded picture (measured at 48 megapixels).
_HELD = {
    "jpg": 1.5,
    "png": 1.2,
    "webp": 2.8,
    "gif": 2.0,
    "avif": 5.0,
    "heic": 2.2,
    "tiff": 1.0,
    "bmp": 3.0,
    "ico": 3.0,
    "svg": 3.0,
    # At half its size, which is the most that a large one is developed at (planning/load_options.py): its mosaic of
    # 16 bits, a quarter of the pixels with four samples of 16 bits, and the outcome. Whole, it holds 4.5 times.
    **dict.fromkeys(camera_raw.FORMATS, 1.7),
}


@dataclass(frozen=True)
class Limits:
    """The largest picture that is decoded. Small files can hold huge pictures: bytes are counted decoded."""

    max_side: int = 16384
    max_pixels: int = 120_000_000
    max_frames: int = 1000
    max_decoded_bytes: int = 400 * MEGABYTE
    max_working_bytes: int = 400 * MEGABYTE  # of decoders that cannot stream


@dataclass(frozen=True)
class SourceInfo:
    """What the header of a picture says. Width and height are as seen, after the orientation flag."""

    format: str
    width: int
    height: int
    orientation: int = 1
    frames: int = 1
    has_alpha: bool = False
    bands: int = 3
    depth: int = 8
    icc: bool = False
    bytes: int = 0
    pages: tuple[tuple[int, int], ...] = ()  # width and height of each, of a document of several
    preview: tuple[int, ...] = ()  # width and height, as stored, of the preview in a camera raw picture
    gain_map: bool = False  # an Ultra HDR JPEG: how much brighter each point may be shown
    preview_only: bool = False  # the mosaic is of a kind that cannot be developed here
    # the decoder cannot stream: interlaced PNG, progressive JPEG, WebP, GIF, AVIF, HEIC ...
    whole: bool = False

    @property
    def decoded_bytes(self) -> int:
        """Bytes of one decoded frame."""
        return self.width * self.height * self.bands * max(1, self.depth // 8)

    @property
    def working_bytes(self) -> int:
        """Memory that decoding takes when it cannot stream; an animated WebP is held with all its frames."""
        held = self.frames if self.format == "webp" else 1
        return int(self.decoded_bytes * held * _HELD.get(self.format, 5.0)) if self.whole else 0


def check(info: SourceInfo, limits: Limits) -> None:
    """Raise TooLarge, with a sentence that names the limit, for a picture that must not be decoded."""
    size = f"The picture is {info.width} x {info.height} pixels"
    for page in info.pages:
        if page != (info.width, info.height):
            check(dataclasses.replace(info, width=page[0], height=page[1], pages=()), limits)
    if max(info.width, info.height) > limits.max_side:
        raise TooLarge(f"{size}; no side may be longer than {limits.max_side}.")
    if info.width * info.height > limits.max_pixels:
        raise TooLarge(f"{size}; it may have {limits.max_pixels:,} pixels at most.")
    if info.frames > limits.max_frames:
        raise TooLarge(f"The picture has {info.frames} frames; it may have {limits.max_frames} at most.")
    _check_memory(info.decoded_bytes * info.frames, limits.max_decoded_bytes, size, "decoded")
    _check_memory(info.working_bytes, limits.max_working_bytes, size, "while this kind of file is decoded")


def _check_memory(needed: int, limit: int, size: str, when: str) -> None:
    if needed > limit:
        raise TooLarge(
            f"{size} and needs {needed // MEGABYTE} MB of memory {when}; {limit // MEGABYTE} MB is the limit."
        )


@dataclass(frozen=True)
class Facts:
    """What one complete decode of an upload gave; all but `info` is empty while nobody has looked at its pixels."""

    info: SourceInfo
    thumbhash: str  # base64, https://evanw.github.io/thumbhash/
    colors: tuple[tuple[str, float], ...]  # ("#RRGGBB", percent), most frequent first
    predominant: tuple[tuple[str, float], ...]  # (name of a basic colour, percent), most frequent first
    phash: str  # 16 hex digits: pictures that look alike differ in few bits
    transparent: bool  # some pixel is not opaque

    @property
    def is_looked_at(self) -> bool:
        """Whether its pixels have been looked at: of a file of an import they may be looked at later."""
        return bool(self.phash)

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `facts_from_json` makes the same value."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made


# Keys that it does not know are left out, so that older code reads newer records; older ones say 1 for true.
facts_from_json: Final = partial(msgspec.convert, type=Facts, strict=False)
