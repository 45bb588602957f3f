"""What a search answers about each asset."""

from typing import Any

from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.search.request import SearchRequest
from picturerail.settings import Settings

# What is answered when it is asked for only, and what is answered always (Cloudinary's "search method").
ON_REQUEST = frozenset(
    ("tags", "context", "metadata", "image_metadata", "image_analysis", "colors", "predominant")
)
ALWAYS = ("public_id", "asset_id", "created_at", "status", "type", "resource_type", "folder")
COMPUTED = ("filename", "aspect_ratio", "pixels", "uploaded_at")  # as the index for searches has them


def result(settings: Settings, asset: Asset, request: SearchRequest) -> dict[str, Any]:
    """One asset, with the fields that were asked for."""
    told = _everything(settings, asset)
    if request.fields:
        wanted = {*ALWAYS, *request.fields, *request.with_field}
        return {name: value for name, value in told.items() if name in wanted}
    for name in ON_REQUEST - request.with_field:
        told.pop(name, None)
    return told


def _everything(settings: Settings, asset: Asset) -> dict[str, Any]:
    computed = asset.search
    # "format" is told of all, as cld reads it of each: "" of a raw file
    told = {"format": "", **resource.detailed(settings, asset)}
    told.update((name, computed[name]) for name in COMPUTED if name in computed)
    told |= {
        "status": asset.status,
        "tags": sorted(asset.tags),
        "context": asset.context,
        "metadata": asset.metadata,
        "image_metadata": {},
        **resource.colours(asset),
    }
    return told
