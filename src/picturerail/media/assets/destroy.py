"""POST /<resource_type>/destroy: delete one asset by its public_id."""

from typing import Any

from picturerail.media.asset import Identity
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
    asset = assets.find(media.database, identity)
    if asset is None or not remove(media, asset):
        return {"result": "not found"}
    publish_each(media, call.params, "delete", [asset])
    return {"result": "ok"}
