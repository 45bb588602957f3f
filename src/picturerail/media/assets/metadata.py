"""POST /<resource_type>/metadata: set structured metadata of several assets."""

from typing import Any

from picturerail.media.assets import targets
from picturerail.media.attributes.parameters import changed_attributes
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets


def metadata(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Set the given values; the public_ids of the assets that are there."""
    check_receiver(media, call.params)
    wanted = targets.query(call, resource_type)
    changed = assets.modify_all(
        media.database,
        wanted,
        lambda asset: {"metadata": changed_attributes(media, asset, call.params)["metadata"]},
    )
    publish_each(
        media,
        call.params,
        "resource_metadata_changed",
        changed,
        lambda asset: {"metadata": asset.metadata},
    )
    return targets.answer(call, changed)
