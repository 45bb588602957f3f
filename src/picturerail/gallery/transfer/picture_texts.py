"""What a picture file says about itself: XMP, IPTC and EXIF inside it."""

import re
from pathlib import Path

from PIL import Image, IptcImagePlugin, UnidentifiedImageError

from picturerail.gallery.transfer.galleries.model import joined
from picturerail.gallery.transfer.told import Told, in_xmp

_IMAGE_DESCRIPTION = 0x010E
_TITLE, _CAPTION, _KEYWORDS = (2, 5), (2, 120), (2, 25)
# what cameras and scanners write where a person would describe the picture
_BY_MACHINE = re.compile(
    r"(?i)(olympus|sony|konica|minolta|samsung|kodak|digital|still|dsc|camera|exif|jpeg|picture|default|untitled|\W)*"
    r"|dcim[\\/].*|cof|oznor|mde|edf|dav|[a-z]?hdr|sdr"  # paths of drones, words of telephones
)


def in_picture(path: Path, filename: str = "") -> Told:
    """What is embedded: XMP, else IPTC, else EXIF. Only heads are read; no pixel is decoded.

    `filename` is what the picture is called, which some programs write as its title.
    """
    try:
        with Image.open(path) as image:
            xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or ""
            iptc = IptcImagePlugin.getiptcinfo(image) or {}
            described = image.getexif().get(_IMAGE_DESCRIPTION, "")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, KeyError):
        return Told()
    packet = xmp.decode("utf-8", "replace") if isinstance(xmp, bytes) else str(xmp)
    title, caption = (next(iter(_texts(iptc.get(record))), "") for record in (_TITLE, _CAPTION))
    written = Told(joined(title, caption, filename), tuple(_texts(iptc.get(_KEYWORDS))))
    found = in_xmp(packet, filename).or_else(written)
    exif = str(described).strip("\0 ")
    return found.or_else(Told("" if _BY_MACHINE.fullmatch(exif) else exif))


def _texts(values: object) -> list[str]:
    """IPTC gives one value or a list of them, in UTF-8 or an old code page."""
    listed = values if isinstance(values, list) else [values]
    return [_decoded(each) for each in listed if isinstance(each, bytes) and each.strip(b"\0 ")]


def _decoded(value: bytes) -> str:
    try:
        return value.decode().strip("\0 ")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace").strip("\0 ")
