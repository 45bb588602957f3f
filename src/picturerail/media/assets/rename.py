"""POST /<resource_type>/rename: give an asset another public_id, or another delivery type."""

from contextlib import suppress
from typing import Any

from pymongo.errors import DuplicateKeyError

from picturerail.errors import BadRequest, NotFound
from picturerail.media import cdn, resource
from picturerail.media.asset import Asset, Identity
from picturerail.media.assets import targets
from picturerail.media.attributes.upload_options import delivery_type
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_answer
from picturerail.media.service import Media
from picturerail.media.store import assets, naming
from picturerail.media.store.deletion import remove
from picturerail.media.store.derived import records


def rename(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Rename; onto a name that is taken only with overwrite, and then what was there is gone."""
    params = call.params
    check_receiver(media, params)
    kind = params.delivery_type()
    asset = targets.one(media, resource_type, kind, params.text("from_public_id"))
    to_type = delivery_type(params, "to_type") if params.text("to_type") not in ("", "null") else kind
    target = Identity(resource_type, to_type, naming.checked(params.text("to_public_id")))
    if target.query() != {name: getattr(asset, name) for name in target.query()}:
        before = asset.public_id
        asset = _moved(media, asset, target, overwrite=params.flag("overwrite"))
        named = {name: getattr(asset, name) for name in ("asset_id", "resource_type", "type")}
        told_names = {"from_public_id": before, "to_public_id": asset.public_id}
        publish_answer(media, params, "rename", {**named, **told_names}, asset_id=asset.asset_id)
    answer = resource.uploaded(media.settings, asset)
    told = ("context", "metadata")
    return {name: value for name, value in answer.items() if name not in told or params.flag(name)}


def _moved(media: Media, asset: Asset, target: Identity, *, overwrite: bool) -> Asset:
    """Vacate the name and take it. What is derived goes, so that no process answers for the old name."""
    cdn.announce(media.database, media.settings, asset.identity, soft=False)
    for _ in range(assets.TRIES if overwrite else 1):
        taken = assets.find(media.database, target)
        if taken is not None and overwrite:
            remove(media, taken)
        with suppress(DuplicateKeyError):  # somebody has taken it just now
            moved = assets.move(media.database, asset, target)
            break
    else:
        raise BadRequest(f"to_public_id {target.public_id} already exists")
    if moved is None:
        raise NotFound(f"Resource not found - {asset.public_id}")
    cdn.purge(media.database, media.settings, asset.identity, soft=False)
    records.forget(media, asset.original)
    return moved
