"""/resources/related_assets/...: assets that belong together; a relation holds in both directions."""

from typing import Any

from picturerail.errors import BadRequest, NotFound
from picturerail.media.asset import Asset, Identity
from picturerail.media.assets import targets
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import assets

MAX_AT_ONCE = 10
MAX_RELATIONS = 1000


def relate(media: Media, call: ApiRequest, resource_type: str, kind: str, public_id: str) -> dict[str, Any]:
    """Relate an asset to others, each named as resource_type/type/public_id."""
    return _relate(media, call, targets.one(media, resource_type, kind, public_id), "$addToSet")


def unrelate(media: Media, call: ApiRequest, resource_type: str, kind: str, public_id: str) -> dict[str, Any]:
    """Undo relations of an asset."""
    return _relate(media, call, targets.one(media, resource_type, kind, public_id), "$pull")


def relate_by_asset_id(media: Media, call: ApiRequest, asset_id: str) -> dict[str, Any]:
    """Relate an asset to others by asset_ids."""
    return _relate(media, call, _by_asset_id(media, asset_id), "$addToSet")


def unrelate_by_asset_id(media: Media, call: ApiRequest, asset_id: str) -> dict[str, Any]:
    """Undo relations of an asset by asset_ids."""
    return _relate(media, call, _by_asset_id(media, asset_id), "$pull")


def _relate(media: Media, call: ApiRequest, asset: Asset, operator: str) -> dict[str, Any]:
    parameter = "assets_to_relate" if operator == "$addToSet" else "assets_to_unrelate"
    names = call.params.names(parameter)
    if not 1 <= len(names) <= MAX_AT_ONCE:
        raise BadRequest(f"Invalid value for parameter {parameter}: name 1 to {MAX_AT_ONCE} assets.")
    if operator == "$addToSet" and len(asset.related) + len(names) > MAX_RELATIONS:
        raise BadRequest(f"An asset can be related to {MAX_RELATIONS} others.")
    answer: dict[str, list[dict[str, Any]]] = {"success": [], "failed": []}
    for name in names:
        other = _named(media, name)
        if other is None or other.asset_id == asset.asset_id:
            answer["failed"].append(
                {"message": "resource does not exist", "code": "not_found", "asset": name, "status": 404}
            )
            continue
        _link(media, asset, other, operator)
        answer["success"].append({"message": "success", "code": "success_ids", "asset": name, "status": 200})
    return answer


def _link(media: Media, one: Asset, other: Asset, operator: str) -> None:
    for asset, related in ((one, other.asset_id), (other, one.asset_id)):
        media.database["assets"].update_one({"asset_id": asset.asset_id}, {operator: {"related": related}})


def _named(media: Media, name: str) -> Asset | None:
    parts = name.split("/", 2)
    if len(parts) == 3 and (found := assets.find(media.database, Identity(*parts))) is not None:
        return found
    return assets.find_by_asset_id(media.database, name)


def _by_asset_id(media: Media, asset_id: str) -> Asset:
    asset = assets.find_by_asset_id(media.database, asset_id)
    if asset is None:
        raise NotFound(f"Resource not found - {asset_id[:255]}")
    return asset
