"""What a search answers about each asset."""

from typing import Any

from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.search.request import SearchRequest
from picturerail.settings import Settings

# What is answered when it is asked for only, and what is answered always (Cloudinary's "search method").
ON_REQUEST = ("tags", "context", "metadata", "image_metadata", "image_analysis", "colors", "predominant")
ALWAYS = ("public_id", "asset_id", "created_at", "status", "type", "resource_type", "folder")


def result(settings: Settings, asset: Asset, request: SearchRequest) -> dict[str, Any]:
    """One asset, with the fields that were asked for."""
    everything = _everything(settings, asset)
    if request.fields:
        wanted = {*ALWAYS, *request.fields, *request.with_field}
        return {name: value for name, value in everything.items() if name in wanted}
    hidden = set(ON_REQUEST) - request.with_field
    return {name: value for name, value in everything.items() if name not in hidden}


def _everything(settings: Settings, asset: Asset) -> dict[str, Any]:
    computed = asset.search
    names = ("filename", "aspect_ratio", "pixels", "uploaded_at")
    return {
        "format": "",  # told of all, as cld reads it of each: "" of a raw file
        **resource.detailed(settings, asset),
        **{name: computed[name] for name in names if name in computed},
        "status": asset.status,
        "tags": sorted(asset.tags),
        "context": asset.context,
        "metadata": asset.metadata,
        "image_metadata": {},
        **resource.colours(asset),
    }
