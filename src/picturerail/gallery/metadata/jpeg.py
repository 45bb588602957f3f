"""JPEG: the segments before and between its scans."""

import re

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part

APP0, APP1, APP2, APP14, APP15, COM, SOS, EOI = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, XMP, IPTC, comments, and whatever hangs behind its end."""
    if bytes(data[:2]) != b"\xff\xd8":
        raise Unreadable("This is no JPEG.")
    kept: list[Piece] = [data[:2]]
    at, turned, budget = 2, orientation.UPRIGHT, Budget()
    while (marker := _marker(data, at)) != EOI:
        while number(data, at + 1, 1) == 0xFF:
            at += 1
        budget.spend()
        length = 2 + number(data, at + 2, 2)
        segment = part(data, at, length)
        if marker == APP1 and bytes(segment[4:10]) == EXIF:
            turned = orientation.found_in(segment[4:])
        if _is_needed(marker, segment):
            kept.append(segment)
        at += length
        if marker == SOS:
            end = _AFTER_SCAN.search(data, at)
            if end is None:
                return [*_with(turned, kept), data[at:], b"\xff\xd9"]
            kept.append(data[at : end.start()])
            at = end.start()
    return [*_with(turned, kept), b"\xff\xd9"]


def _marker(data: memoryview, at: int) -> int:
    while number(data, at, 1) == 0xFF and number(data, at + 1, 1) == 0xFF:
        at += 1
    if number(data, at, 1) != 0xFF:
        raise Unreadable("A segment of this JPEG does not begin where it should.")
    return number(data, at + 1, 1)


def _is_needed(marker: int, segment: memoryview) -> bool:
    if marker == APP2:
        return bytes(segment[4:16]) == ICC
    return marker in (APP0, APP14) or not (APP0 <= marker <= APP15 or marker == COM)


def _with(turned: int, kept: list[Piece]) -> list[Piece]:
    """The segments with the orientation where it was, behind the JFIF header."""
    if turned == orientation.UPRIGHT:
        return kept
    exif = EXIF + orientation.exif_of(turned)
    segment = bytes([0xFF, APP1]) + (len(exif) + 2).to_bytes(2, "big") + exif
    after = 2 if len(kept) > 1 and bytes(kept[1][:2]) == bytes([0xFF, APP0]) else 1
    return [*kept[:after], segment, *kept[after:]]
