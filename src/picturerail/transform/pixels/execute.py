"""Doing a plan: open, each step, encode. libvips computes lazily, so pixels stream through all steps at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from picturerail.transform.grammar import parse
from picturerail.transform.pixels import encode
from picturerail.transform.pixels.doing import backdrop, colour, effects, mixing, shape, text
from picturerail.transform.pixels.doing.frames import each_frame
from picturerail.transform.pixels.sources import attribution, opening
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.plan import Output, Plan, Rendered, make_plan
from picturerail.transform.probe import Limits, SourceInfo, check
from picturerail.transform.steps import (
    Crop,
    Effect,
    Fill,
    Flip,
    ImageLayer,
    Opacity,
    Opening,
    Orient,
    Overlay,
    Pad,
    Resize,
    Rotate,
    RoundBorder,
    RoundCorners,
    SmartCrop,
    Step,
    TextLayer,
    ToSrgb,
    Trim,
)

# One function for each step; those that need the whole picture at once get it from memory.
DO: dict[type[Step], Callable[[pyvips.Image, Any], pyvips.Image]] = {
    Crop: shape.crop,
    SmartCrop: shape.smart_crop,
    Resize: shape.resize,
    Orient: shape.orient,
    ToSrgb: colour.to_srgb,
    Pad: backdrop.pad,
    Flip: shape.flip,
    Rotate: shape.rotate,
    RoundCorners: shape.round_corners,
    RoundBorder: shape.round_border,
    Fill: colour.fill,
    Opacity: colour.opacity,
    Effect: effects.apply,
}
_STREAMED = (Crop, Resize, ToSrgb, Fill)
Layers = Mapping[str, Path]


@dataclass(frozen=True)
class _Work:
    """What steps may need beside the picture: files of layers, and the limits."""

    layers: Layers
    limits: Limits


def render(path: Path, plan: Plan, target: Path, limits: Limits, layers: Layers) -> Rendered:
    """Make what the plan says of the source at `path`, and put it at `target` in one move.

    `layers` has a file for each of `plan.sources`.
    """
    try:
        image = _opened(path, plan.opening, limits)
        credit = _attribution(path, plan, image)
        image = _done(image, plan, _Work(layers, limits))
        image = attribution.put(image, credit) if credit else image
        size = encode.write(image, plan.encoding, target)
    except pyvips.Error as error:
        raise opening.damaged(error) from error
    return Rendered(image.width, image.height // plan.frames, plan.encoding.format, size)


def _opened(path: Path, how: Opening, limits: Limits) -> pyvips.Image:
    if not how.reduced:  # a copy of our own is within all limits
        check(opening.read_header(path), limits)
    return opening.load(path, how.format, page=how.page, frames=how.frames, shrink=how.shrink)


def _attribution(path: Path, plan: Plan, image: pyvips.Image) -> attribution.Attribution | None:
    return attribution.read(path, plan.opening.format, image) if plan.encoding.attribution else None


def _done(image: pyvips.Image, plan: Plan, work: _Work) -> pyvips.Image:
    def do_steps(frame: pyvips.Image) -> pyvips.Image:
        return _steps(frame, plan.steps, work)

    return each_frame(image, plan.frames, do_steps) if plan.frames > 1 else do_steps(image)


def _steps(image: pyvips.Image, steps: tuple[Step, ...], work: _Work) -> pyvips.Image:
    return reduce(lambda picture, step: _do(picture, step, work), steps, image)


def _do(image: pyvips.Image, step: Step, work: _Work) -> pyvips.Image:
    if not isinstance(step, _STREAMED):
        image = image.copy_memory()
    if isinstance(step, Trim):
        return _continued(shape.trim(image, step), step.rest, work)
    if isinstance(step, Overlay):
        return mixing.put(image, _layer(step.layer, work), step)
    return DO[type(step)](image, step)


def _layer(layer: ImageLayer | TextLayer, work: _Work) -> pyvips.Image:
    if isinstance(layer, TextLayer):
        return _continued(text.draw(layer), layer.rest, work)
    image = _opened(work.layers[layer.original], layer.opening, work.limits)
    return _steps(image, layer.steps, work).copy_memory()


def _continued(image: pyvips.Image, rest: str, work: _Work) -> pyvips.Image:
    """The picture after a transformation that could not be planned before its size was known."""
    if not rest:
        return image
    info = SourceInfo("png", image.width, image.height, has_alpha=bool(image.hasalpha()), bands=image.bands)
    plan = make_plan(parse(rest), info, Output("png"))
    return _steps(image, plan.steps, work)
