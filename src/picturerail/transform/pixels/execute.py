"""Doing a plan: open, each step, encode. libvips computes lazily, so pixels stream through all steps at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from picturerail.errors import BadRequest, NotFound
from picturerail.transform.grammar import parse
from picturerail.transform.pixels import encode, ultra_hdr
from picturerail.transform.pixels.decode import damage, loaders
from picturerail.transform.pixels.metadata import iptc
from picturerail.transform.pixels.operations import OPERATIONS, composite, geometry, lut, text
from picturerail.transform.pixels.operations.frames import each_frame
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.plan import Context, Output, Plan, Rendered, make_plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.planning.later import context_of
from picturerail.transform.probe import Limits, SourceInfo, check
from picturerail.transform.steps import ImageLayer, LoadOptions, Lut, Overlay, Step, TextLayer, Trim

Layers = Mapping[str, Path]


@dataclass(frozen=True)
class _Work:
    """What steps may need beside the picture: files of layers, and the limits."""

    layers: Layers
    limits: Limits
    chosen: list[Encoding] = field(default_factory=list)  # by branches that only the size could choose


def render(path: Path, plan: Plan, target: Path, limits: Limits, layers: Layers) -> Rendered:
    """Make what the plan says of the source at `path`, and put it at `target` in one move.

    `layers` has a file for each of `plan.sources`.
    """
    try:
        image = _opened(path, plan.load, limits)
        credit = _attribution(path, plan, image)
        found = ultra_hdr.read(path) if plan.load.gain_map else None
        led = ultra_hdr.led(found, image, plan.steps) if found else None
        work = _Work(layers, limits)
        image = _done(image, plan, work)
        image = iptc.put(image, credit) if credit else image
        image = ultra_hdr.put(image, found, led) if found else image
        profile = layers[plan.encoding.icc] if plan.encoding.icc else None
        size = encode.write(image, _heeded(plan.encoding, work.chosen), target, profile=profile)
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    return Rendered(image.width, image.height // plan.frames, plan.encoding.format, size)


def _heeded(planned: Encoding, chosen: list[Encoding]) -> Encoding:
    """The encoding with the quality and the flags of the branches that were taken."""
    if not chosen:
        return planned
    last = chosen[-1]
    said = {name: getattr(last, name) for name in ("quality", "auto", "chroma", "progressive")}
    return replace(planned, **said, palette=last.palette if planned.format == "png" else planned.palette)


def _opened(path: Path, how: LoadOptions, limits: Limits) -> pyvips.Image:
    if not how.intermediate:  # a copy of our own is within all limits
        check(loaders.read_header(path), limits)
    return loaders.load(
        path,
        how.format,
        page=how.page,
        frames=how.frames,
        shrink=how.shrink,
        scale=how.scale,
        preview=how.preview,
        width=how.width,
    )


def _attribution(path: Path, plan: Plan, image: pyvips.Image) -> iptc.Attribution | None:
    return iptc.read(path, plan.load.format, image) if plan.encoding.attribution else None


def _done(image: pyvips.Image, plan: Plan, work: _Work) -> pyvips.Image:
    def do_steps(frame: pyvips.Image) -> pyvips.Image:
        return _steps(frame, plan.steps, work)

    return each_frame(image, plan.frames, do_steps) if plan.frames > 1 else do_steps(image)


def _steps(image: pyvips.Image, steps: tuple[Step, ...], work: _Work) -> pyvips.Image:
    for step in steps:
        if not isinstance(step, Overlay):
            image = _apply(image, step, work)
            continue
        below = image.copy_memory()
        image, x, y = composite.put(below, _layer(step.layer, work), step)
        if step.if_grown and (image.width, image.height) != (below.width, below.height):
            context = context_of(step.foreseen, image.width, image.height, -x, -y)
            return _continued(image, step.if_grown, context, work)
    return image


def _apply(image: pyvips.Image, step: Step, work: _Work) -> pyvips.Image:
    if not step.streamed:
        image = image.copy_memory()
    if isinstance(step, Trim):
        box = geometry.trimmed(image, step)
        context = context_of(step.foreseen, box.width, box.height, box.x, box.y)
        return _continued(geometry.crop(image, box), step.rest, context, work)
    if isinstance(step, Lut):
        return lut.put(image, work.layers[step.original])
    return OPERATIONS[type(step)](image, step)


def _layer(layer: ImageLayer | TextLayer, work: _Work) -> pyvips.Image:
    work = replace(work, chosen=[])  # which says nothing of how the picture below is written
    if isinstance(layer, TextLayer):
        drawn = text.draw(layer, work.layers[layer.file] if layer.file else None)
        return _continued(drawn, layer.rest, context_of(layer.foreseen, drawn.width, drawn.height), work)
    image = _opened(work.layers[layer.original], layer.load, work.limits)
    return _steps(image, layer.steps, work).copy_memory()


def _continued(image: pyvips.Image, rest: str, context: Context, work: _Work) -> pyvips.Image:
    """The picture after a transformation that could not be planned before its size was known."""
    if not rest:
        return image
    info = SourceInfo("png", image.width, image.height, has_alpha=bool(image.hasalpha()), bands=image.bands)
    try:
        plan = make_plan(parse(rest), info, Output("png"), context, opened=True)
    except NotFound as error:
        # of a layer in a branch: to whoever asked for this picture, none of its own files is lost
        raise BadRequest(str(error)) from error
    if "if_" in rest:
        work.chosen.append(plan.encoding)
    return _steps(image, plan.steps, work)
