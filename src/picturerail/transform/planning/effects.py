"""Effects (e_): a step for each, with the colour of co_ and the box of x_, y_, w_ and h_ where they count."""

from dataclasses import replace

from picturerail.errors import BadRequest
from picturerail.transform.grammar import Component
from picturerail.transform.language.effects import BLENDS, REGIONAL
from picturerail.transform.planning.geometry.faces import faces_now
from picturerail.transform.planning.geometry.outline import as_colour
from picturerail.transform.planning.geometry.resize import offset, side
from picturerail.transform.planning.state import State, component_dpr
from picturerail.transform.steps import Effect, Pad, Trim

SHADOW_ROOM = 12  # three deviations of its blur, in pixels


def plan_trim(state: State, component: Component, rest: str) -> State | None:
    """The step for e_trim, after which nothing can be planned yet; None for any other component."""
    effect = component.get("e")
    if not isinstance(effect, tuple) or effect[0] != "trim":
        return None
    return state.then(Trim(float(effect[1]), str(effect[2]) if effect[2:] else "", rest))


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
    if name == "shadow":
        return _with_shadow(state, component, Effect(name, arguments, colour))
    x, y, width, height = _box(state, component) if name in REGIONAL else (0, 0, 0, 0)
    return state.then(Effect(name, arguments, colour, x, y, width, height))


def _with_shadow(state: State, component: Component, effect: Effect) -> State:
    """A shadow x_ to the right and y_ down, and a canvas that has room for it on each side."""
    factor = component_dpr(state, component)
    x = offset(component.get("x"), state.size.width, factor) or 0
    y = offset(component.get("y"), state.size.height, factor) or 0
    left, right = max(0, SHADOW_ROOM - x), max(0, SHADOW_ROOM + x)
    top, bottom = max(0, SHADOW_ROOM - y), max(0, SHADOW_ROOM + y)
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
