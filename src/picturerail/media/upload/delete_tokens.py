"""Delete tokens: who uploaded with return_delete_token may delete that upload for ten minutes, without a signature."""

from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.deletion import remove
from picturerail.settings import Settings

SECONDS = 600


def delete_token(settings: Settings, asset: Asset) -> str:
    """A token for this version of an asset."""
    return str(_serializer(settings).dumps([asset.asset_id, asset.version_id]))


def delete_by_token(media: Media, call: ApiRequest, resource_type: str = "") -> dict[str, Any]:
    """Delete what was uploaded with return_delete_token in the last ten minutes."""
    del resource_type
    try:
        named = _serializer(media.settings).loads(call.params.text("token"), max_age=SECONDS)
    except BadSignature:
        raise BadRequest("Invalid token: it is wrong, or older than ten minutes.") from None
    asset = assets.find_one(media.database, dict(zip(("asset_id", "version_id"), named, strict=True)))
    if asset is None or not remove(media, asset):
        return {"result": "not found"}
    publish_each(media, call.params, "delete", [asset])
    return {"result": "ok"}


def _serializer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.api_secret, salt="delete_by_token")
