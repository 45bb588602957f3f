"""What a file says of its colours beside an ICC profile: PNG's chunks, nclx boxes, EXIF, TIFF's tags.

Whatever it is becomes a profile of the opened picture, so that one conversion heeds them all. A file that says
nothing, or nothing that can be understood, is sRGB.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

from picturerail.transform.pixels.decode import cicp, damage, heif_boxes, icc
from picturerail.transform.pixels.vips import pyvips

PROFILE = "icc-profile-data"
ADOBE_RGB: icc.Chromaticities = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
_ADOBE_GAMMA = 563 / 256
_USUAL_GAMMA = (0.44, 0.47)  # written for sRGB by many a program, and read as sRGB by browsers
MAX_CHUNKS = 200
_WHITE_POINT, _PRIMARY_CHROMATICITIES, _TRANSFER_FUNCTION = 318, 319, 301


def described(image: pyvips.Image, path: Path, format_: str) -> pyvips.Image:
    """The picture with a profile that says what its file says otherwise; one that has a profile stays as it is.

    A cICP chunk of a PNG wins over its profile, as https://www.w3.org/TR/png-3/ has it.
    """
    embedded = image.get_typeof(PROFILE) != 0
    if format_ not in ("png", "avif", "heic", "tiff") and embedded:
        return image
    if image.interpretation in ("cmyk", "lab", "labs"):
        return image
    grey = image.bands < 3
    profile = _said(path, format_, image, grey=grey, embedded=embedded)
    if profile is None:
        return image
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    return image


def _said(path: Path, format_: str, image: pyvips.Image, *, grey: bool, embedded: bool) -> bytes | None:
    if format_ == "png":
        return _png(path, grey=grey, embedded=embedded) or _exif(image, grey=grey, embedded=embedded)
    if embedded:
        return None
    if format_ == "heic":
        return _heif(path, grey=grey) or (None if grey else _heic_camera(path))
    if format_ == "avif":
        return _heif(path, grey=grey) or _exif(image, grey=grey, embedded=embedded)
    if format_ == "tiff":
        return _tiff(path, grey=grey)
    return _exif(image, grey=grey, embedded=embedded)


def _png(path: Path, *, grey: bool, embedded: bool) -> bytes | None:
    chunks = dict(_chunks(path))
    if len(code := chunks.get(b"cICP", b"")) == 4 and code[0] != cicp.UNSPECIFIED:
        return cicp.profile(code[0], code[1], grey=grey)
    if embedded or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    gamma = int.from_bytes(chunks[b"gAMA"]) / 100_000
    usual = _USUAL_GAMMA[0] <= gamma <= _USUAL_GAMMA[1]
    places = _png_places(chunks.get(b"cHRM", b""))
    if not 0.05 <= gamma <= 5 or (usual and (grey or places == cicp.SRGB)):
        return None
    curve = cicp.SRGB_CURVE if usual else icc.gamma_curve(1 / gamma)
    return icc.grey_profile(curve) if grey else icc.rgb_profile(places, [curve])


def _png_places(body: bytes) -> icc.Chromaticities:
    if len(body) != 32:
        return cicp.SRGB
    places = tuple(number / 100_000 for number in struct.unpack(">8I", body))
    near = all(abs(one - other) < 0.002 for one, other in zip(places, cicp.SRGB, strict=True))
    return cicp.SRGB if near else places


def _chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG in front of its pixels; the contents of short ones only."""
    with path.open("rb") as file:
        file.seek(8)
        for _ in range(MAX_CHUNKS):
            head = file.read(8)
            length, kind = int.from_bytes(head[:4]), head[4:]
            if len(head) < 8 or kind == b"IDAT":
                return
            yield kind, file.read(length) if length <= 32 else b""
            file.seek((0 if length <= 32 else length) + 4, 1)


def _heif(path: Path, *, grey: bool) -> bytes | None:
    """BT.709's curve is read as that of sRGB, as browsers read it in these files."""
    if (code := heif_boxes.nclx(path)) is None:
        return None
    primaries, transfer = code
    transfer = cicp.SRGB_TRANSFER if transfer in cicp.VIDEO_TRANSFERS else transfer
    return cicp.profile(primaries, transfer, grey=grey)


def _heic_camera(path: Path) -> bytes | None:
    """What a camera says in a HEIC, of which the opened picture knows nothing."""
    try:
        tags = Image.Exif()
        tags.load(pillow_heif.open_heif(path).info.get("exif") or b"")
        space = tags.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        index = tags.get_ifd(ExifTags.IFD.Interop).get(1)
    except damage.ERRORS:
        return None
    return _camera(str(space), str(index).rstrip("\0"))


def _exif(image: pyvips.Image, *, grey: bool, embedded: bool) -> bytes | None:
    if grey or embedded:
        return None
    return _camera(_field(image, "exif-ifd2-ColorSpace"), _field(image, "exif-ifd4-InteroperabilityIndex"))


def _field(image: pyvips.Image, name: str) -> str:
    """The value of an EXIF field, in front of what libvips tells about it in brackets."""
    return str(image.get(name)).partition(" ")[0] if image.get_typeof(name) else ""


def _camera(space: str, interoperability: str) -> bytes | None:
    """What cameras write for Adobe RGB: 2, or "uncalibrated" and R03 (DCF 2.0)."""
    if space == "2" or (space == "65535" and interoperability == "R03"):
        return icc.rgb_profile(ADOBE_RGB, [icc.gamma_curve(_ADOBE_GAMMA)])
    return None


def _tiff(path: Path, *, grey: bool) -> bytes | None:
    """WhitePoint, PrimaryChromaticities and TransferFunction of TIFF 6.0, section 20, or what a camera says."""
    try:
        with path.open("rb") as file:
            tags = Image.Exif()
            tags.load_from_fp(file)
            white = tuple(float(value) for value in tags.get(_WHITE_POINT, cicp.SRGB[:2]))
            primaries = tuple(float(value) for value in tags.get(_PRIMARY_CHROMATICITIES, cicp.SRGB[2:]))
            table = tuple(int(value) for value in tags.get(_TRANSFER_FUNCTION, ()))
            space = tags.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
            index = tags.get_ifd(ExifTags.IFD.Interop).get(1)
    except (*damage.ERRORS, ZeroDivisionError):
        return None
    if _PRIMARY_CHROMATICITIES not in tags and not table:
        return None if grey else _camera(str(space), str(index).rstrip("\0"))
    curves = _tiff_curves(table, bands=1 if grey else 3)
    if grey:
        return icc.grey_profile(curves[0])
    return icc.rgb_profile((*white, *primaries), curves) if len(white) + len(primaries) == 8 else None


def _tiff_curves(table: tuple[int, ...], bands: int) -> list[bytes]:
    """One curve for all colours or one for each; those of a file without a table are of gamma 2.2."""
    count = len(table) // bands if len(table) % bands == 0 and len(table) > 256 else len(table)
    if count not in (256, 65536):
        return [icc.gamma_curve(2.2)]
    step = max(1, count // 4096)
    return [
        icc.sampled_curve([value / 65535 for value in table[at : at + count : step]])
        for at in range(0, len(table), count)
    ]
