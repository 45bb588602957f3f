"""Deliver what was made of several pictures: sprites with their style sheet and list, animations, PDFs."""

import hashlib
import json
import re
from typing import Any

from werkzeug.wrappers import Response

from picturerail import cache_policy, image_formats
from picturerail.errors import NotFound
from picturerail.media.asset import Asset, Identity
from picturerail.media.http import file_response
from picturerail.media.service import Media
from picturerail.media.store import assets, originals
from picturerail.media.transformations import registry
from picturerail.media.urls.delivery_path import DeliveryPath

TYPES = ("sprite", "multi")
TEXTS = {"css": "text/css", "json": "application/json"}


def deliver_made(media: Media, path: DeliveryPath) -> Response:
    """The file that was made under this name and transformation, or the text that belongs to it."""
    stem, _, ending = path.name.rpartition(".")
    name = path.name if path.type == "multi" or not stem else stem
    stored = "/".join(part for part in (registry.normal(path.transformation), name) if part)
    asset = assets.find(media.database, Identity("image", path.type, stored))
    if asset is None or (path.type == "sprite" and ending not in (*TEXTS, asset.format)):
        raise NotFound(f"Resource not found - {path.name}")
    forever = path.version == asset.version
    headers = {
        **cache_policy.header(cache_policy.IMMUTABLE if forever else cache_policy.REPLACEABLE),
        "Content-Type": TEXTS.get(ending) or image_formats.media_type(asset.format),
        **file_response.modified(asset.updated_at, asset.version),
        **file_response.SECURITY,
    }
    if path.type == "sprite" and ending in TEXTS:
        text = _style(path, asset) if ending == "css" else json.dumps(_listing(asset))
        return Response(
            text, headers=headers | file_response.validators(hashlib.sha256(text.encode()).hexdigest())
        )
    validators = file_response.validators(asset.sha256)
    return file_response.stream(originals.open_whole(media, asset), headers | validators)


def _listing(asset: Asset) -> dict[str, Any]:
    places = {
        place["name"]: {key: place[key] for key in ("x", "y", "width", "height")} for place in _places(asset)
    }
    return {"public_id": asset.public_id, "version": asset.version, "image_infos": places}


def _style(path: DeliveryPath, asset: Asset) -> str:
    """One class for each picture, named by its public_id, that shows its part of the sprite."""
    image = f"{path.name.rpartition('.')[0].rpartition('/')[2]}.{asset.format}"
    return "".join(_rule(place, image) for place in _places(asset))


def _rule(place: dict[str, Any], image: str) -> str:
    name = re.sub(r"[^\w-]", "-", place["name"])
    shown = re.sub(
        r"[^\w.\-]", lambda match: f"%{ord(match[0]):02X}" if match[0].isascii() else match[0], image
    )
    return (
        f".{name} {{\n  background: url('{shown}') no-repeat -{place['x']}px -{place['y']}px;\n"
        f"  width: {place['width']}px;\n  height: {place['height']}px;\n}}\n"
    )


def _places(asset: Asset) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = asset.made.get("image_infos", [])
    return places
