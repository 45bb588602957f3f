"""The parameters that change the outline: a_ (angle), r_ (radius), bo_ (border), o_ (opacity), b_ (background)."""

import math

from picturerail.transform.boxes import Size, nearest
from picturerail.transform.grammar import Component
from picturerail.transform.language.colours import RGBA
from picturerail.transform.language.values import Scalar
from picturerail.transform.planning.state import State, component_dpr
from picturerail.transform.steps import Fill, Flip, Opacity, Pad, Rotate, RoundBorder, RoundCorners


def plan_radius(state: State, component: Component) -> State:
    """Round the corners."""
    corners = _corners(state, component)
    return state.then(corners) if corners else state


def plan_border(state: State, component: Component) -> State:
    """Put a border round the picture; round corners in the same component have it follow them."""
    border = component.get("bo")
    if not isinstance(border, tuple) or border[0] == 0:
        return state
    width = border_width(border[0], component_dpr(state, component))
    colour = as_colour(border[1:])
    corners = _corners(state, component)
    if corners is None:
        size = state.size
        return state.then(Pad(width, width, size.width + 2 * width, size.height + 2 * width, colour))
    return state.then(RoundBorder(width, colour, corners.radii, corners.ellipse))


def border_width(width: Scalar, factor: float) -> int:
    """A border that is asked for has one pixel at least."""
    return nearest(float(width) * factor)


def plan_opacity(state: State, component: Component) -> State:
    """Make the picture partly transparent."""
    opacity = component.get("o")
    return (
        state.then(Opacity(float(opacity))) if isinstance(opacity, int | float) and opacity < 100 else state
    )


def _corners(state: State, component: Component) -> RoundCorners | None:
    radius = component.get("r")
    if not isinstance(radius, tuple) or not any(radius):
        return None
    if radius == ("max",):
        return RoundCorners((0, 0, 0, 0), ellipse=True)
    factor = component_dpr(state, component)
    most = min(state.size.width, state.size.height) / 2
    return RoundCorners(_four([most if part == "max" else float(part) * factor for part in radius]))


def _four(radii: list[float]) -> tuple[float, float, float, float]:
    """One to four radii as four, filled up as in CSS: opposite corners are alike."""
    first = radii[0]
    second = radii[1] if len(radii) > 1 else first
    third = radii[2] if len(radii) > 2 else first
    fourth = radii[3] if len(radii) > 3 else second
    return (first, second, third, fourth)


def plan_angle(state: State, component: Component) -> State:
    """Turn and mirror, in the order given."""
    angle = component.get("a")
    for part in angle if isinstance(angle, tuple) else ():
        state = _turned(state, part)
    return state


def _turned(state: State, part: Scalar) -> State:
    if part in ("hflip", "vflip"):
        return state.then(Flip(horizontal=part == "hflip"))
    if isinstance(part, str) or part % 360 == 0:
        return state
    size = rotated(state.size, part)
    return state.then(Rotate(part % 360, size.width, size.height))


def rotated(size: Size, degrees: float) -> Size:
    """The box around a turned picture, rounded down as Cloudinary does (241 x 51 by 45 degrees is 206 x 206)."""
    if degrees % 180 == 90:
        return size.turned
    if degrees % 180 == 0:
        return size
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    width = math.floor(size.width * cosine + size.height * sine)
    height = math.floor(size.width * sine + size.height * cosine)
    return Size(max(1, width), max(1, height))


def plan_background(state: State, component: Component) -> State:
    """Put the colour of b_ behind what is transparent."""
    colour = component.get("b")
    if not isinstance(colour, tuple) or isinstance(colour[0], str) or colour[3] == 0:
        return state
    return state.then(Fill(as_colour(colour)))


# In this order, whatever the order of the parameters.
OUTLINE = (plan_radius, plan_border, plan_opacity, plan_angle, plan_background)


def as_colour(value: tuple[Scalar, ...]) -> RGBA:
    """The value of a colour parameter as four whole numbers."""
    red, green, blue, alpha = (int(part) for part in value)
    return (red, green, blue, alpha)
