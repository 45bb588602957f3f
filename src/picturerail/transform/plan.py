"""From a transformation and the header of a source to a plan: only numbers and step names, frozen, JSON.

A plan says everything that the bytes of the answer depend on beside the source's bytes, and it knows the
size of the answer before any pixel is read.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import Transformation
from picturerail.transform.language.expressions import Formula
from picturerail.transform.language.values import Value
from picturerail.transform.planning import gain_map
from picturerail.transform.planning.blocks import Components, own
from picturerail.transform.planning.component import plan_components
from picturerail.transform.planning.context import Context, Face, LayerAsset, Output
from picturerail.transform.planning.encoding import Encoding, is_animated, plan_encoding
from picturerail.transform.planning.load_options import plan_load, seen_as
from picturerail.transform.planning.state import State, transformation_dpr
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import LoadOptions, Step, from_json, sources, to_json

__all__ = ["Context", "Face", "LayerAsset", "Output", "Plan", "Rendered", "as_json", "make_plan"]

NOTHING = Context()


@dataclass(frozen=True)
class Plan:
    """How to open the source, the steps to do on each frame, and how to encode; with the size of the answer."""

    load: LoadOptions
    steps: tuple[Step, ...]
    encoding: Encoding
    width: int
    height: int
    frames: int

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the other files that the image workers need beside the source: of layers, tables, profiles."""
        return (*sources(self.steps), *((self.encoding.icc,) if self.encoding.icc else ()))

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same plan."""
        return {
            "load": to_json(self.load),
            "steps": to_json(self.steps),
            "encoding": dict(vars(self.encoding)),
            "width": self.width,
            "height": self.height,
            "frames": self.frames,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The plan that `to_json` described."""
        parts = {
            "load": from_json(data["load"]),
            "steps": from_json(data["steps"]),
            "encoding": Encoding(**data["encoding"]),
        }
        return cls(**{**data, **parts})


@lru_cache(1000)
def as_json(plan: Plan) -> dict[str, Any]:
    """A plan as a JSON object, made once for all pictures of a size; not to be changed."""
    return plan.to_json()


@dataclass(frozen=True)
class Rendered:
    """What was written: size in pixels of one frame, format, and bytes of the file."""

    width: int
    height: int
    format: str
    bytes: int


def make_plan(
    transformation: Transformation,
    source: SourceInfo,
    output: Output,
    context: Context = NOTHING,
    *,
    opened: bool = False,
) -> Plan:
    """The plan that makes `transformation` of a source in a format; BadRequest when it cannot be done.

    With e_trim the size is known only from the pixels: width and height are then those before trimming. A source that
    is `opened` is no file any more: what was said of its pages and of the path in it was heeded before.
    """
    components = () if opened else _about_the_file(transformation, source, output, context)
    source, page = seen_as(source, components, _page_told(transformation, components))
    beginning = replace(_beginning(transformation, source, output, context), page=max(page, 1))
    state = plan_components(beginning, transformation.components)
    frames = source.frames if is_animated(state) and not page else 1
    encoding = plan_encoding(state, source, frames)
    _check_output(state.size, frames, output)
    load, steps = plan_load(source, state.steps if opened else state.from_file, frames, max(page - 1, 0))
    if source.gain_map:
        load = replace(load, gain_map=gain_map.is_kept(steps, encoding))
    return Plan(load, steps, encoding, state.size.width, state.size.height, frames)


def _beginning(transformation: Transformation, source: SourceInfo, output: Output, context: Context) -> State:
    size = Size(source.width, source.height)
    dpr = transformation_dpr(transformation, output)
    pages = max(source.frames, len(source.pages))
    return State(size, size, output, dpr, context=context, pages=pages)


def _about_the_file(
    transformation: Transformation, source: SourceInfo, output: Output, context: Context
) -> Components:
    """What says how the file is opened. Where conditions choose, they are asked of the file as it is stored."""
    components = own(transformation.components)
    keys = {key for component in components for key, _ in component.values}
    if "if" not in keys or not keys & {"a", "pg", "t"}:
        return components
    beginning = _beginning(transformation, source, output, context)
    return plan_components(beginning, transformation.components).done


def _page_told(transformation: Transformation, components: Components) -> Value | None:
    """What pg_ says of the picture itself; a formula is worked out by all variables."""
    value = Transformation(components).last("pg")
    return transformation.early_value("pg", value) if isinstance(value, Formula) else value


def _check_output(size: Size, frames: int, output: Output) -> None:
    if size.width * size.height * frames > output.max_pixels:
        raise BadRequest(
            f"The answer would be {size.width} x {size.height} pixels in {frames} frames; "
            f"{output.max_pixels:,} pixels in all is the limit."
        )
