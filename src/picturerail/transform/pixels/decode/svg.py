"""SVG: sanitised, and drawn by librsvg from memory, so that it has no address from which it could load anything.

Scripts, foreign content, handlers of events and whatever points out of the file are taken away before it is drawn:
what stays is a drawing. The file that was uploaded is kept as it is, and only ever sent to be saved.
"""

import pyexpat
import re
import signal
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from picturerail.errors import TooLarge, UnsupportedMedia
from picturerail.transform.pixels.decode import damage
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import SourceInfo

MAX_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 50_000
MAX_DEPTH = 200
# Of the processor. A filter that takes no time in 100 pixels takes minutes in 4,000; maps take a second or two there.
MAX_SECONDS = 5
DOTS = 96  # an inch, as in CSS: a drawing in mm or pt has the size that browsers show it in
_SCALE = 72 / DOTS  # libvips takes a pixel for a 72nd of an inch, whatever the dots
_FORBIDDEN = frozenset(
    (
        "script",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "canvas",
        "handler",
        "listener",
    )
)
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!\s*['\"]?(?:#|data:image/))[^)]*\)?", re.IGNORECASE)
_IMPORT = re.compile(r"@import[^;]*;?", re.IGNORECASE)
_ADDRESSES = ("href", "src")

if pyexpat.version_info < (2, 4, 1):
    raise ImportError("Expat 2.4.1 or newer is needed: older ones do not bound what entities grow to.")
pyvips.operation_block_set("VipsForeignLoadSvgBuffer", False)


def read_header(path: Path) -> SourceInfo:
    """The size that the drawing has by itself; UnsupportedMedia when it has none, or is no drawing."""
    image = _opened(sanitised(path))
    return SourceInfo(
        format="svg",
        width=image.width,
        height=image.height,
        has_alpha=True,
        bands=4,
        bytes=path.stat().st_size,
        whole=True,
    )


def load(path: Path, scale: float = 1.0, width: int = 0) -> pyvips.Image:
    """The drawing, so many times larger than it is by itself; the worker dies of one that takes too long.

    `width` is its own as it was found when it came: of one measured at another number of dots to the inch it holds.
    It is drawn here and now, so that nothing but the drawing counts.
    """
    drawing = sanitised(path)
    drawn = _opened(drawing)
    factor = scale * (width or drawn.width) / drawn.width
    with _within(MAX_SECONDS):
        return (drawn if factor == 1 else _opened(drawing, factor)).copy_memory()


def _opened(drawing: bytes, factor: float = 1.0) -> pyvips.Image:
    """A drawing of which only the size is known yet."""
    try:
        return pyvips.Image.svgload_buffer(drawing, dpi=DOTS, scale=_SCALE * factor)
    except pyvips.Error as error:
        if "dimensions" in str(error.detail):
            raise UnsupportedMedia(
                "The SVG drawing has no size; give it a width and a height in pixels, or a viewBox."
            ) from error
        raise damage.refusal(error) from error


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Let the alarm by which a worker ends come sooner for a while."""
    left = signal.getitimer(signal.ITIMER_PROF)[0]
    if left <= seconds:
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    taken = seconds - signal.getitimer(signal.ITIMER_PROF)[0]
    signal.setitimer(signal.ITIMER_PROF, left - taken)


def sanitised(path: Path) -> bytes:
    """The drawing without anything that acts, and without anything that points out of it."""
    if path.stat().st_size > MAX_BYTES:
        raise TooLarge(f"The SVG drawing is larger than {MAX_BYTES // 2**20} MB.")
    try:
        # Expat bounds what entities grow to, and reads none from elsewhere.
        root = ET.fromstring(path.read_bytes())  # noqa: S314
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnsupportedMedia(f"The SVG drawing is not well-formed XML ({error}).") from error
    if _name(root.tag) != "svg" or sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise UnsupportedMedia(f"The file is not an SVG drawing of at most {MAX_ELEMENTS:,} elements.")
    _clean(root, 0)
    return ET.tostring(root)


def _clean(element: ET.Element, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnsupportedMedia(f"The SVG drawing is nested more than {MAX_DEPTH} times.")
    for name, value in list(element.attrib.items()):
        if _is_harmful(_name(name), value):
            del element.attrib[name]
    if _name(element.tag) == "style":
        element.text = _OUTSIDE.sub("none", _IMPORT.sub("", element.text or ""))
    for child in list(element):
        if not isinstance(child.tag, str) or _name(child.tag) in _FORBIDDEN:
            element.remove(child)
        else:
            _clean(child, depth + 1)


def _is_harmful(name: str, value: str) -> bool:
    if name.startswith("on") or name == "base":
        return True
    if name in _ADDRESSES:
        return not (value.startswith("#") or _EMBEDDED.match(value.strip()))
    return bool(_OUTSIDE.search(value))


def _name(qualified: str) -> str:
    """The name without its namespace."""
    return qualified.rpartition("}")[2].lower()
