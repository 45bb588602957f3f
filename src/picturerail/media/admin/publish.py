"""POST /resources/<resource_type>/publish_resources: make private and authenticated assets public."""

from typing import Any

from pymongo.errors import DuplicateKeyError

from picturerail.database import Document
from picturerail.media import cdn, resource
from picturerail.media.asset import Asset, Identity
from picturerail.media.assets import targets
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.deletion import remove
from picturerail.media.store.derived import records

RESTRICTED = ("private", "authenticated")


def publish(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Publish by public_ids, prefix or tag; onto a public name that is taken only with overwrite."""
    check_receiver(media, call.params)
    query: Document = {"resource_type": resource_type, "type": {"$in": RESTRICTED}, **targets.named(call)}
    if kind := call.params.text("type"):
        query["type"] = kind if kind in RESTRICTED else {"$in": []}
    published, failed = [], []
    for asset in assets.find_all(media.database, query, limit=targets.MAX_AT_ONCE):
        moved = _publish(media, asset, overwrite=call.params.flag("overwrite"))
        if moved is None:
            failed.append(
                {"public_id": asset.public_id, "error": "a public asset of this name already exists"}
            )
        else:
            published.append(resource.summary(media.settings, moved))
            publish_each(media, call.params, "publish", [moved])
    return {"published": published, "failed": failed}


def _publish(media: Media, asset: Asset, *, overwrite: bool) -> Asset | None:
    target = Identity(asset.resource_type, "upload", asset.public_id)
    if overwrite and (taken := assets.find(media.database, target)) is not None:
        remove(media, taken)
    cdn.announce(media.database, media.settings, asset.identity, soft=False)
    try:
        moved = assets.move(media.database, asset, target)
    except DuplicateKeyError:
        return None
    if moved is not None:
        cdn.purge(media.database, media.settings, asset.identity, soft=False)
        records.forget(media, asset.original)
    return moved
