"""The formats of pictures: names, extensions, media types, first bytes, and what an Accept header asks for. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Final

from picturerail import camera_raw


@dataclass(frozen=True)
class ImageFormat:
    """One format: its name here, other extensions of it, its media type, and whether pictures are written in it."""

    name: str
    media_type: str = ""  # "" for what a browser must not take for a picture of ours
    aliases: tuple[str, ...] = ()
    writable: bool = False


TABLE: Final = (
    ImageFormat("jpg", "image/jpeg", ("jpeg", "jpe"), writable=True),
    ImageFormat("png", "image/png", writable=True),
    ImageFormat("webp", "image/webp", writable=True),
    ImageFormat("avif", "image/avif", writable=True),
    ImageFormat("gif", "image/gif", writable=True),
    ImageFormat("heic", "image/heic", ("heif",)),
    ImageFormat("tiff", "image/tiff", ("tif",), writable=True),
    ImageFormat("bmp", "image/bmp", writable=True),
    ImageFormat("ico", "image/x-icon", writable=True),
    ImageFormat("svg", "image/svg+xml"),
    ImageFormat("jxl"),
    ImageFormat("dng", "image/x-adobe-dng"),
    ImageFormat("cr2", "image/x-canon-cr2"),
    ImageFormat("cr3", "image/x-canon-cr3"),
    ImageFormat("nef", "image/x-nikon-nef"),
    ImageFormat("arw", "image/x-sony-arw"),
    ImageFormat("raf", "image/x-fuji-raf"),
    ImageFormat("orf", "image/x-olympus-orf"),
    ImageFormat("rw2", "image/x-panasonic-rw2"),
)

WRITABLE: Final = tuple(one.name for one in TABLE if one.writable)
OTHER_NAMES: Final = tuple((alias, one.name) for one in TABLE if one.writable for alias in one.aliases)
# written without being asked for: every browser shows them
FOR_PAGES: Final = ("jpg", "png", "webp", "avif", "gif")
EXTENSIONS: Final = tuple(extension for one in TABLE for extension in (one.name, *one.aliases))
BINARY: Final = "application/octet-stream"
MAX_HEAD: Final = 4096  # bytes from the beginning of a file that are enough to know its format

_NAMES = {alias: one.name for one in TABLE for alias in one.aliases}
_MEDIA_TYPES = {one.name: one.media_type for one in TABLE if one.media_type} | {"pdf": "application/pdf"}


def canonical(extension: str) -> str:
    """One name for each format: jpeg is jpg."""
    return _NAMES.get(extension, extension)


def by_default(stored: str, *, transparent: bool) -> str:
    """The format of what is made of a stored picture when nobody names one."""
    return stored if stored in FOR_PAGES else "png" if transparent else "jpg"


def media_type(name: str) -> str:
    """The media type of a format; of anything else the one that browsers only save."""
    return _MEDIA_TYPES.get(name, BINARY)


# ---- what a file begins with ------------------------------------------------------------------------------
_BEGINNINGS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),  # with 64-bit offsets
    (b"MM\0+", "tiff"),
    (b"\0\0\1\0", "ico"),
    *camera_raw.BEGINNINGS,
)
_BRANDS = (
    {b"crx ": "cr3"}
    | dict.fromkeys((b"avif", b"avis"), "avif")
    | dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "heic")
)


MAX_BEFORE_DRAWING = 1_000_000
_WIDE = {b"\xff\xfe": "utf-16-le", b"<\0": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\0<": "utf-16-be"}
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<[!?]|\xff\xfe<\0|<\0[!?s]\0|\xfe\xff\0<|\0<\0[!?s]")
_SVG = re.compile(  # the root of a drawing, behind what may stand in front of it
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+|<!--(?:(?!-->).)*+-->\s*+|<!DOCTYPE\s++svg[^>\[]*+(?:\[[^\]]*+\])?[^>]*+>\s*+)*+"
    rb"<(?:svg:)?svg[\s>/]",
    re.DOTALL | re.IGNORECASE,
)


def sniff(file: IO[bytes]) -> str:
    """The format of an open file, by its first bytes; "" for none that can be read here.

    Never to be believed alone: damaged files begin well, too. Of what begins like a TIFF the first directory is read,
    wherever it lies: many cameras' raw pictures are such.
    """
    file.seek(0)
    head = file.read(MAX_HEAD)
    found = _sniff(head)
    if not found and _MARKUP.match(head):
        return _drawing(head + file.read(MAX_BEFORE_DRAWING - len(head)))
    if found != "tiff":
        return found
    raw = camera_raw.of_tiff(file)
    return raw if raw in camera_raw.FORMATS else found


def _sniff(head: bytes) -> str:
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "bmp"
    return "svg" if _SVG.match(head) else ""


def _drawing(head: bytes) -> str:
    """Markup that is a drawing behind a long comment, or in letters of two bytes, as some programs write it."""
    if head[:2] in _WIDE:
        head = head.decode(_WIDE[head[:2]], "ignore").removeprefix("\ufeff").encode(errors="ignore")
    return "svg" if _SVG.match(head) else ""


def _brand(head: bytes) -> str:
    """AVIF, HEIC and CR3 share a container; the main brand tells, and where it is general, the compatible ones."""
    size = min(int.from_bytes(head[:4]), len(head))
    brands = (head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4)))
    known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    return "avif" if "avif" in known else known[0] if known else ""


# ---- what an Accept header asks for ------------------------------------------------------------------------
# f_auto tells three classes of browsers apart, best first. A class counts when the header names its media type and
# gives it a quality above zero; `*/*` and `image/*` name nothing. One pattern says so to us and to nginx at the edges:
# possessive (it never backtracks), and a comma or semicolon inside quotes divides nothing.
CLASSES: Final = ("avif", "webp", "")
MAX_REMEMBERED = 500  # bytes of an Accept header; longer ones are read each time

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_ZERO = r'[ \t]*q[ \t]*=[ \t]*"?(?:0+\.?0*|\.0+)"?[ \t]*(?:[;,]|$)'
_PARAMETERS = rf'(?:;(?!{_ZERO})(?:[^",;]|{_QUOTED})*+)*+'


def accept_pattern(name: str) -> str:
    """The regular expression (of Python and PCRE alike, to be read without case) of headers that take this format."""
    return rf'^(?:(?:[^",]|{_QUOTED})*+,)*?[ \t]*{media_type(name)}[ \t]*{_PARAMETERS}(?:,|$)'


_PATTERNS = {name: re.compile(accept_pattern(name), re.IGNORECASE | re.ASCII) for name in CLASSES if name}


def accept_class(accept: str) -> str:
    """The best format that an Accept header names: "avif", "webp" or "" for neither."""
    return _remembered_class(accept) if len(accept) <= MAX_REMEMBERED else _class(accept)


def accept_of(accept_class: str) -> str:
    """The Accept header that stands for all of a class."""
    better = CLASSES[CLASSES.index(accept_class) : -1] if accept_class in CLASSES else ()
    return ",".join((*(media_type(name) for name in better), "*/*"))


def automatic(accept_class: str, *, moving: bool, transparent: bool) -> str:
    """The format of f_auto: the best that the client takes, else gif for moving, png for transparent, jpg."""
    if accept_class == "avif" and not moving:
        return "avif"
    if accept_class in ("avif", "webp"):
        return "webp"
    if moving:
        return "gif"
    return "png" if transparent else "jpg"


def _class(accept: str) -> str:
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(accept)), "")


_remembered_class = lru_cache(maxsize=512)(_class)
