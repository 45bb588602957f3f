"""JPEG: the segments before and between its scans."""

import re

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part

APP0, APP1, APP2, APP14, APP15, COM, SOS, EOI = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
EXIF, ICC, JFIF, ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"
JFIF_LENGTH, ADOBE_LENGTH, ICC_HEAD = 18, 16, 18  # of a segment with its marker
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, XMP, IPTC, comments, and whatever hangs behind its end."""
    if bytes(data[:2]) != b"\xff\xd8":
        raise Unreadable("This is no JPEG.")
    kept: list[Piece] = [data[:2]]
    profile: list[int] = []
    at, turned, budget = 2, orientation.UPRIGHT, Budget()
    while (marker := _marker(data, at)) != EOI:
        while number(data, at + 1, 1) == 0xFF:
            at += 1
        budget.spend()
        length = 2 + number(data, at + 2, 2)
        segment = part(data, at, length)
        if marker == APP1 and bytes(segment[4:10]) == EXIF:
            turned = orientation.found_in(segment[4:])
        if marker == APP2 and bytes(segment[4:16]) == ICC:
            profile.append(len(kept))
        if needed := _needed(marker, segment):
            kept.append(needed)
        at += length
        if marker == SOS:
            end = _AFTER_SCAN.search(data, at)
            scan = data[at:] if end is None else data[at : end.start()]
            kept.append(scan)
            at += len(scan)
            if end is None:
                break
    _silence(kept, profile)
    return [*_with(turned, kept), b"\xff\xd9"]


def _marker(data: memoryview, at: int) -> int:
    while number(data, at, 1) == 0xFF and number(data, at + 1, 1) == 0xFF:
        at += 1
    if number(data, at, 1) != 0xFF:
        raise Unreadable("A segment of this JPEG does not begin where it should.")
    return number(data, at + 1, 1)


def _needed(marker: int, segment: memoryview) -> Piece:
    """What of a segment pixels and colours need. Of JFIF that is the head: a small picture of the whole follows."""
    said = segment[4:]
    if marker == APP0:
        return _cut(segment, JFIF_LENGTH, b"\0\0") if said[:5] == JFIF else b""
    if marker == APP14:
        return _cut(segment, ADOBE_LENGTH) if said[:5] == ADOBE else b""
    if marker == APP2:
        return segment if said[:12] == ICC else b""
    return b"" if APP0 <= marker <= APP15 or marker == COM else segment


def _cut(segment: memoryview, length: int, end: bytes = b"") -> Piece:
    """The first bytes of a segment, with this at their end, if it has more than these."""
    if len(segment) <= length:
        return segment
    return bytes(segment[:2]) + (length - 2).to_bytes(2, "big") + bytes(segment[4 : length - len(end)]) + end


def _silence(kept: list[Piece], places: list[int]) -> None:
    """Let the colour profile, of which each of these segments has a part, tell of no device."""
    parts = [kept[place] for place in places]
    said = b"".join(bytes(part[ICC_HEAD:]) for part in parts)
    silent, at = without_device(said), 0
    if silent == said:
        return
    for place, segment in zip(places, parts, strict=True):
        length = len(segment) - ICC_HEAD
        kept[place] = bytes(segment[:ICC_HEAD]) + silent[at : at + length]
        at += length


def _with(turned: int, kept: list[Piece]) -> list[Piece]:
    """The segments with the orientation where it was, behind the JFIF header."""
    if turned == orientation.UPRIGHT:
        return kept
    exif = EXIF + orientation.exif_of(turned)
    segment = bytes([0xFF, APP1]) + (len(exif) + 2).to_bytes(2, "big") + exif
    after = 2 if len(kept) > 1 and bytes(kept[1][:2]) == bytes([0xFF, APP0]) else 1
    return [*kept[:after], segment, *kept[after:]]
