"""Text layers, drawn by Pango.

Arimo comes with the program: it has Arial's measures, and stands in for it and for every font that the machine
lacks. So text is there on a machine without fonts, and text in Arial looks the same on every machine.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import as_file, files
from pathlib import Path

from picturerail.transform.pixels.operations import own_font
from picturerail.transform.pixels.operations.alpha import coloured, within
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import TextLayer

_STYLES = {
    "thin": "Thin",
    "extralight": "Ultra-Light",
    "ultralight": "Ultra-Light",
    "light": "Light",
    "medium": "Medium",
    "semibold": "Semi-Bold",
    "demibold": "Semi-Bold",
    "bold": "Bold",
    "extrabold": "Ultra-Bold",
    "ultrabold": "Ultra-Bold",
    "heavy": "Heavy",
    "black": "Heavy",
    "italic": "Italic",
    "oblique": "Oblique",
}
_ALIGN = {"left": "low", "start": "low", "center": "centre", "right": "high", "end": "high"}
_ARIMO = "Arimo"
_LIKE_ARIAL = {"arial", "helvetica", "helvetica neue", "liberation sans", "sans", "sans-serif"}
_DOTS = 72  # an inch: one point is one pixel, so that sizes are in pixels


def draw(layer: TextLayer, font: Path | None = None) -> pyvips.Image:
    """The text in its colour on a clear canvas that just holds it; of a text that cannot be seen, one clear pixel.

    `font` is the file of its font where it is one of people's own.
    """
    if not any(letter.isprintable() and not letter.isspace() for letter in layer.text):
        return pyvips.Image.black(1, 1, bands=4).copy(interpretation="srgb")
    _load_arimo()
    family = own_font.family_of(font) if font else layer.font
    families = _ARIMO if family.lower() in _LIKE_ARIAL else f"{family},{_ARIMO}"
    style = " ".join(_STYLES[word] for word in layer.words if word in _STYLES)
    align = next((_ALIGN[word] for word in layer.words if word in _ALIGN), "low")
    options = {"width": layer.width} if layer.width else {}

    def shape_of(words: str) -> pyvips.Image:
        return pyvips.Image.text(
            _marked(layer, words),
            font=" ".join(part for part in (families, style, str(layer.size)) if part),
            dpi=_DOTS,
            align=align,
            justify="justify" in layer.words,
            spacing=round(_spacing(layer, "line")),
            wrap="word-char",
            **options,
        )

    shape = _boxed(_fitted(shape_of, layer), layer, align)
    room = layer.margin + (layer.stroke[0] if layer.stroke else 0)
    shape = shape.embed(room, room, shape.width + 2 * room, shape.height + 2 * room).copy_memory()
    letters = coloured(shape, layer.colour)
    if layer.stroke:
        width, red, green, blue, alpha = layer.stroke
        line = coloured(within(shape, width, outside=0), (red, green, blue, alpha))
        letters = line.composite2(letters, "over").cast("uchar")
    return letters.copy_memory()


def _fitted(shape_of: Callable[[str], pyvips.Image], layer: TextLayer) -> pyvips.Image:
    """The text, or as many of its words as the height holds, or letters of one word, and an ellipsis."""
    shape = shape_of(layer.text)
    if not layer.height or shape.height <= layer.height:
        return shape

    def is_too_high(end: int) -> bool:
        return bool(shape_of(f"{layer.text[:end]}…").height > layer.height)

    ends = [word.end() for word in re.finditer(r"\S+", layer.text)]
    if is_too_high(ends[0]):
        ends = list(range(1, ends[0] + 1))
    fits = bisect_left(ends, True, lo=1, key=is_too_high)
    return shape_of(f"{layer.text[: ends[fits - 1]]}…")


def _boxed(shape: pyvips.Image, layer: TextLayer, align: str) -> pyvips.Image:
    """The text in a box as wide as was asked for, where its background is seen and its place counted from."""
    room = layer.width - shape.width
    if room <= 0:
        return shape
    left = {"low": 0, "centre": room // 2, "high": room}[align]
    return shape.embed(left, 0, layer.width, shape.height)


@cache
def _load_arimo() -> None:
    """Make its files known to this process."""
    for file in files("fontpkg_arimo").joinpath("files").iterdir():
        with as_file(file) as path:
            pyvips.Image.text("A", font=_ARIMO, fontfile=str(path))


def _marked(layer: TextLayer, words: str) -> str:
    """Words of the text as Pango's markup; what visitors wrote is escaped."""
    text = escape(words, quote=False)
    letters = _spacing(layer, "letter")
    if letters:
        text = f'<span letter_spacing="{round(letters * 1024)}">{text}</span>'
    text = f"<u>{text}</u>" if "underline" in layer.words else text
    return f"<s>{text}</s>" if "strikethrough" in layer.words else text


def _spacing(layer: TextLayer, kind: str) -> float:
    prefix = f"{kind}_spacing_"
    return next((float(word.removeprefix(prefix)) for word in layer.words if word.startswith(prefix)), 0)
