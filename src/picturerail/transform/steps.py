"""The small pixel steps that a plan lists, as frozen values; `pixels.execute` does them, one function each.

Sizes and boxes are whole pixels of the picture as it is at that step; colours are (r, g, b, alpha) from 0 to 255.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from picturerail.transform.language.colours import CLEAR, RGBA


@dataclass(frozen=True)
class Crop:
    """Keep one box."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Resize:
    """Scale to exactly this size."""

    width: int
    height: int


@dataclass(frozen=True)
class Orient:
    """Apply an EXIF orientation, 1 to 8."""

    orientation: int


@dataclass(frozen=True)
class ToSrgb:
    """Convert to 8-bit sRGB with or without alpha, by the embedded profile when there is one."""


@dataclass(frozen=True)
class Pad:
    """Put the picture at (x, y) on a canvas of this size."""

    x: int
    y: int
    width: int
    height: int
    colour: RGBA = CLEAR


@dataclass(frozen=True)
class Flip:
    """Mirror: left to right, or top to bottom."""

    horizontal: bool


@dataclass(frozen=True)
class Rotate:
    """Turn clockwise; the canvas becomes width x height, and the corners that appear are transparent."""

    degrees: float
    width: int
    height: int


@dataclass(frozen=True)
class RoundCorners:
    """Make the corners transparent outside ellipse quarters: top left, top right, bottom right, bottom left."""

    radii: tuple[float, float, float, float]
    ellipse: bool = False


@dataclass(frozen=True)
class Fill:
    """Put a colour behind what is transparent."""

    colour: RGBA


Step: TypeAlias = Crop | Resize | Orient | ToSrgb | Pad | Flip | Rotate | RoundCorners | Fill

STEPS: dict[str, type[Step]] = {
    step.__name__: step for step in (Crop, Resize, Orient, ToSrgb, Pad, Flip, Rotate, RoundCorners, Fill)
}


def step_to_json(step: Step) -> dict[str, Any]:
    """The step's name and numbers as a JSON object."""
    return {"step": type(step).__name__, **dataclasses.asdict(step)}


def step_from_json(data: dict[str, Any]) -> Step:
    """The step that `step_to_json` described."""
    fields = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data.items()
        if key != "step"
    }
    make: Callable[..., Step] = STEPS[data["step"]]
    return make(**fields)
