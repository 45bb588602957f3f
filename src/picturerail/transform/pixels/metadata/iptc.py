"""Who made a picture and whose it is (fl_keep_iptc): only these fields go on into what is made of it.

They are taken out one by one and put onto a picture without metadata, so nothing else can come along: no place,
no camera, no serial number, no small picture inside.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

from picturerail import camera_raw
from picturerail.transform.pixels.decode import damage
from picturerail.transform.pixels.metadata import photoshop, raw_exif
from picturerail.transform.pixels.vips import pyvips

MAX_FIELD_BYTES = 2000  # bytes of one field: all of them together must fit into one segment of a JPEG
MAX_IPTC_FIELDS = 20  # fields of IPTC

_EXIF = (ExifTags.Base.Artist, ExifTags.Base.Copyright)
# Record and number of IPTC fields: character set, by-line and its title, credit, source, copyright notice.
_IPTC = ((1, 90), (2, 80), (2, 85), (2, 110), (2, 115), (2, 116))

_IPTC_BLOCK = 0x0404


@dataclass(frozen=True)
class Attribution:
    """The fields as they are written into a file; empty where the picture has none."""

    exif: bytes
    iptc: bytes


def read(path: Path, image_format: str, image: pyvips.Image) -> Attribution:
    """The fields of the picture that was opened from `path`."""
    if image_format == "heic":  # libvips gets no more than its pixels
        return Attribution(_exif(pillow_heif.open_heif(path).info.get("exif") or b""), b"")
    if image_format in camera_raw.FORMATS:
        return Attribution(_block(raw_exif.read(path, image_format).main), b"")
    return Attribution(_exif(_blob(image, "exif-data")), _iptc(_blob(image, "iptc-data")))


def put(image: pyvips.Image, attribution: Attribution) -> pyvips.Image:
    """The picture with these fields and no other."""
    image = image.copy()
    for name in image.get_fields():
        if name.startswith(("exif-", "iptc-", "xmp-", "photoshop-", "jpeg-thumbnail-")):
            image.remove(name)
    if attribution.exif:
        _put_exif(image, attribution.exif)
    if attribution.iptc:
        image.set_type(pyvips.GValue.blob_type, "iptc-data", attribution.iptc)
    return image


def _blob(image: pyvips.Image, name: str) -> bytes:
    return bytes(image.get(name)) if image.get_typeof(name) else b""


def _exif(blob: bytes) -> bytes:
    exif = Image.Exif()
    try:
        exif.load(blob)
        return _block(exif)
    except damage.ERRORS:
        return b""


def _block(found: Mapping[int, Any]) -> bytes:
    kept = Image.Exif()
    for tag in _EXIF:
        text = found.get(tag)
        if isinstance(text, str) and text:
            # the bytes of the file, whatever they spell
            kept[tag] = text.encode("latin-1", "replace")[:MAX_FIELD_BYTES]
    return kept.tobytes() if kept else b""


def _put_exif(image: pyvips.Image, exif: bytes) -> None:
    """Put on the block and its fields as libvips spells them, which it tells when it opens a picture that has them."""
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "JPEG", exif=exif)
    carrier = pyvips.Image.jpegload_buffer(file.getvalue())
    for name in carrier.get_fields():
        if name.startswith("exif-"):
            image.set_type(carrier.get_typeof(name), name, carrier.get(name))


def _iptc(blob: bytes) -> bytes:
    block = _iptc_block(blob) if blob.startswith(photoshop.SIGNATURE) else blob
    kept = b"".join(field for _, field in zip(range(MAX_IPTC_FIELDS), _attributing(block), strict=False))
    if not kept:
        return b""
    padding = bytes(len(kept) % 2)
    head = photoshop.SIGNATURE + photoshop.BLOCK + _IPTC_BLOCK.to_bytes(2)
    return head + bytes(2) + len(kept).to_bytes(4) + kept + padding


def _iptc_block(blob: bytes) -> bytes:
    return next((content for kind, content in photoshop.blocks(blob) if kind == _IPTC_BLOCK), b"")


def _attributing(block: bytes) -> Iterator[bytes]:
    """The fields to be kept, each with its head: a mark, record and number, and the length in two bytes."""
    at = 0
    while block[at : at + 1] == b"\x1c" and at + 5 <= len(block):
        end = at + 5 + int.from_bytes(block[at + 3 : at + 5])
        if (block[at + 1], block[at + 2]) in _IPTC and end <= min(len(block), at + MAX_FIELD_BYTES):
            yield block[at:end]
        at = end
