"""Files that are not read here: what they are and what to send in their place, in the words of people."""

from pathlib import Path

from picturerail import camera_raw
from picturerail.errors import UnsupportedMedia

ACCEPTED = "JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP, ICO, SVG, DNG, CR2, CR3, NEF, ARW, RAF, ORF and RW2"
RAW = (
    "The file is a camera's raw picture ({}), of a kind that is not read here; send the JPEG that the camera, or a "
    "program for raw pictures, makes of it."
)
_RAW_STARTS = (
    (b"FOVb", "X3F"),
    (b"\0MRM", "MRW"),
)
_OTHER_STARTS = (
    (b"%PDF", "a PDF, of whose pages no pictures are made here"),
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xffO\xffQ", "a JPEG 2000 picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"PK\x03\x04", "a ZIP archive, or a document of an office program"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"%!PS", "a PostScript document"),
    (b"version https://git-lfs", "a placeholder of Git LFS, not the picture itself"),
)
_TEXT_STARTS = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"{", "text"),
    (b"<?xml", "XML"),
)
_VIDEOS = (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"3gp4", b"3gp5", b"dash")


def refusal(head: bytes, size: int) -> UnsupportedMedia:
    """The refusal of a file that begins so."""
    if size == 0:
        return UnsupportedMedia("The file is empty; perhaps it has not been downloaded yet. Send it again.")
    for start, name in _RAW_STARTS:
        if head.startswith(start):
            return UnsupportedMedia(RAW.format(name))
    kind = _kind(head) or "not a picture that can be read"
    return UnsupportedMedia(f"The file is {kind}; {ACCEPTED} are accepted.")


def _kind(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head[4:8] == b"ftyp" and head[8:12] in _VIDEOS:
        return "a video"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "a video"
    if not head.strip(b"\0"):
        return "nothing but zeroes: its contents were lost, or have not been downloaded yet"
    found = [name for start, name in _OTHER_STARTS if head.startswith(start)]
    found += [name for start, name in _TEXT_STARTS if text.startswith(start)]
    return found[0] if found else ""


def check_raw(path: Path) -> None:
    """Refuse what looks like a TIFF but is a camera's raw picture, of a maker whose files are not read."""
    with path.open("rb") as file:
        kind = camera_raw.of_tiff(file)
    if kind:
        raise UnsupportedMedia(RAW.format(kind.upper()))
