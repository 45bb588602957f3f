"""EXIF of camera raw pictures: most are TIFFs themselves, CR3 has three of them in boxes, RAF has it in its preview.

What LibRaw tells of a lens is taken where EXIF has no name for it: many cameras write a number of their own.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeAlias

from PIL import ExifTags, Image

from picturerail.transform.pixels.decode import damage, heif_boxes, loaders

Fields: TypeAlias = Mapping[int, Any]

MAX_HEAD = 4 * 1024 * 1024  # bytes of an ORF or RW2, whose directories stand at the beginning
_AS_TIFF = {b"IIRO": b"II*\0", b"IIRS": b"II*\0", b"MMOR": b"MM\0*", b"IIU\0": b"II*\0"}
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")  # the box of Canon's in a CR3
# where and how the preview lies in the file, and how a DNG is developed, which starts at 50706
_LAYOUT = frozenset((*range(254, 270), 273, *range(277, 285), 330, 513, 514, *range(529, 533)))
_DNG, _CAMERA_NAME = 50706, 50708
_MAIN, _CAMERA, _PLACE = b"CMT1", b"CMT2", b"CMT4"


@dataclass(frozen=True)
class RawExif:
    """The fields of the picture, of the camera and of the place, by their tags."""

    main: Fields = field(default_factory=dict)
    camera: Fields = field(default_factory=dict)
    place: Fields = field(default_factory=dict)


def read(path: Path, image_format: str) -> RawExif:
    """What the camera wrote; nothing where that cannot be read, as these bytes come from anywhere."""
    try:
        found = _own(path, image_format)
        if not found.camera and (preview := loaders.libraw().preview_bytes(path)):
            with Image.open(io.BytesIO(preview), formats=["JPEG"]) as picture:
                found = _fields(picture.getexif())
    except damage.ERRORS:
        return RawExif()
    if ExifTags.Base.LensModel not in found.camera and (lens := loaders.libraw().lens(path)):
        return RawExif(found.main, {**found.camera, ExifTags.Base.LensModel: lens}, found.place)
    return found


def _own(path: Path, image_format: str) -> RawExif:
    if image_format == "raf":
        return RawExif()
    if image_format == "cr3":
        return _of_boxes(path)
    with path.open("rb") as file:
        return _fields(_directory(_as_tiff(file)))


def _of_boxes(path: Path) -> RawExif:
    boxes = heif_boxes.boxes(heif_boxes.top_box(path, b"moov"))
    own = next((body[16:] for kind, body in boxes if kind == b"uuid" and body.startswith(_CANON)), b"")
    kinds = (_MAIN, _CAMERA, _PLACE)
    parts = [(kind, body) for kind, body in heif_boxes.boxes(own) if kind in kinds]
    found = {kind: dict(_directory(io.BytesIO(body))) for kind, body in parts}
    return RawExif(*(found.get(kind, {}) for kind in kinds))


def _as_tiff(file: IO[bytes]) -> IO[bytes]:
    """The file, or its beginning with the head of a TIFF in place of its maker's own."""
    own = file.read(4)
    file.seek(0)
    return io.BytesIO(_AS_TIFF[own] + file.read(MAX_HEAD)[4:]) if own in _AS_TIFF else file


def _directory(file: IO[bytes]) -> Image.Exif:
    exif = Image.Exif()
    exif.load_from_fp(file)
    return exif


def _fields(exif: Image.Exif) -> RawExif:
    """Read while the file is open: a directory is read when it is asked for."""
    main = {
        tag: value
        for tag, value in exif.items()
        if tag not in _LAYOUT and (tag < _DNG or tag == _CAMERA_NAME)
    }
    return RawExif(main, exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo))
