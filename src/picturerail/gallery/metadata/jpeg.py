"""JPEG: the segments before and between its scans."""

import re
from collections.abc import Iterator

from picturerail.gallery.metadata import orientation
from picturerail.gallery.metadata.colour_profile import without_device
from picturerail.gallery.metadata.pieces import Budget, Piece, Unreadable, number, part

APP0, APP1, APP2, APP14, APP15, COM, SOS, EOI = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
SOI = b"\xff\xd8"
SCAN, HEAD = 0, 4  # what no marker names; of a segment its marker and length
EXIF, ICC, JFIF, ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"JFIF\0", b"Adobe"
JFIF_LENGTH, ADOBE_LENGTH, ICC_HEAD = 18, 16, 18  # of a segment with its marker
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def pieces(data: memoryview) -> list[Piece]:
    """The file without Exif, XMP, IPTC, comments, and whatever hangs behind its end."""
    kept: list[Piece] = [data[:2]]
    profile: list[int] = []
    turned = orientation.UPRIGHT
    for marker, at, length in segments(data, Budget()):
        segment = data[at : at + length]
        if marker == APP1 and bytes(segment[4:10]) == EXIF:
            turned = orientation.found_in(segment[4:])
        if marker == APP2 and bytes(segment[4:16]) == ICC:
            profile.append(len(kept))
        if needed := _needed(marker, segment):
            kept.append(needed)
    _silence(kept, profile)
    return [*_with(turned, kept), b"\xff\xd9"]


def silent_places(data: memoryview, budget: Budget) -> Iterator[tuple[int, int]]:
    """What of a JPEG in another file tells something and no pixel: where it lies, and its length. Nothing moves there.

    Its colour profile is that of the file around it.
    """
    end = 2
    for marker, at, length in segments(data, budget):
        segment, end = data[at : at + length], at + length
        if marker == SCAN or ((needed := _needed(marker, segment)) is segment and marker != APP2):
            continue
        stays = {APP0: JFIF_LENGTH - 2, APP14: ADOBE_LENGTH}.get(marker, HEAD) if needed else HEAD
        yield at + stays, max(0, length - stays)
    yield end + 2, max(0, len(data) - end - 2)  # behind the mark of its end


def segments(data: memoryview, budget: Budget) -> Iterator[tuple[int, int, int]]:
    """Each segment up to the picture's end, and what was scanned behind the head of that: (marker, place, length)."""
    if bytes(data[:2]) != SOI:
        raise Unreadable("This is no JPEG.")
    at = 2
    while (marker := _marker(data, at)) != EOI:
        while number(data, at + 1, 1) == 0xFF:
            at += 1
        budget.spend()
        length = 2 + number(data, at + 2, 2)
        part(data, at, length)
        yield marker, at, length
        at += length
        if marker == SOS:
            end = _AFTER_SCAN.search(data, at)
            length = (len(data) if end is None else end.start()) - at
            yield SCAN, at, length
            at += length
            if end is None:
                break


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
