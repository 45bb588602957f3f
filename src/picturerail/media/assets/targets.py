"""Which assets an action means: by their public_ids, within one resource type and delivery type."""

import re
from collections.abc import Callable

from picturerail.database import Document
from picturerail.errors import BadRequest, NotFound
from picturerail.media import cdn
from picturerail.media.asset import DRAWN, SEEN, Asset, Identity
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import records
from picturerail.media.store.versions import next_version

MAX_AT_ONCE = 1000


def one(media: Media, resource_type: str, kind: str, public_id: str) -> Asset:
    """The asset of this name; NotFound when there is none."""
    asset = assets.find(media.database, Identity(resource_type, kind, public_id))
    if asset is None:
        raise NotFound(f"Resource not found - {public_id[:255]}")
    return asset


def query(call: ApiRequest, resource_type: str) -> Document:
    """The query for the assets that a call names with public_ids."""
    public_ids = call.params.names("public_ids")
    if not public_ids:
        raise BadRequest("Missing required parameter - public_ids")
    if len(public_ids) > MAX_AT_ONCE:
        raise BadRequest(f"At most {MAX_AT_ONCE} public_ids can be given at once.")
    kind = call.params.delivery_type()
    return {"resource_type": resource_type, "type": kind, "public_id": {"$in": public_ids}}


def named(call: ApiRequest) -> Document:
    """The query for the assets that a call names with public_ids, a prefix or a tag."""
    if public_ids := call.params.names("public_ids"):
        return {"public_id": {"$in": public_ids[:MAX_AT_ONCE]}}
    if prefix := call.params.text("prefix"):
        return {"public_id": {"$regex": f"^{re.escape(prefix)}"}}
    if tag := call.params.text("tag"):
        return {"tags": tag}
    raise BadRequest("Missing required parameter - public_ids, prefix or tag")


def answer(call: ApiRequest, changed: list[Asset]) -> dict[str, list[str]]:
    """The public_ids of what was changed, in the order of the call."""
    found = {asset.public_id for asset in changed}
    return {"public_ids": [name for name in dict.fromkeys(call.params.names("public_ids")) if name in found]}


def set_attributes(media: Media, asset: Asset, change: Callable[[Asset], Document]) -> Asset:
    """Set the attributes that `change` answers; the asset as it is then. NotFound when it went meanwhile."""
    changed = assets.modify(media.database, asset, lambda held: _announced(media, held, change(held)))
    if changed is None:
        raise NotFound(f"Resource not found - {asset.public_id}")
    if any(getattr(changed, name) != getattr(asset, name) for name in SEEN):
        cdn.purge(media.database, media.settings, asset.identity, soft=False)
        records.forget(media, asset.original)  # no process may go on answering from what it remembers
    return changed


def _announced(media: Media, held: Asset, given: Document) -> Document:
    """What is set; when it will be seen, that is written down for the edges first."""
    if any(given.get(name, getattr(held, name)) != getattr(held, name) for name in SEEN):
        cdn.announce(media.database, media.settings, held.identity, soft=False)
    return _versioned(media, held, given)


def _versioned(media: Media, held: Asset, given: Document) -> Document:
    """What is set, with a new version when pictures of the asset look different from then on."""
    if all(given.get(name, getattr(held, name)) == getattr(held, name) for name in DRAWN):
        return given
    return given | {"version": next_version(media.database, held.identity, held.version + 1)}
