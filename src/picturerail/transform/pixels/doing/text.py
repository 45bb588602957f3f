"""Text layers, drawn by Pango."""

from html import escape

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import TextLayer

_STYLES = {"bold": "Bold", "italic": "Italic", "light": "Light"}
_ALIGN = {"left": "low", "center": "centre", "right": "high"}
_DOTS = 72  # an inch: one point is one pixel, so that sizes are in pixels


def draw(layer: TextLayer) -> pyvips.Image:
    """The text in its colour on a clear canvas that just holds it."""
    if not layer.text.strip():
        return pyvips.Image.black(1, 1, bands=4).copy(interpretation="srgb")
    style = " ".join(_STYLES[word] for word in layer.words if word in _STYLES)
    options = {"width": layer.width} if layer.width else {}
    shape = pyvips.Image.text(
        _marked(layer),
        font=" ".join(part for part in (layer.font, style, str(layer.size)) if part),
        dpi=_DOTS,
        align=next((_ALIGN[word] for word in layer.words if word in _ALIGN), "low"),
        justify="justify" in layer.words,
        spacing=_spacing(layer, "line"),
        wrap="word-char",
        **options,
    )
    red, green, blue, alpha = layer.colour
    ink = (shape.new_from_image([red, green, blue])).cast("uchar").copy(interpretation="srgb")
    return ink.bandjoin((shape * (alpha / 255)).rint().cast("uchar")).copy_memory()


def _marked(layer: TextLayer) -> str:
    """The text as Pango's markup; what visitors wrote is escaped."""
    text = escape(layer.text, quote=False)
    letters = _spacing(layer, "letter")
    if letters:
        text = f'<span letter_spacing="{letters * 1024}">{text}</span>'
    text = f"<u>{text}</u>" if "underline" in layer.words else text
    return f"<s>{text}</s>" if "strikethrough" in layer.words else text


def _spacing(layer: TextLayer, kind: str) -> int:
    prefix = f"{kind}_spacing_"
    return next((int(word.removeprefix(prefix)) for word in layer.words if word.startswith(prefix)), 0)
