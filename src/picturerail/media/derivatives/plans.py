"""Plan a transformation of an asset: what it may ask for beside the picture itself, and who may use what as a layer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from picturerail.errors import BadRequest, NotFound, Unauthorized
from picturerail.media.access.policy import REFUSAL, is_open_host
from picturerail.media.asset import Asset, Identity
from picturerail.media.attributes.analysis_cache import faces_of
from picturerail.media.attributes.coordinates import Box
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.remote_assets.old_cloud import find_in_old_cloud
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived.spec import source_of
from picturerail.media.urls.delivery_path import layer_names
from picturerail.transform.grammar import Component, Transformation, parse
from picturerail.transform.language.expressions import Formula
from picturerail.transform.language.values import Scalar
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.probe import Facts, SourceInfo

# what can be planned from the header of a picture alone
_PLAIN = frozenset(("a", "ar", "b", "bo", "c", "dpr", "f", "g", "h", "o", "q", "r", "w", "x", "y", "z"))
_PLACES = (
    "auto",
    "center",
    "east",
    "north",
    "north_east",
    "north_west",
    "south",
    "south_east",
    "south_west",
    "west",
)


def plan_of(
    media: Media, asset: Asset, transformation: Transformation, image_format: str, *, signed: bool
) -> Plan:
    """The plan for an image of an asset. Only `signed` transformations may show closed pictures as layers."""
    info = source_of(asset)
    if _asks_for_nothing(transformation):
        return _plan_alone(transformation, info, image_format, asset.quality_override)
    return make_plan(transformation, info, Output(image_format), context_of(media, asset, signed=signed))


@lru_cache(2000)
def _plan_alone(transformation: Transformation, info: SourceInfo, image_format: str, quality: str) -> Plan:
    """A plan that depends on nothing but the header of the picture: the same for all pictures of a size."""
    return make_plan(transformation, info, Output(image_format), Context(quality=quality))


@lru_cache(2000)
def _asks_for_nothing(transformation: Transformation) -> bool:
    """Whether a transformation asks for nothing beside the picture: no layer, face, formula, effect or condition."""
    return all(
        key in _PLAIN and (key != "g" or value in _PLACES) and not isinstance(value, Formula)
        for component in transformation.components
        for key, value in component.values
    )


def plan_of_file(
    media: Media, facts: Facts, transformation: Transformation, image_format: str, *, signed: bool
) -> Plan:
    """The plan for a file that is being uploaded; `signed` as for `plan_of`."""
    context = Context(
        layer=lambda kind, name: _layer(media, kind, name, signed=signed),
        font=lambda name: _font(media, name, signed=signed),
        style=lambda name: _style(media, name),
        raw=lambda name: _raw(media, name, signed=signed),
    )
    return make_plan(transformation, facts.info, Output(image_format), context)


def context_of(media: Media, asset: Asset, *, signed: bool) -> Context:
    """The answers to what a transformation may ask about an asset and about others."""
    return Context(
        layer=lambda kind, name: _layer(media, kind, name, signed=signed),
        font=lambda name: _font(media, name, signed=signed),
        style=lambda name: _style(media, name),
        raw=lambda name: _raw(media, name, signed=signed),
        faces=lambda: _fractions(asset, faces_of(media, asset)),
        custom=_fractions(asset, asset.custom_coordinates),
        quality=asset.quality_override,
        tags=tuple(asset.tags),
        values=_values("ctx", asset.context) | _values("md", asset.metadata),
    )


def _layer(media: Media, kind: str, name: str, *, signed: bool) -> LayerAsset:
    if kind == "fetch":
        if not (signed or is_open_host(media.settings, name)):
            raise Unauthorized(REFUSAL)
        asset: Asset | None = find_or_fetch(media, name)
    else:
        if kind != "upload" and not signed:
            raise Unauthorized(REFUSAL)
        asset = next(
            filter(None, (_find(media, Identity("image", kind, each)) for each in layer_names(name))), None
        )
    if asset is None:
        raise NotFound(f"Resource not found - layer {name}")
    if asset.is_restricted and not signed:
        raise Unauthorized(REFUSAL)
    if not asset.facts:
        raise BadRequest(f"Only pictures can be layers; {name} is none.")
    return LayerAsset(
        asset.picture.info,
        asset.original,
        faces=lambda: _fractions(asset, faces_of(media, asset)),
        custom=_fractions(asset, asset.custom_coordinates),
    )


def _find(media: Media, identity: Identity) -> Asset | None:
    return assets.find(media.database, identity) or find_in_old_cloud(media, identity)


def _raw(media: Media, name: str, *, signed: bool) -> str:
    """The key of the original of a table of colours or of a profile."""
    asset = _find(media, Identity("raw", "upload", name))
    if asset is None:
        raise NotFound(f"Resource not found - raw file {name}")
    if asset.is_restricted and not signed:
        raise Unauthorized(REFUSAL)
    return asset.original


def _font(media: Media, name: str, *, signed: bool) -> str:
    """The key of the original of a font: a raw file of type authenticated, so that nobody gets the font itself."""
    asset = _find(media, Identity("raw", "authenticated", name))
    if asset is None:
        raise NotFound(f"Resource not found - font {name}, which is to be a raw file of type authenticated")
    if asset.is_restricted and not signed:
        raise Unauthorized(REFUSAL)
    return asset.original


def _style(media: Media, name: str) -> Component:
    """The layer as which a stored text was drawn."""
    asset = assets.find(media.database, Identity("image", "text", name))
    if asset is None or not asset.text_style:
        raise NotFound(f"Resource not found - text {name}, whose style is asked for")
    return parse(asset.text_style).components[0]


def _fractions(asset: Asset, boxes: Sequence[Box]) -> tuple[Face, ...]:
    width, height = asset.width, asset.height
    return tuple(Face(x / width, y / height, across / width, down / height) for x, y, across, down in boxes)


def _values(kind: str, given: Mapping[str, Any]) -> dict[str, Scalar | tuple[str, ...]]:
    """What ctx:!key! or md:!key! stands for in a formula."""
    return {
        f"{kind}:{key}": tuple(map(str, value)) if isinstance(value, list) else value
        for key, value in given.items()
        if isinstance(value, str | int | float | list)
    }
