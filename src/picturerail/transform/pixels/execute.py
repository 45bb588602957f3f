"""Doing a plan: open, each step, encode. libvips computes lazily, so pixels stream through all steps at once."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from picturerail.transform.pixels import encode
from picturerail.transform.pixels.doing import colour, shape
from picturerail.transform.pixels.doing.frames import each_frame
from picturerail.transform.pixels.sources import opening
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.plan import Plan, Rendered
from picturerail.transform.probe import Limits, check
from picturerail.transform.steps import (
    Crop,
    Fill,
    Flip,
    Orient,
    Pad,
    Resize,
    Rotate,
    RoundCorners,
    Step,
    ToSrgb,
)

# One function for each step; those that need the whole picture at once get it from memory.
DO: dict[type[Step], Callable[[pyvips.Image, Any], pyvips.Image]] = {
    Crop: shape.crop,
    Resize: shape.resize,
    Orient: shape.orient,
    ToSrgb: colour.to_srgb,
    Pad: shape.pad,
    Flip: shape.flip,
    Rotate: shape.rotate,
    RoundCorners: shape.round_corners,
    Fill: colour.fill,
}
_STREAMED = (Crop, Resize, ToSrgb, Fill)


def render(path: Path, plan: Plan, target: Path, limits: Limits) -> Rendered:
    """Make what the plan says of the source at `path`, and put it at `target` in one move."""
    check(opening.read_header(path), limits)
    how = plan.opening
    image = opening.load(path, how.format, frames=how.frames, shrink=how.shrink)
    try:
        image = _done(image, plan)
        size = encode.write(image, plan.encoding, target)
    except pyvips.Error as error:
        raise opening.damaged(error) from error
    return Rendered(image.width, image.height // plan.frames, plan.encoding.format, size)


def _done(image: pyvips.Image, plan: Plan) -> pyvips.Image:
    def do_steps(frame: pyvips.Image) -> pyvips.Image:
        return reduce(_do, plan.steps, frame)

    return each_frame(image, plan.frames, do_steps) if plan.frames > 1 else do_steps(image)


def _do(image: pyvips.Image, step: Step) -> pyvips.Image:
    if not isinstance(step, _STREAMED):
        image = image.copy_memory()
    return DO[type(step)](image, step)
