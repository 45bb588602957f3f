"""Layers: pictures and texts on (l_) or behind (u_) the picture, and where they lie."""

import re
from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.foreseen import Foreseen
from picturerail.transform.grammar import Component, flags_of
from picturerail.transform.language.colours import RGBA
from picturerail.transform.language.effect_table import BLENDS
from picturerail.transform.language.layers import is_own_font
from picturerail.transform.language.values import as_tuple
from picturerail.transform.planning.context import LayerAsset
from picturerail.transform.planning.geometry.faces import focus
from picturerail.transform.planning.geometry.outline import as_colour, border_width
from picturerail.transform.planning.geometry.resize import offset, side
from picturerail.transform.planning.geometry.sizes import place
from picturerail.transform.planning.load_options import plan_load
from picturerail.transform.planning.state import State, component_dpr
from picturerail.transform.planning.variables import names
from picturerail.transform.steps import ImageLayer, Overlay, Pad, Step, TextLayer, Trim

BLACK: RGBA = (0, 0, 0, 255)
_SPACING = r"(?:letter|line)_spacing_-?\d+(?:\.\d+)?"
TEXT_MARGIN = 0.2  # of the size, with fl_text_no_trim
_VARIABLE = re.compile(r"\$\((\w+)\)")


def image_layer(
    state: State, opening: Component, placing: Component, inner: State, asset: LayerAsset, *, page: int
) -> State:
    """Put a planned picture layer where it belongs; the canvas grows when it stands over."""
    how, steps = plan_load(asset.info, inner.from_file, 1, max(page - 1, 0))
    layer = ImageLayer(asset.original, how, steps)
    mode = _mode(opening, placing)
    if "tiled" in flags_of(placing):
        return state.then(Overlay(layer, "north_west", 0, 0, mode, tiled=True))
    if any(_is_unsure(step) for step in inner.steps):
        gravity, x, y = _place_later(state, placing)
        return state.then(Overlay(layer, gravity, x, y, mode, grows=_grows(mode, placing)))
    left, top = _position(state, placing, inner.size)
    if _grows(mode, placing):
        state, left, top = _grown(state, inner.size, left, top)
    return state.then(Overlay(layer, "north_west", left, top, mode))


def drawn_by(opening: Component) -> tuple[str, ...]:
    """The parameters beside a text by which it is drawn: its colour, its box (c_fit), the line round its letters."""
    boxed = ("c", "w", "h") if _is_boxed(opening) else ()
    return ("co", *boxed, *(("bo",) if _is_stroked(opening) else ()))


def _is_boxed(opening: Component) -> bool:
    """Whether lines are broken: in a box of so many pixels. All other sizes scale what was drawn."""
    relative = {"relative", "region_relative"}.intersection(flags_of(opening))
    return opening.get("c") == "fit" and not relative and not isinstance(opening.get("w"), float)


def text_layer(
    state: State, opening: Component, placing: Component, later: tuple[str, Foreseen | None]
) -> State:
    """Put a text where it belongs. Its size is known only when it is drawn, and what is `later` is planned then."""
    font, size, words, text = _text_of(opening)
    factor = component_dpr(state, opening)
    size_of_text = max(1, round(int(size) * factor))
    flags = flags_of(placing)
    boxed = _is_boxed(opening)
    width = side(opening.get("w"), state.size.width, factor) if boxed else None
    height = side(opening.get("h"), state.size.height, factor) if boxed else None
    colour = opening.get("co")
    layer = TextLayer(
        text=_filled(state, text),
        font=font,
        size=size_of_text,
        words=_style(words),
        colour=as_colour(colour) if isinstance(colour, tuple) else BLACK,
        width=width or 0,
        height=height or 0,
        file=state.context.font(font) if is_own_font(font) else "",
        rest=later[0],
        foreseen=later[1],
        stroke=_stroke(opening, factor),
        margin=round(size_of_text * TEXT_MARGIN) if "text_no_trim" in flags else 0,
    )
    gravity, x, y = _place_later(state, placing)
    mode = _mode(opening, placing)
    tiled = "tiled" in flags
    overlay = Overlay(layer, gravity, x, y, mode, tiled, not tiled and _grows(mode, placing))
    return state.then(replace(overlay, inside="text_disallow_overflow" in flags))


def _text_of(opening: Component) -> tuple[str, str, str, str]:
    """Font, size, style words and letters of a text."""
    value = opening.get("l") or opening.get("u")
    _, font, size, words, text = (str(part) for part in as_tuple(value or ()))
    return font, size, words, text


def _is_stroked(opening: Component) -> bool:
    return "stroke" in _text_of(opening)[2].split("_")


def _stroke(opening: Component, factor: float) -> tuple[int, ...]:
    """The line round the letters: with the style word stroke, bo_ is about it."""
    border = opening.get("bo")
    if not _is_stroked(opening) or not isinstance(border, tuple):
        return ()
    return (border_width(border[0], factor), *as_colour(border[1:])) if border[0] else ()


def _style(words: str) -> tuple[str, ...]:
    spaced = re.findall(_SPACING, words)
    plain = re.sub(f"_?{_SPACING}", "", words)
    return (*(word for word in plain.split("_") if word), *spaced)


def _filled(state: State, text: str) -> str:
    """The text with $(name) replaced by the variable's value."""
    known = names(state)

    def value(match: re.Match[str]) -> str:
        found = known.get(f"${match[1]}")
        if found is None:
            raise BadRequest(f"The text speaks of ${match[1]}, which is not set.")
        return " ".join(found) if isinstance(found, tuple) else str(found)

    return _VARIABLE.sub(value, text)


def _mode(opening: Component, placing: Component) -> str:
    """Under, cut out, or one of the ways of mixing that are effects."""
    effects = [component.get("e") for component in (placing, opening)]
    mixed = next((str(e[0]) for e in effects if isinstance(e, tuple) and e[0] in BLENDS), "over")
    mode = "cutter" if "cutter" in flags_of(placing) else mixed
    if opening.get("u") is None:
        return mode
    if mode != "over":
        word = "fl_cutter" if mode == "cutter" else f"e_{mode}"
        raise BadRequest(f"{word} mixes a picture with what lies on it: write l_ in the place of u_.")
    return "under"


def _grows(mode: str, placing: Component) -> bool:
    """Whether the canvas grows for a layer that stands over its edge; one that cuts the picture adds nothing to it."""
    return mode not in ("cutter", "mask") and "no_overflow" not in flags_of(placing)


def _offsets(state: State, placing: Component) -> tuple[int, int]:
    factor = component_dpr(state, placing)
    x = offset(placing.get("x"), state.size.width, factor)
    y = offset(placing.get("y"), state.size.height, factor)
    return x or 0, y or 0


def _is_unsure(step: Step) -> bool:
    """Whether the size after a step is known only when it is done."""
    return isinstance(step, Trim) or (isinstance(step, Overlay) and step.grows)


def _place_later(state: State, placing: Component) -> tuple[str, int, int]:
    """Where a layer lies whose size is not known yet: gravity and offsets; a face is a place like any other."""
    gravity, (x, y) = _gravity(placing), _offsets(state, placing)
    if (area := focus(state, gravity)) is None:
        return gravity, x, y
    return "xy_center", round(area.centre[0]) + x, round(area.centre[1]) + y


def _position(state: State, placing: Component, size: Size) -> tuple[int, int]:
    gravity = _gravity(placing)
    x, y = _offsets(state, placing)
    if (area := focus(state, gravity)) is not None:
        centre_x, centre_y = area.centre
        return round(centre_x - size.width / 2) + x, round(centre_y - size.height / 2) + y
    if gravity == "xy_center":
        return x - size.width // 2, y - size.height // 2
    return place(state.size, size, gravity, x, y)


def _grown(state: State, size: Size, left: int, top: int) -> tuple[State, int, int]:
    """The canvas made large enough for a layer that stands over, and the layer's place on it."""
    before_x, before_y = max(0, -left), max(0, -top)
    width = max(state.size.width, left + size.width) + before_x
    height = max(state.size.height, top + size.height) + before_y
    if Size(width, height) == state.size:
        return state, left, top
    grown = state.then(Pad(before_x, before_y, width, height))
    return grown, left + before_x, top + before_y


def _gravity(placing: Component) -> str:
    gravity = str(placing.get("g") or "center")
    if gravity.startswith("auto"):
        raise BadRequest("Use auto gravity only with crop, fill, lfill, fill_pad or thumb.")
    return gravity
