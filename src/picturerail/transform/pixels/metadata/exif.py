"""What the camera wrote into a picture (EXIF), as it stands there and as people read it; for the owner's eyes only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pillow_heif
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from picturerail import camera_raw
from picturerail.transform.pixels.decode import damage, loaders
from picturerail.transform.pixels.metadata import raw_exif
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import Limits, SourceInfo, check

Told: TypeAlias = dict[str, str]
# fields by their tags, and the tags' names
Rooms: TypeAlias = list[tuple[Mapping[int, Any], Mapping[int, str]]]

MAX_VALUES = 200  # values
MAX_VALUE_LENGTH = 500  # characters of one
_COLOURS = {"b-w": "Gray", "grey16": "Gray", "cmyk": "CMYK"}
_UNTOLD = ("ExifOffset", "GPSInfo", "MakerNote", "PrintImageMatching", "ExifInteroperabilityOffset")


def read(path: Path, limits: Limits) -> dict[str, Told]:
    """`exif`, as it is written (1/60), and `image_metadata`, as people read it; GPS among both."""
    info = loaders.read_header(path)
    check(info, limits)
    return read_known(path, info)


def read_known(path: Path, info: SourceInfo) -> dict[str, Told]:
    """The same of a picture whose header has been read and checked."""
    if info.format in camera_raw.FORMATS:
        rooms, told = _raw(path, info.format)
    else:
        blob, told = _heic(path) if info.format == "heic" else _other(path, info.format)
        rooms = _rooms(blob)
    found = dict(zip(range(MAX_VALUES), _values(rooms), strict=False)).values()
    written = {name: _written(value) for name, value in found}
    read_ = {name: _read(name, value) for name, value in found} | _places(dict(found))
    return {"exif": _safe(written), "image_metadata": _safe(told | read_)}


def _heic(path: Path) -> tuple[bytes, Told]:
    return pillow_heif.open_heif(path).info.get("exif") or b"", {"Colorspace": "RGB"}


def _other(path: Path, image_format: str) -> tuple[bytes, Told]:
    try:
        image = loaders.load(path, image_format)
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    blob = bytes(image.get("exif-data")) if image.get_typeof("exif-data") else b""
    colours = _COLOURS.get(str(image.interpretation), "RGB")
    return blob, {"Colorspace": colours, "DPI": f"{image.xres * 25.4:.0f}"}


def _raw(path: Path, image_format: str) -> tuple[Rooms, Told]:
    found = raw_exif.read(path, image_format)
    rooms: Rooms = [(found.main, ExifTags.TAGS), (found.camera, ExifTags.TAGS)]
    return [*rooms, (found.place, ExifTags.GPSTAGS)], {"Colorspace": "RGB"}


def _rooms(blob: bytes) -> Rooms:
    """What stands in each room of a block; what cannot be read is left out, as these bytes come from anywhere."""
    exif = Image.Exif()
    try:
        exif.load(blob)
        return [
            (dict(exif), ExifTags.TAGS),
            (exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS),
            (exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS),
        ]
    except damage.ERRORS:
        return []


def _values(rooms: Rooms) -> Iterator[tuple[str, Any]]:
    """Names and values of what is short enough to be told."""
    for values, names in rooms:
        for tag, value in values.items():
            name = names.get(tag, "")
            if name and name not in _UNTOLD and not (isinstance(value, bytes) and len(value) > 64):
                yield name, value


def _written(value: Any) -> str:  # noqa: ANN401 - whatever a file holds
    """A value as it stands in the file: fractions as n/d, several with commas."""
    if isinstance(value, IFDRational):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, bytes | tuple):
        return ", ".join(map(_written, value))
    return str(value)


def _read(name: str, value: Any) -> str:  # noqa: ANN401
    """A value as people read it."""
    if isinstance(value, IFDRational):
        number = float(value) if value.denominator else 0.0
        return f"1/{round(1 / number)}" if name == "ExposureTime" and 0 < number < 1 else f"{number:g}"
    if isinstance(value, bytes):
        text = value.rstrip(b"\0")
        return text.decode() if text.isalnum() else _written(value)
    if isinstance(value, tuple):
        return " ".join(_read("", part) for part in value)
    return str(value)


def _places(found: Mapping[str, Any]) -> Told:
    """Latitude and longitude in degrees, minutes and seconds."""
    told = {}
    for name in ("GPSLatitude", "GPSLongitude"):
        parts = found.get(name)
        if (
            isinstance(parts, tuple)
            and len(parts) == 3
            and all(getattr(part, "denominator", 1) for part in parts)
        ):
            total = sum(float(part) / 60**power for power, part in enumerate(parts))
            minutes, seconds = divmod(round(total * 3600, 2), 60)
            degrees, minutes = divmod(int(minutes), 60)
            told[name] = f"{degrees} deg {minutes}' {seconds:.2f}\" {found.get(f'{name}Ref', '')}".strip()
    return told


def _safe(told: Told) -> Told:
    return {
        name: "".join(letter if letter.isprintable() else " " for letter in text[:MAX_VALUE_LENGTH]).strip()
        for name, text in sorted(told.items())
    }
