"""The public assets with a tag as JSON, for scripts in pages: /<cloud>/<resource_type>/list/<tag>.json."""

import hashlib
from typing import Any

from werkzeug.wrappers import Response

from picturerail import cache_policy
from picturerail.errors import NotFound, Unauthorized
from picturerail.media.access import grants
from picturerail.media.asset import Asset
from picturerail.media.http import file_response, responses
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.urls.delivery_path import DeliveryPath

MAX_LISTED = 1000
SECONDS = 60
CLOSED = (
    "Lists by tag are closed here: sign the address, or allow them to everybody by PICTURERAIL_TAG_LISTS=1."
)


def deliver_list(media: Media, raw: RawRequest, path: DeliveryPath) -> Response:
    """The list, newest first; Unauthorized where the setting closes it to those without a signature."""
    shown = grants.grant(media.settings, media.revoked_tokens, raw, path, media.clock())
    if not (media.settings.tag_lists or shown.signature):
        raise Unauthorized(CLOSED)
    tag = shown.path.name.removesuffix(".json")
    if tag == shown.path.name or path.transformation:
        raise NotFound(f"Resource not found - {path.name}: a list ends in .json")
    query = {"resource_type": path.resource_type, "type": "upload", "tags": tag}
    found = assets.newest(media.database, query, limit=MAX_LISTED)
    told = [_told(asset) for asset in found if not asset.is_restricted]
    text = responses.encoded({"resources": told})
    headers = {"Content-Type": "application/json"} | cache_policy.header(cache_policy.lasting(SECONDS))
    headers |= file_response.SECURITY | file_response.validators(hashlib.sha256(text.encode()).hexdigest())
    return Response(text, headers=headers)


def _told(asset: Asset) -> dict[str, Any]:
    size = {name: value for name in ("format", "width", "height") if (value := getattr(asset, name))}
    named = {name: getattr(asset, name) for name in ("public_id", "version", "type", "created_at")}
    return named | size | ({"context": {"custom": asset.context}} if asset.context else {})
