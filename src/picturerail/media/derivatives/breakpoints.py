"""Responsive breakpoints: the widths of an image between which its file grows by a step worth having."""

import uuid
from typing import Any

from picturerail import image_formats
from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.derivatives import breakpoint_settings
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings
from picturerail.media.derivatives.plans import plan_of
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store.derived import get_or_create
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.media.transformations import registry
from picturerail.transform.grammar import Component, Transformation, parse
from picturerail.transform.plan import Plan


def check(media: Media, params: Params) -> None:
    """BadRequest before anything is done, when breakpoints are asked for of what cannot be made here."""
    for each in breakpoint_settings.read(params):
        registry.expanded(media.database, parse(each.transformation))


def find(media: Media, asset: Asset, wanted: BreakpointSettings, *, signed: bool = True) -> dict[str, Any]:
    """The breakpoints of one setting, as an upload answers them; with `signed` addresses where those are closed."""
    text = wanted.transformation
    found = [
        _breakpoint(media, asset, wanted, width, signed=signed) for width in widths(media, asset, wanted)
    ]
    return {"transformation": text, "breakpoints": found} if text else {"breakpoints": found}


def widths(media: Media, asset: Asset, wanted: BreakpointSettings) -> list[int]:
    """The widths alone, largest first.

    The file's size is measured at the largest and the smallest width and taken to grow with the area between.
    """
    top = min(_plan(media, asset, wanted).width, wanted.max_width)
    bottom = min(wanted.min_width, top)
    if bottom == top:
        return [top]
    large, small = (_measured(media, asset, wanted, width) for width in (top, bottom))
    steps = min(max(1, (large - small) // wanted.bytes_step), max(1, wanted.max_images - 1))
    areas = (bottom**2 + (top**2 - bottom**2) * step / steps for step in range(steps, -1, -1))
    return list(dict.fromkeys(round(area**0.5) for area in areas))


def _plan(media: Media, asset: Asset, wanted: BreakpointSettings, width: int = 0) -> Plan:
    facts = asset.picture
    text = "/".join(part for part in (wanted.transformation, f"c_scale,w_{width}" if width else "") if part)
    transformation = registry.expanded(media.database, _without_bare_crops(parse(text)))
    asked = image_formats.canonical(wanted.format or str(transformation.told("f") or ""))
    if asked not in image_formats.WRITABLE:
        asked = image_formats.by_default(str(asset.format), transparent=facts.transparent)
    return plan_of(media, asset, transformation, asked, signed=False)


def _without_bare_crops(transformation: Transformation) -> Transformation:
    """Without crop modes that have no size: clients give `c_scale` for the width that is to be found."""
    sizes = {"w", "h", "ar"}
    components = []
    for component in transformation.components:
        bare = sizes.isdisjoint(key for key, _ in component.values)
        kept = tuple(item for item in component.values if not (bare and item[0] == "c"))
        components += [Component(kept)] if kept else []
    return Transformation(tuple(components))


def _breakpoint(
    media: Media, asset: Asset, wanted: BreakpointSettings, width: int, *, signed: bool
) -> dict[str, Any]:
    plan = _plan(media, asset, wanted, width)
    text = "/".join(part for part in (wanted.transformation, f"c_scale,w_{width}") if part)
    if wanted.create_derived:
        length = get_or_create.get_or_create(
            media, DerivedSpec.of(asset, plan, registry.normal(text)), preferred=True
        ).bytes
    else:
        length = _measured(media, asset, wanted, width)
    size = {"width": plan.width, "height": plan.height, "bytes": length}
    return size | resource.urls(media.settings, asset, text, plan.encoding.format, signed=signed)


def _measured(media: Media, asset: Asset, wanted: BreakpointSettings, width: int) -> int:
    """The bytes of the image at a width, which is made for that and not kept."""
    target = media.spool / uuid.uuid4().hex
    try:
        plan = _plan(media, asset, wanted, width)
        return get_or_create.render(media, asset, plan, target).bytes
    finally:
        target.unlink(missing_ok=True)
