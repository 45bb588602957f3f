"""The pictures of which a sprite or an animation is made: those with a tag, or those at given addresses."""

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote

from picturerail.errors import BadRequest, NotFound
from picturerail.media.asset import Asset, Identity
from picturerail.media.http.params import Params
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.transformations import suffix
from picturerail.media.urls.delivery_path import parse_path
from picturerail.transform.plan import Output
from picturerail.url_parts import split_url

MAX_INPUTS = 100
MAX_PIXELS = Output.max_pixels  # of all together
FORMAT = re.compile(r"(?:^|[,/])f_(\w{1,8})(?=[,/]|$)")
Fits: TypeAlias = Callable[[list[tuple[int, int]]], bool]  # whether pictures of these sizes do, all together
_SMALLER = 0.95  # by which sizes are made smaller until all fit


def pictures(media: Media, params: Params) -> list[Asset]:
    """The assets, oldest first, or in the order of the addresses; BadRequest or NotFound when there are none."""
    if urls := params.texts("urls"):
        if len(urls) > MAX_INPUTS:
            raise BadRequest(f"At most {MAX_INPUTS} urls can be given.")
        return [_at(media, url) for url in urls]
    tag = params.required("tag")
    query = {"tags": tag, "resource_type": "image", "type": "upload", "facts": {"$ne": None}}
    tagged = assets.find_all(media.database, query, limit=MAX_INPUTS + 1)
    found = [asset for asset in tagged if not asset.is_restricted]  # what is made of it is open
    if not found:
        raise NotFound(f"No images found for tag {tag[:255]}")
    if len(tagged) > MAX_INPUTS:
        raise BadRequest(
            f"More than {MAX_INPUTS} images have the tag {tag[:255]}; {MAX_INPUTS} is the limit."
        )
    return found


def transformation_of(params: Params) -> str:
    """What is done to each picture; a format behind it, as clients write it (w_20/gif), is f_."""
    text, ending = suffix.split(params.text("transformation"))
    return f"{text}/f_{ending}" if ending else text


def fitting(pictures: list[Asset], text: str, fits: Fits) -> list[str]:
    """What is done to each picture: `text`, or a smaller size where nothing was asked for and all do not fit.

    Photos as they come from a camera would be more in one than anything can show, or anybody would wait for.
    """
    full = [(asset.picture.info.width, asset.picture.info.height) for asset in pictures]
    if without(FORMAT, text):
        return [text] * len(full)
    sizes, factor = full, 1.0
    while not fits(sizes):
        factor *= _SMALLER
        sizes = [(max(1, round(width * factor)), max(1, round(height * factor))) for width, height in full]
    scaled = [f"c_scale,h_{height},w_{width}" if factor < 1 else "" for width, height in sizes]
    return [joined(text, each) for each in scaled]


def joined(*parts: str) -> str:
    """Transformations that are done one after the other."""
    return "/".join(part for part in parts if part)


def without(pattern: re.Pattern[str], text: str) -> str:
    """`text` without the parameter that `pattern` finds, and without the commas and slashes that it leaves."""
    rest = pattern.sub("", text)
    return "/".join(",".join(part for part in piece.split(",") if part) for piece in rest.split("/") if piece)


def _at(media: Media, url: str) -> Asset:
    """The picture at an address: our own are found by their path, others are fetched."""
    own = f"/{media.settings.cloud_name}/"
    parts = split_url(url)
    hosts = {split_url(each).netloc for each in (media.settings.site_url, media.settings.cdn_url) if each}
    if parts.netloc not in hosts or not parts.path.startswith(own):
        return find_or_fetch(media, url)
    path = parse_path(unquote(parts.path.removeprefix(own)))
    names = (path.stem_and_extension[0], path.name)
    found = assets.find_first(media.database, [Identity("image", path.type, name) for name in names])
    if found is None or path.type != "upload" or found.is_restricted or not found.facts:
        raise NotFound(f"Resource not found - {url[:300]}")
    return found
