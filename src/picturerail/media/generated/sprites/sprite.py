"""POST /<resource_type>/sprite: several pictures in one, and where each lies in it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from picturerail import image_formats
from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.derivatives.eager import make_one
from picturerail.media.generated import inputs
from picturerail.media.generated.async_calls import send_or_make
from picturerail.media.generated.save import addresses, keep, name_of, stored_name
from picturerail.media.generated.sprites.canvas import painted
from picturerail.media.generated.sprites.layout import SpritePlace, arrange
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store.derived.records import Derived
from picturerail.transform.grammar import Component, Transformation, parse
from picturerail.transform.probe import SourceInfo

MAX_SIDE = 16_000


def sprite(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any] | Response:
    """Make the sprite and keep it; with mode=download, send it."""
    return send_or_make(media, call, resource_type, kind="sprite", kept=_kept, make=make)


def make(media: Media, params: Params, resource_type: str) -> dict[str, Any]:
    """Make the sprite and keep it; where it is, and where each picture is in it."""
    del resource_type
    name = name_of(params)
    asset, infos = _kept(media, params, name)
    urls = _urls(addresses(media, "sprite", asset, name, inputs.transformation_of(params)), asset.format)
    named = {"asset_id": asset.asset_id, "public_id": name, "version": asset.version}
    return {**urls, **named, "image_infos": infos}


def _kept(media: Media, params: Params, name: str) -> tuple[Asset, dict[str, Any]]:
    """The asset that was made, and the place of each picture in it."""
    transformation = inputs.transformation_of(params)
    pictures = inputs.pictures(media, params)
    image_format = image_formats.canonical(str(parse(transformation).told("f") or "png"))
    if image_format not in ("png", "jpg", "webp"):
        raise BadRequest("A sprite can be png, jpg or webp.")
    texts = inputs.fitting(pictures, transformation, _fit)
    images = [make_one(media, *each, "png") for each in zip(pictures, texts, strict=True)]
    width, height, places = arrange([(image.width, image.height) for image in images])
    if max(width, height) > MAX_SIDE:
        raise BadRequest(f"The sprite would be {width} x {height} pixels; {MAX_SIDE} is the limit of a side.")
    with ExitStack() as stack:
        layers = _layers(media, stack, images)
        composition = _composition(width, height, places)
        made = painted(media, composition, image_format, layers, f"{name}.{image_format}")
    infos = {asset.public_id: vars(place) for asset, place in zip(pictures, places, strict=True)}
    # names of fields cannot be any text
    listed = [{"name": public_id, **place} for public_id, place in infos.items()]
    return keep(media, made, "sprite", stored_name(name, transformation), made={"image_infos": listed}), infos


def _fit(sizes: list[tuple[int, int]]) -> bool:
    width, height, _ = arrange(sizes)
    return max(width, height) <= MAX_SIDE and width * height <= inputs.MAX_PIXELS


def _layers(media: Media, stack: ExitStack, images: list[Derived]) -> dict[str, tuple[SourceInfo, Path]]:
    """What is known of each picture and its file, which stays until `stack` is closed."""
    return {
        f"p{index}": (
            SourceInfo("png", image.width, image.height, has_alpha=True, bands=4),
            stack.enter_context(media.derived.local(image.key)),
        )
        for index, image in enumerate(images)
    }


def _urls(plain: dict[str, str], image_format: str) -> dict[str, str]:
    """Six addresses: of the style sheet, the picture and the list, each plain and secure."""
    files = {"css": "css", "image": image_format, "json": "json"}
    return {
        **{f"{kind}_url": f"{plain['url']}.{ending}" for kind, ending in files.items()},
        **{f"secure_{kind}_url": f"{plain['secure_url']}.{ending}" for kind, ending in files.items()},
    }


def _composition(width: int, height: int, places: list[SpritePlace]) -> Transformation:
    canvas = parse(f"c_pad,g_north_west,h_{height},w_{width}").components
    return Transformation((*canvas, *(_placed(index, place) for index, place in enumerate(places))))


def _placed(index: int, place: SpritePlace) -> Component:
    return parse(f"g_north_west,l_p{index},x_{place.x},y_{place.y}").components[0]
