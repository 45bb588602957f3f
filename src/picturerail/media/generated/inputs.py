"""The pictures of which a sprite or an animation is made: those with a tag, or those at given addresses."""

from urllib.parse import unquote

from picturerail.errors import BadRequest, NotFound
from picturerail.media.asset import Asset, Identity
from picturerail.media.http.params import Params
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.transformations import suffix
from picturerail.media.urls.delivery_path import parse_path
from picturerail.url_parts import split_url

MAX_INPUTS = 100


def pictures(media: Media, params: Params) -> list[Asset]:
    """The assets, oldest first, or in the order of the addresses; BadRequest or NotFound when there are none."""
    if urls := params.texts("urls"):
        if len(urls) > MAX_INPUTS:
            raise BadRequest(f"At most {MAX_INPUTS} urls can be given.")
        return [_at(media, url) for url in urls]
    tag = params.required("tag")
    query = {"tags": tag, "resource_type": "image", "type": "upload", "facts": {"$ne": None}}
    found = assets.find_all(media.database, query, limit=MAX_INPUTS + 1)
    if not found:
        raise NotFound(f"No images found for tag {tag[:255]}")
    if len(found) > MAX_INPUTS:
        raise BadRequest(
            f"More than {MAX_INPUTS} images have the tag {tag[:255]}; {MAX_INPUTS} is the limit."
        )
    return found


def transformation_of(params: Params) -> str:
    """What is done to each picture; a format behind it, as clients write it (w_20/gif), is f_."""
    text, ending = suffix.split(params.text("transformation"))
    return f"{text}/f_{ending}" if ending else text


def _at(media: Media, url: str) -> Asset:
    """The picture at an address: our own are found by their path, others are fetched."""
    own = f"/{media.settings.cloud_name}/"
    parts = split_url(url)
    if parts.netloc != split_url(media.settings.site_url).netloc or not parts.path.startswith(own):
        return find_or_fetch(media, url)
    path = parse_path(unquote(parts.path.removeprefix(own)))
    names = (path.stem_and_extension[0], path.name)
    found = assets.find_first(media.database, [Identity("image", path.type, name) for name in names])
    if found is None or path.type != "upload" or not found.facts:
        raise NotFound(f"Resource not found - {url[:300]}")
    return found
