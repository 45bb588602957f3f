"""DELETE /resources/...: delete assets, or only what was derived from them."""

import re
from collections.abc import Iterable
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import Cursors
from picturerail.media.notifications.publish import publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets, backups
from picturerail.media.store.deletion import remove
from picturerail.media.store.derived import records
from picturerail.media.transformations import registry

MAX_AT_ONCE = 1000  # then the answer is partial, and has a cursor to go on


def by_type(media: Media, call: ApiRequest, resource_type: str, kind: str) -> dict[str, Any]:
    """Delete by public_ids, by prefix, or all of a type."""
    query: Document = {"resource_type": resource_type, "type": kind}
    if public_ids := call.params.names("public_ids"):
        return _delete_named(media, call, query, "public_id", public_ids)
    if prefix := call.params.text("prefix"):
        return _delete_many(media, call, {**query, "public_id": {"$regex": f"^{re.escape(prefix)}"}})
    if call.params.flag("all"):
        return _delete_many(media, call, query)
    raise BadRequest("Missing required parameter - public_ids, prefix or all")


def by_tag(media: Media, call: ApiRequest, resource_type: str, tag: str) -> dict[str, Any]:
    """Delete all assets with a tag."""
    return _delete_many(media, call, {"resource_type": resource_type, "tags": tag})


def by_asset_ids(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Delete by asset_ids."""
    asset_ids = call.params.names("asset_ids")
    if not asset_ids:
        raise BadRequest("Missing required parameter - asset_ids")
    return _delete_named(media, call, {}, "asset_id", asset_ids)


def derived_by_ids(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Delete derived images by the ids in their asset's detail."""
    ids = call.params.names("derived_resource_ids")
    if not ids:
        raise BadRequest("Missing required parameter - derived_resource_ids")
    found = {
        record["id"]: record["_id"]
        for record in media.database["derived"].find({"id": {"$in": ids}}, {"id": 1})
    }
    _delete_derived(media, found.values())
    return {"deleted": {id_: "deleted" if id_ in found else "not_found" for id_ in ids}}


def backed_up(media: Media, call: ApiRequest, asset_id: str) -> dict[str, Any]:
    """Delete backed up versions of an asset for good."""
    wanted = call.params.names("version_ids")
    if not wanted:
        raise BadRequest("Missing required parameter - version_ids")
    asset = backups.current_or_latest(media.database, asset_id)
    found = backups.forget(media.database, asset, wanted) if asset else []
    for backup in found:
        if not assets.owns(media.database, backup.original):
            media.originals.delete(backup.original)
    gone = {backup.version_id for backup in found}
    return {"deleted": {version: "deleted" if version in gone else "not_found" for version in wanted}}


def _delete_named(
    media: Media, call: ApiRequest, query: Document, field: str, names: list[str]
) -> dict[str, Any]:
    if len(names) > MAX_AT_ONCE:
        raise BadRequest(f"At most {MAX_AT_ONCE} assets can be deleted at once.")
    matching = assets.find_all(media.database, {**query, field: {"$in": names}})
    found = {str(getattr(asset, field)): asset for asset in matching}
    counts = {name: _delete(media, call, asset) for name, asset in found.items()}
    result = {name: "deleted" if name in found else "not_found" for name in names}
    return {"deleted": result, "deleted_counts": _counts(counts), "partial": False}


def _delete_many(media: Media, call: ApiRequest, query: Document) -> dict[str, Any]:
    """Delete what a query finds, oldest first, a bounded number at a time."""
    cursors = Cursors(media.settings.api_secret, f"deletion {query!r}")
    if after := cursors.read(call.params):
        query = {**query, "asset_id": {"$gt": after[0]}}
    found = assets.find_all(media.database, query, sort="asset_id", limit=MAX_AT_ONCE + 1)
    now = found[:MAX_AT_ONCE]
    counts = {asset.public_id: _delete(media, call, asset) for asset in now}
    rest = {"next_cursor": cursors.after(now[-1].asset_id)} if len(found) > MAX_AT_ONCE else {}
    deleted = dict.fromkeys(counts, "deleted")
    return {"deleted": deleted, "deleted_counts": _counts(counts), "partial": bool(rest), **rest}


def _delete(media: Media, call: ApiRequest, asset: Asset) -> tuple[int, int]:
    """Delete an asset, or what is derived of it; how many originals and derived images that were."""
    if wanted := [registry.derived_by(text) for text in _transformations(call)]:
        query = {"original": asset.original, "$or": wanted}
        return 0, _delete_derived(
            media, [record["_id"] for record in media.database["derived"].find(query, {"_id": 1})]
        )
    if call.params.flag("keep_original"):
        return 0, records.forget(media, asset.original)
    count = media.database["derived"].count_documents({"original": asset.original})
    removed = remove(media, asset)
    if removed:
        publish_each(media, call.params, "delete", [asset])
    return int(removed), count


def _transformations(call: ApiRequest) -> list[str]:
    return [text for each in call.params.texts("transformations") for text in each.split("|") if text]


def _delete_derived(media: Media, derived_keys: Iterable[str]) -> int:
    removed = list(derived_keys)
    for key in removed:
        media.database["derived"].delete_one({"_id": key})
        media.derived.delete(key)
    return len(removed)


def _counts(counts: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {name: {"original": original, "derived": images} for name, (original, images) in counts.items()}
