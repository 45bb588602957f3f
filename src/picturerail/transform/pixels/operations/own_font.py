"""Fonts that people keep as raw files, for texts: made known to the text renderer under a name that nobody else has.

A font is found by the family that its file tells, and that may be the family of another file, or of one that the
machine has. So its table of names is replaced by one with the hash of the file in it.
"""

import hashlib
import os
import struct
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

from picturerail.errors import BadRequest
from picturerail.transform.pixels.vips import pyvips

MAX_BYTES = 20 * 1024 * 1024
_KINDS = (b"\0\1\0\0", b"true", b"OTTO")  # of TrueType, on Macs, and of OpenType
_PACKED = (b"wOFF", b"wOF2")
_FAMILY, _STYLE, _WHOLE, _POSTSCRIPT = 1, 2, 4, 6  # https://learn.microsoft.com/typography/opentype/spec/name
_WINDOWS = (3, 1, 0x409)  # platform, encoding and language
_LOADED: set[str] = set()


def family_of(path: Path) -> str:
    """The family under which the text renderer knows this font from now on; BadRequest for what is none."""
    if path.stat().st_size > MAX_BYTES:
        raise BadRequest(f"A font may have {MAX_BYTES:,} bytes.")
    data = path.read_bytes()
    if data[:4] in _PACKED:
        raise BadRequest(
            "The font is packed for browsers (.woff or .woff2); upload the .ttf or .otf that it was made of."
        )
    return _known(data) if data[:4] in _KINDS else _refused()


def _refused() -> str:
    raise BadRequest(
        "The font is not one that texts can be drawn in; fonts are TrueType (.ttf) or OpenType (.otf)."
    )


def _known(data: bytes) -> str:
    family = f"own{hashlib.sha256(data).hexdigest()[:24]}"
    if family in _LOADED:
        return family
    try:
        renamed = _renamed(data, family)
        ImageFont.truetype(BytesIO(renamed))
    except (struct.error, ValueError, OSError):
        return _refused()
    handle = os.memfd_create(family)  # stays open: letters are read from it when they are drawn
    with os.fdopen(handle, "wb", closefd=False) as file:
        file.write(renamed)
    pyvips.Image.text("A", font=family, fontfile=f"/proc/self/fd/{handle}")
    _LOADED.add(family)
    return family


def _renamed(data: bytes, family: str) -> bytes:
    """The font with a table of names of its own, behind all others."""
    (tables,) = struct.unpack_from(">H", data, 4)
    for number in range(tables):
        entry = 12 + 16 * number
        if data[entry : entry + 4] == b"name":
            names = _names(family)
            made = bytearray(data.ljust(len(data) + -len(data) % 4, b"\0"))
            struct.pack_into(">3I", made, entry + 4, 0, len(made), len(names))
            return bytes(made + names)
    raise ValueError("no table of names")


def _names(family: str) -> bytes:
    texts = {_FAMILY: family, _STYLE: "Regular", _WHOLE: family, _POSTSCRIPT: family}
    records, letters = b"", b""
    for kind, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", *_WINDOWS, kind, len(encoded), len(letters))
        letters += encoded
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + letters
