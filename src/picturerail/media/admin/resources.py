"""GET /resources/...: one asset in detail."""

from typing import Any

from picturerail.database import Document
from picturerail.errors import NotFound
from picturerail.media import assets, derived, resource
from picturerail.media.assets import Identity
from picturerail.media.service import Media
from picturerail.media.wire.calls import Call


def detail(media: Media, call: Call, resource_type: str, kind: str, public_id: str) -> dict[str, Any]:
    """One asset by its name."""
    asset = assets.find(media.database, Identity(resource_type, kind, public_id))
    if asset is None:
        raise NotFound(f"Resource not found - {public_id}")
    return _detail(media, call, asset)


def detail_by_asset_id(media: Media, call: Call, asset_id: str) -> dict[str, Any]:
    """One asset by its asset_id."""
    asset = assets.find_by_asset_id(media.database, asset_id)
    if asset is None:
        raise NotFound(f"Resource not found - {asset_id}")
    return _detail(media, call, asset)


def _detail(media: Media, call: Call, asset: Document) -> dict[str, Any]:
    answer = resource.detailed(media.settings, asset)
    if call.params.flag("colors"):
        answer |= resource.colours(asset)
    records = derived.of_asset(media.database, asset)
    return answer | {"derived": [_derived(media, asset, record) for record in records]}


def _derived(media: Media, asset: Document, record: Document) -> dict[str, Any]:
    shown = {name: record[name] for name in ("id", "transformation", "format", "width", "height", "bytes")}
    return shown | resource.urls(media.settings, asset, record["transformation"], record["format"])
