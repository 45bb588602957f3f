"""From a transformation and the header of a source to a plan: only numbers and step names, frozen, JSON.

A plan says everything that the bytes of the answer depend on beside the source's bytes, and it knows the
size of the answer before any pixel is read.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from picturerail.errors import BadRequest
from picturerail.transform.geometry import Size
from picturerail.transform.grammar import Transformation
from picturerail.transform.planning.component import plan_component
from picturerail.transform.planning.encoding import Encoding, plan_encoding
from picturerail.transform.planning.opening import Opening, as_opened, plan_opening
from picturerail.transform.planning.output import Output
from picturerail.transform.planning.state import State, transformation_dpr
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Step, step_from_json, step_to_json

__all__ = ["Output", "Plan", "Rendered", "make_plan"]


@dataclass(frozen=True)
class Plan:
    """How to open the source, the steps to do on each frame, and how to encode; with the size of the answer."""

    opening: Opening
    steps: tuple[Step, ...]
    encoding: Encoding
    width: int
    height: int
    frames: int

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same plan."""
        return {**dataclasses.asdict(self), "steps": [step_to_json(step) for step in self.steps]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The plan that `to_json` described."""
        parts = {
            "opening": Opening(**data["opening"]),
            "steps": tuple(step_from_json(step) for step in data["steps"]),
            "encoding": Encoding(**data["encoding"]),
        }
        return cls(**{**data, **parts})


@dataclass(frozen=True)
class Rendered:
    """What was written: size in pixels of one frame, format, and bytes of the file."""

    width: int
    height: int
    format: str
    bytes: int


def make_plan(transformation: Transformation, source: SourceInfo, output: Output) -> Plan:
    """The plan that makes `transformation` of a source in a format; BadRequest when it cannot be done."""
    source = as_opened(source, orient=not _ignores_orientation(transformation))
    state = State(
        size=Size(source.width, source.height), limits=output, dpr=transformation_dpr(transformation)
    )
    for component in transformation.components:
        state = plan_component(state, component)
    encoding = plan_encoding(transformation, output)
    frames = source.frames if encoding.animated else 1
    _check_output(state.size, frames, output)
    opening, steps = plan_opening(source, state.steps, frames)
    return Plan(opening, steps, encoding, state.size.width, state.size.height, frames)


def _ignores_orientation(transformation: Transformation) -> bool:
    angles = (component.get("a") for component in transformation.components)
    return any(isinstance(angle, tuple) and "ignore" in angle for angle in angles)


def _check_output(size: Size, frames: int, output: Output) -> None:
    if size.width * size.height * frames > output.max_pixels:
        raise BadRequest(
            f"The answer would be {size.width} x {size.height} pixels in {frames} frames; "
            f"{output.max_pixels:,} pixels in all is the limit."
        )
