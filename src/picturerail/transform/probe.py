"""What is known about a source picture, and the limits that are checked before anything is decoded.

Only numbers and words: the reading is done in `pixels`, by image workers.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from picturerail.errors import TooLarge

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The largest picture that is decoded. Small files can hold huge pictures, so bytes are counted decoded."""

    max_side: int = 16384
    max_pixels: int = 120_000_000
    max_frames: int = 1000
    max_decoded_bytes: int = 400 * MEGABYTE
    max_whole_bytes: int = 160 * MEGABYTE  # for decoders that must hold a whole frame in memory at once


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
    whole: bool = False  # the decoder holds a whole frame in memory: interlaced, WebP, GIF, AVIF, HEIC

    @property
    def decoded_bytes(self) -> int:
        """Bytes of one decoded frame."""
        return self.width * self.height * self.bands * max(1, self.depth // 8)

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same value."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The value that `to_json` described; unknown keys are left out, so that older code reads newer records."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


def check(info: SourceInfo, limits: Limits) -> None:
    """Raise TooLarge, with a sentence that names the limit, for a picture that must not be decoded."""
    size = f"The picture is {info.width} x {info.height} pixels"
    if max(info.width, info.height) > limits.max_side:
        raise TooLarge(f"{size}; no side may be longer than {limits.max_side}.")
    if info.width * info.height > limits.max_pixels:
        raise TooLarge(f"{size}; it may have {limits.max_pixels:,} pixels at most.")
    if info.frames > limits.max_frames:
        raise TooLarge(f"The picture has {info.frames} frames; it may have {limits.max_frames} at most.")
    if info.decoded_bytes * info.frames > limits.max_decoded_bytes:
        raise TooLarge(
            f"{_memory(size, info)} in all; {limits.max_decoded_bytes // MEGABYTE} MB is the limit."
        )
    if info.whole and info.decoded_bytes > limits.max_whole_bytes:
        raise TooLarge(
            f"{_memory(size, info)} at once in this kind of file; {limits.max_whole_bytes // MEGABYTE} MB is the "
            "limit. A baseline JPEG or a PNG that is not interlaced may be larger."
        )


def _memory(size: str, info: SourceInfo) -> str:
    frames = f" in {info.frames} frames" if info.frames > 1 else ""
    return f"{size}{frames} and needs {info.decoded_bytes * info.frames // MEGABYTE} MB of memory"


@dataclass(frozen=True)
class Facts:
    """What one complete decode of an upload gave."""

    info: SourceInfo
    thumbhash: str  # base64, https://evanw.github.io/thumbhash/
    colors: tuple[tuple[str, float], ...]  # ("#RRGGBB", percent), most frequent first
    predominant: tuple[tuple[str, float], ...]  # (name of a basic colour, percent), most frequent first
    phash: str  # 16 hex digits: pictures that look alike differ in few bits
    transparent: bool  # some pixel is not opaque

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same value."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The value that `to_json` described."""
        pairs = {key: tuple((name, share) for name, share in data[key]) for key in ("colors", "predominant")}
        return cls(**{**data, **pairs, "info": SourceInfo.from_json(data["info"])})
