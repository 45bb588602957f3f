"""The parameters that change the size: c_, w_, h_, ar_, g_, x_, y_ and dpr_."""

from picturerail.errors import BadRequest
from picturerail.transform.geometry import Wanted, nearest, resize_steps
from picturerail.transform.grammar import Component, flags_of
from picturerail.transform.language.colours import CLEAR
from picturerail.transform.language.values import Value
from picturerail.transform.planning.state import State, component_dpr

_PADDING = ("pad", "lpad", "mpad")
_PLACED = (*_PADDING, "crop", "fill", "lfill", "thumb")


def plan_resize(state: State, component: Component) -> State:
    """Bring the picture to the size that the component asks for."""
    mode = component.get("c")
    if mode is None and not any(component.get(key) is not None for key in ("w", "h", "ar")):
        _refuse_misplaced(component, "")
        return state
    wanted = _wanted(state, component, str(mode or "scale"))
    return state.then(*resize_steps(state.size, wanted))


def _wanted(state: State, component: Component, mode: str) -> Wanted:
    _refuse_misplaced(component, mode)
    factor = component_dpr(state, component)
    ratio = component.get("ar")
    gravity = component.get("g")
    background = component.get("b")
    return Wanted(
        mode=mode,
        width=side(component.get("w"), state.size.width, factor),
        height=side(component.get("h"), state.size.height, factor),
        ratio=ratio if isinstance(ratio, float) else None,
        gravity=None if gravity is None else str(gravity),
        x=offset(component.get("x"), state.size.width, factor),
        y=offset(component.get("y"), state.size.height, factor),
        background=background if isinstance(background, tuple) else CLEAR,  # type: ignore[arg-type]
        ignore_ratio="ignore_aspect_ratio" in flags_of(component),
    )


def _refuse_misplaced(component: Component, mode: str) -> None:
    """Placement without anything to place is a mistake that would otherwise pass unseen."""
    if mode in _PLACED:
        return
    for key in ("g", "x", "y"):
        if component.get(key) is not None:
            where = f"c_{mode}" if mode else "a component without c_"
            raise BadRequest(f"{key}_ has no meaning in {where}; it goes with c_{', c_'.join(_PLACED)}.")


def side(value: Value | None, current: int, factor: float) -> int | None:
    """A w_ or h_ in pixels: a decimal is a fraction of the current side."""
    if isinstance(value, float):
        return nearest(current * value)
    return nearest(value * factor) if isinstance(value, int) else None


def offset(value: Value | None, current: int, factor: float) -> int | None:
    """An x_ or y_ in pixels, which may be nought or negative."""
    if isinstance(value, float):
        return round(current * value)
    return round(value * factor) if isinstance(value, int) else None
