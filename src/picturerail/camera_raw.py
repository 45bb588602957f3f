"""Camera raw pictures by their first bytes: those in containers of their own, and those that look like a TIFF. Pure."""

import struct
from collections.abc import Iterator
from typing import IO, Final

FORMATS: Final = ("dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2")
BEGINNINGS: Final = (  # CR3 is told by its brand, the others by the first directory of a TIFF
    (b"FUJIFILMCCD-RAW", "raf"),
    (b"IIRO", "orf"),
    (b"IIRS", "orf"),
    (b"MMOR", "orf"),
    (b"IIU\0", "rw2"),
)
MAX_TAGS = 512  # of a directory; TIFFs have some thirty

_CR2 = b"CR"  # behind the head of a TIFF
_CFA = 32803  # the photometric interpretation of a mosaic of colours (TIFF/EP)
_SUBTYPE, _PHOTOMETRIC, _MAKE, _SUB_IFDS, _DNG_VERSION = 254, 262, 271, 330, 50706
_ASCII, _SHORT = 2, 3
_BY_MAKER = (
    (b"NIKON", "nef"),
    (b"SONY", "arw"),
    (b"CANON", "cr2"),
    (b"PENTAX", "pef"),
    (b"RICOH", "pef"),
    (b"SAMSUNG", "srw"),
)


def of_tiff(file: IO[bytes]) -> str:
    """The kind of camera raw picture that a TIFF is, "raw" of a maker unknown here; "" for an ordinary TIFF.

    DNG has its version in the first directory (DNG 1.7, page 22); of the others that directory is of a small
    preview, with the mosaic in a directory below it, or of the mosaic itself (TIFF/EP, ISO 12234-2).
    """
    file.seek(0)
    head = file.read(10)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None or len(head) < 8:
        return ""
    if head[8:] == _CR2:
        return "cr2"
    tags = dict(_tags(file, order, struct.unpack(f"{order}I", head[4:8])[0]))
    if _DNG_VERSION in tags:
        return "dng"
    preview = _SUB_IFDS in tags and _MAKE in tags and _number(tags.get(_SUBTYPE), order) & 1
    if not preview and _number(tags.get(_PHOTOMETRIC), order) != _CFA:
        return ""
    maker = _maker(file, tags.get(_MAKE), order)
    return next((kind for name, kind in _BY_MAKER if maker.startswith(name)), "raw")


_Tag = tuple[int, int, bytes]  # type, how many values, and these or where they are


def _tags(file: IO[bytes], order: str, at: int) -> Iterator[tuple[int, _Tag]]:
    file.seek(at)
    count = int.from_bytes(file.read(2), "little" if order == "<" else "big")
    for _ in range(min(count, MAX_TAGS)):
        if len(entry := file.read(12)) < 12:
            return
        tag, kind, values = struct.unpack(f"{order}HHI", entry[:8])
        yield tag, (kind, values, entry[8:])


def _number(tag: _Tag | None, order: str) -> int:
    if tag is None:
        return 0
    kind, _, value = tag
    number: int = struct.unpack(f"{order}{'H2x' if kind == _SHORT else 'I'}", value)[0]
    return number


def _maker(file: IO[bytes], tag: _Tag | None, order: str) -> bytes:
    if tag is None or tag[0] != _ASCII:
        return b""
    _, count, value = tag
    if count > len(value):
        file.seek(struct.unpack(f"{order}I", value)[0])
        value = file.read(16)
    return value.upper()
