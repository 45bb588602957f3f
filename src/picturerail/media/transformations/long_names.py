"""A transformation in the long names of Cloudinary's SDKs: c_scale,w_102 is {"crop": "scale", "width": 102}. Pure."""

import re
from typing import Any

from picturerail.media.transformations import suffix

LONG_NAMES = {
    "a": "angle",
    "ar": "aspect_ratio",
    "b": "background",
    "bo": "border",
    "c": "crop",
    "co": "color",
    "cs": "color_space",
    "d": "default_image",
    "dn": "density",
    "dpr": "dpr",
    "e": "effect",
    "f": "fetch_format",
    "fl": "flags",
    "g": "gravity",
    "h": "height",
    "if": "if",
    "l": "overlay",
    "o": "opacity",
    "pg": "page",
    "q": "quality",
    "r": "radius",
    "sp": "streaming_profile",
    "t": "transformation",
    "u": "underlay",
    "vc": "video_codec",
    "br": "bit_rate",
    "ac": "audio_codec",
    "w": "width",
    "x": "x",
    "y": "y",
    "z": "zoom",
}

_SHORT_NAMES = {long: short for short, long in LONG_NAMES.items()}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def in_long_names(text: str) -> list[dict[str, str | int | float]]:
    """One mapping for each component, whole numbers as int, decimals as float; and one for the format behind it."""
    head, extension = suffix.split(text)
    told = [_component(segment) for segment in head.split("/") if segment]
    return told if extension is None else [*told, {"extension": extension or "none"}]


def from_long_names(components: list[dict[str, Any]]) -> str:
    """The transformation that such mappings tell of, as another cloud answers it: the inverse of `in_long_names`."""
    texts = (",".join(_short(name, value) for name, value in each.items()) for each in components)
    return "/".join(text for text in texts if text)


def _short(name: str, value: Any) -> str:  # noqa: ANN401
    text = ".".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if name == "raw_transformation" else f"{_SHORT_NAMES.get(name, name)}_{text}"


def _component(segment: str) -> dict[str, str | int | float]:
    pairs = (part.partition("_") for part in segment.split(","))
    return {LONG_NAMES.get(key, key): _value(value) for key, _, value in pairs}


def _value(text: str) -> str | int | float:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)
