"""POST /<resource_type>/destroy and /asset/destroy: delete one asset, by its public_id or its asset_id."""

from typing import Any

from picturerail.media.asset import Asset, Identity
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.deletion import remove


def destroy(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Delete the document, then the bytes: what is derived goes at once, in every process."""
    check_receiver(media, call.params)
    kind = call.params.delivery_type()
    identity = Identity(resource_type, kind, call.params.text("public_id"))
    return _destroyed(media, call, assets.find(media.database, identity))


def destroy_by_asset_id(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Delete the asset with this asset_id, as `destroy` does."""
    check_receiver(media, call.params)
    return _destroyed(media, call, assets.find_by_asset_id(media.database, call.params.text("asset_id")))


def _destroyed(media: Media, call: ApiRequest, asset: Asset | None) -> dict[str, Any]:
    if asset is None or not remove(media, asset):
        return {"result": "not found"}
    publish_each(media, call.params, "delete", [asset])
    return {"result": "ok"}
