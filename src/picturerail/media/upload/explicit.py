"""POST /<resource_type>/explicit: apply to an asset that is there what an upload could have asked for.

A remote picture (type `fetch`) is fetched for it: so SDKs make its sizes before anybody asks for them.
"""

from typing import Any

from picturerail.media.assets import targets
from picturerail.media.attributes import addons
from picturerail.media.attributes.parameters import changed_attributes
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_answer, publish_changes
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.service import Media
from picturerail.media.upload.response import check, describe, pending


def explicit(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Set the given attributes, make what is asked for, and describe the asset."""
    check_receiver(media, call.params)
    check(media, call.params)
    kind, public_id = call.params.delivery_type(), call.params.text("public_id")
    addons.refuse_on_upload(call.params)
    if (resource_type, kind) == ("image", "fetch"):
        public_id = find_or_fetch(media, public_id).public_id
    asset = targets.one(media, resource_type, kind, public_id)
    before = asset
    asset = targets.set_attributes(media, asset, lambda held: changed_attributes(media, held, call.params))
    answer = describe(media, call.params, asset)
    publish_answer(media, call.params, "explicit", answer, asset_id=asset.asset_id)
    # triggers; the call's own receiver knows all of it
    publish_changes(media, call.params, before, asset, url="")
    if call.params.flag("async"):
        return pending(asset)
    return answer
