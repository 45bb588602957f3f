"""Effects (e_): a step for each, with the colour of co_ and the box of x_, y_, w_ and h_ where they count."""

import math
from collections.abc import Callable
from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import Component
from picturerail.transform.language.effect_table import BLENDS, REGIONAL
from picturerail.transform.planning.geometry.faces import faces_now
from picturerail.transform.planning.geometry.outline import as_colour
from picturerail.transform.planning.geometry.resize import offset, side
from picturerail.transform.planning.state import State, component_dpr
from picturerail.transform.steps import Bend, Distort, Effect, Pad, Rotate, Shear, Trim

SHADOW_ROOM = 12  # three deviations of its blur, in pixels


def trim_of(component: Component) -> Trim | None:
    """The step for e_trim, after which nothing can be planned yet; None for any other component."""
    effect = component.get("e")
    if not isinstance(effect, tuple) or effect[0] != "trim":
        return None
    return Trim(float(effect[1]), str(effect[2]) if effect[2:] else "")


def plan_effect(state: State, component: Component) -> State:
    """One effect."""
    effect = component.get("e")
    if not isinstance(effect, tuple):
        return state
    name, arguments = str(effect[0]), effect[1:]
    if name in BLENDS:
        raise BadRequest(f"e_{name} goes with a layer: write it beside l_ or fl_layer_apply.")
    gravity = str(component.get("g") or "")
    if name in ("blur_faces", "pixelate_faces") or (name in REGIONAL and gravity.startswith("face")):
        return _on_faces(state, name.replace("faces", "region"), arguments)
    if name in REGIONAL and gravity:
        raise BadRequest(f"e_{name} takes x_, y_, w_ and h_, or g_faces.")
    colour = component.get("co")
    colour = as_colour(colour) if isinstance(colour, tuple) else None
    if (special := _SPECIAL.get(name)) is not None:
        return special(state, component, Effect(name, arguments, colour))
    x, y, width, height = _box(state, component) if name in REGIONAL else (0, 0, 0, 0)
    return state.then(Effect(name, arguments, colour, x, y, width, height))


def _with_shadow(state: State, component: Component, effect: Effect) -> State:
    """A shadow x_ to the right and y_ down, and a canvas that has room for it on each side."""
    factor = component_dpr(state, component)
    x = offset(component.get("x"), state.size.width, factor) or 0
    y = offset(component.get("y"), state.size.height, factor) or 0
    return _shadowed(state, effect, x, y, SHADOW_ROOM)


def _with_light(state: State, _component: Component, effect: Effect) -> State:
    """The shadow of a light: away from it, and the longer the lower it stands."""
    azimuth, elevation, spread = (float(part) for part in effect.arguments)
    length = min(state.size.width, state.size.height) * 0.12 * (1 - elevation / 90 * 0.9)
    angle = math.radians(azimuth)
    x, y = round(-math.sin(angle) * length), round(math.cos(angle) * length)
    return _shadowed(state, effect, x, y, math.ceil(3 + spread * 0.36))


def _shadowed(state: State, effect: Effect, x: int, y: int, room: int) -> State:
    left, right = max(0, room - x), max(0, room + x)
    top, bottom = max(0, room - y), max(0, room + y)
    canvas = Pad(left, top, state.size.width + left + right, state.size.height + top + bottom)
    return state.then(canvas, replace(effect, x=x, y=y))


def _box(state: State, component: Component) -> tuple[int, int, int, int]:
    """The part of the picture that x_, y_, w_ and h_ name."""
    factor = component_dpr(state, component)
    x = offset(component.get("x"), state.size.width, factor) or 0
    y = offset(component.get("y"), state.size.height, factor) or 0
    x, y = min(max(x, 0), state.size.width - 1), min(max(y, 0), state.size.height - 1)
    width = side(component.get("w"), state.size.width, factor) or state.size.width
    height = side(component.get("h"), state.size.height, factor) or state.size.height
    return x, y, min(width, state.size.width - x), min(height, state.size.height - y)


def _on_faces(state: State, name: str, arguments: tuple[int | float | str, ...]) -> State:
    for face in faces_now(state):
        x, y = max(0, round(face.x)), max(0, round(face.y))
        width = min(round(face.width), state.size.width - x)
        height = min(round(face.height), state.size.height - y)
        if width > 0 and height > 0:
            state = state.then(Effect(name, arguments, None, x, y, width, height))
    return state


def _faded(state: State, component: Component, effect: Effect) -> State:
    """Over a part of the picture (0.5 of its height from the top, when nothing is said), into b_ where it is padded."""
    given = component.get("x"), component.get("y")
    x = offset(given[0], state.size.width, 1.0) or 0
    y = offset(given[1] if any(part is not None for part in given) else 0.5, state.size.height, 1.0) or 0
    background = component.get("b")
    colour = effect.colour
    if isinstance(background, tuple) and not isinstance(background[0], str):
        colour = as_colour(background)
    return state.then(replace(effect, x=x, y=y, colour=colour))


def _sheared(state: State, _component: Component, effect: Effect) -> State:
    x, y = (float(part) for part in effect.arguments)
    across, down = abs(math.tan(math.radians(x))), abs(math.tan(math.radians(y)))
    size = state.size
    if across * down >= 1:
        raise BadRequest("e_shear by these two angles would lay the picture flat; make one smaller.")
    width, height = round(size.width + across * size.height), round(size.height + down * size.width)
    return state.then(Shear(x, y, max(1, width), max(1, height)))


def _distorted(state: State, _component: Component, effect: Effect) -> State:
    kind, *numbers = effect.arguments
    if kind == "arc":
        return _bent(state, [float(number) for number in numbers])
    if len(effect.arguments) != 8:
        raise BadRequest("e_distort takes the places of four corners, eight numbers, or arc and an angle.")
    sides = (state.size.width, state.size.height) * 4
    corners = [
        part * side if isinstance(part, float) else float(part)
        for part, side in zip(effect.arguments, sides, strict=True)
    ]
    left, top = min(corners[::2]), min(corners[1::2])
    width, height = max(corners[::2]) - left, max(corners[1::2]) - top
    if not _is_convex(corners):
        raise BadRequest("The four corners of e_distort must go round a shape that is not folded.")
    moved = tuple(corner - (top if at % 2 else left) for at, corner in enumerate(corners))
    return state.then(Distort(moved, max(1, round(width)), max(1, round(height))))


def _is_convex(corners: list[float]) -> bool:
    points = list(zip(corners[::2], corners[1::2], strict=True))
    turns = []
    for at in range(4):
        (ax, ay), (bx, by), (cx, cy) = points[at], points[(at + 1) % 4], points[(at + 2) % 4]
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    return all(turn > 1e-6 for turn in turns)


def _bent(state: State, numbers: list[float]) -> State:
    """An arc from 1 to 360 degrees, its ends down; below nought up. The line in the middle keeps its length."""
    degrees = numbers[0] if numbers else 60.0
    if len(numbers) > 1 or not 1 <= abs(degrees) <= 360:
        raise BadRequest("e_distort:arc takes an angle from 1 to 360, or from -360 to -1.")
    if degrees > 0:
        return state.then(_arc(state.size, degrees))
    turned = state.then(Rotate(180, state.size.width, state.size.height))
    bent = turned.then(_arc(turned.size, -degrees))
    return bent.then(Rotate(180, bent.size.width, bent.size.height))


def _arc(size: Size, degrees: float) -> Bend:
    half = math.radians(degrees) / 2
    radius = size.width / (2 * half)
    outer, inner = radius + size.height / 2, max(0.0, radius - size.height / 2)
    width = 2 * outer * (math.sin(half) if half < math.pi / 2 else 1)
    height = outer - (inner if half < math.pi / 2 else outer) * math.cos(half)
    return Bend(degrees, max(1, math.ceil(width)), max(1, math.ceil(height)))


def _recoloured(state: State, _component: Component, effect: Effect) -> State:
    if len(effect.arguments) not in (9, 16):
        raise BadRequest("e_recolor takes three rows of three numbers, or four of four, joined by colons.")
    return state.then(effect)


def _without_red_eyes(state: State, _component: Component, _effect: Effect) -> State:
    return _on_faces(state, "redeye", ())


def _looped(state: State, _component: Component, _effect: Effect) -> State:
    """Said in the head of the file: nothing is done to pixels."""
    return state


_SPECIAL: dict[str, Callable[[State, Component, Effect], State]] = {
    "shadow": _with_shadow,
    "dropshadow": _with_light,
    "gradient_fade": _faded,
    "shear": _sheared,
    "distort": _distorted,
    "recolor": _recoloured,
    "redeye": _without_red_eyes,
    "loop": _looped,
}
