"""POST /resources/<resource_type>/<type>/update_access_mode: close or open several assets at once."""

from typing import Any

from picturerail.media import resource
from picturerail.media.assets import targets
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import assets


def update(media: Media, call: ApiRequest, resource_type: str, kind: str) -> dict[str, Any]:
    """Set the access mode of assets by public_ids, prefix or tag; those that were changed."""
    mode = call.params.text("access_mode")
    query = {"resource_type": resource_type, "type": kind, **targets.named(call)}
    found = assets.find_all(media.database, query, limit=targets.MAX_AT_ONCE)
    changed = [targets.set_attributes(media, asset, lambda _: {"access_mode": mode}) for asset in found]
    return {"updated": [resource.summary(media.settings, asset) for asset in changed], "failed": []}
