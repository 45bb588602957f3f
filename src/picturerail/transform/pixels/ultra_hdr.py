"""The gain map of an Ultra HDR JPEG: taken out of its file, led through the steps of the picture, put into the answer.

Why, and which steps: `planning/gain_map.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from picturerail.transform.pixels.operations import OPERATIONS, geometry
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning import gain_map
from picturerail.transform.steps import Resize, Step

IMAGE = "gainmap"  # the names that libvips has for it
_DATA, _PREFIX = "gainmap-data", "gainmap-"
# bytes that decoding a map takes: one as large as the picture, of the largest cameras
MAX_MAP = 100 * 1024 * 1024
_HELD = 3  # times a map's bytes that are held while one of several scans is decoded
MAX_HEAD = 256 * 1024  # bytes of a file in which it says that it has a map: behind EXIF, which has 64 KB
_MARKS = (b"urn:iso:std:iso:ts:21496:-1", b"http://ns.adobe.com/hdr-gain-map/1.0/")


@dataclass(frozen=True)
class GainMap:
    """The map, how many times wider the picture is, and how its values are meant."""

    image: pyvips.Image
    scale: float
    fields: tuple[tuple[str, int, Any], ...]


def is_there(path: Path) -> bool:
    """Whether a JPEG has a map, by what the heads of both say; only one that says so is looked at more closely."""
    with path.open("rb") as file:
        head = file.read(MAX_HEAD)
    if not any(mark in head for mark in _MARKS):
        return False
    try:
        return _opened(path) is not None
    except pyvips.Error:
        return False


def read(path: Path) -> GainMap | None:
    """The map, decoded; None where it is damaged, or has more points than the picture, or than is decoded."""
    try:
        if (opened := _opened(path)) is None:
            return None
        picture, image = opened
        names = [name for name in picture.get_fields() if name.startswith(_PREFIX) and name != _DATA]
        fields = tuple((name, picture.get_typeof(name), picture.get(name)) for name in names)
        return GainMap(image.copy_memory(), picture.width / image.width, fields)
    except pyvips.Error:
        return None


def _opened(path: Path) -> tuple[pyvips.Image, pyvips.Image] | None:
    """The picture and its map, of which nothing is decoded yet; None for a map that is none, or too large."""
    picture = pyvips.Image.uhdrload(str(path))
    image = pyvips.Image.jpegload_buffer(picture.get(_DATA))
    larger = image.width > picture.width or image.height > picture.height
    held = _HELD if image.get_typeof("interlaced") and image.get("interlaced") else 1
    too_much = image.width * image.height * image.bands * held > MAX_MAP
    return None if larger or too_much or image.bands not in (1, 3) else (picture, image)


def led(found: GainMap, opened: pyvips.Image, steps: Sequence[Step]) -> pyvips.Image:
    """The map after the steps of the picture that was opened, as large as that: no edge of it is rounded on the way."""
    image = found.image
    if not (steps and isinstance(steps[0], Resize)):  # that brings all of the map to its size as well
        image = geometry.resize(image, Resize(opened.width, opened.height))
    for step in steps:
        if gain_map.is_moving(step):
            image = OPERATIONS[type(step)](image if step.streamed else image.copy_memory(), step)
    return image


def put(picture: pyvips.Image, found: GainMap, image: pyvips.Image) -> pyvips.Image:
    """The picture with its map, which is made as much smaller as it was."""
    size = Resize(max(1, round(picture.width / found.scale)), max(1, round(picture.height / found.scale)))
    picture = picture.copy()
    for name, kind, value in found.fields:
        picture.set_type(kind, name, value)
    picture.set_type(pyvips.GValue.image_type, IMAGE, geometry.resize(image, size).copy_memory())
    return picture
