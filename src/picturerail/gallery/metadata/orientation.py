"""The one word of Exif that a picture cannot do without: how it is to be turned."""

from picturerail.gallery.metadata.pieces import number

TAG = 0x0112
UPRIGHT = 1
MAX_ENTRIES = 1000  # that are looked at: cameras write some dozens


def found_in(exif: memoryview) -> int:
    """The orientation in a block of Exif (a TIFF), 1 to 8; upright when it says none, or something strange."""
    start = 6 if bytes(exif[:6]) == b"Exif\0\0" else 0
    exif = exif[start:]
    if len(exif) < 14 or bytes(exif[:2]) not in (b"II", b"MM"):
        return UPRIGHT
    order = "little" if bytes(exif[:2]) == b"II" else "big"
    at = number(exif, 4, 4, order)
    if at + 2 > len(exif):
        return UPRIGHT
    for index in range(min(number(exif, at, 2, order), MAX_ENTRIES)):
        entry = at + 2 + 12 * index
        if entry + 12 > len(exif):
            return UPRIGHT
        if number(exif, entry, 2, order) == TAG:
            said = number(exif, entry + 8, 2, order)
            return said if 1 <= said <= 8 else UPRIGHT
    return UPRIGHT


def exif_of(orientation: int) -> bytes:
    """A block of Exif (a TIFF) that says this and nothing else."""
    entry = (TAG).to_bytes(2, "little") + b"\x03\0\x01\0\0\0" + bytes([orientation, 0, 0, 0])
    return b"II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"
