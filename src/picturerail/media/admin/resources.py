"""GET and POST /resources/...: one asset in detail, and its update."""

from typing import Any

from picturerail import clock
from picturerail.database import Document
from picturerail.errors import BadRequest, NotFound
from picturerail.media import resource
from picturerail.media.asset import Asset, Identity
from picturerail.media.assets import targets
from picturerail.media.attributes import addons, analysis_response
from picturerail.media.attributes.parameters import changed_attributes
from picturerail.media.http import responses
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import page_of
from picturerail.media.notifications.publish import check_receiver, publish_changes
from picturerail.media.service import Media
from picturerail.media.store import assets, backups

STATUSES = ("pending", "approved", "rejected")


def types(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The resource types that there are."""
    del call
    return {"resource_types": sorted({"image", *media.database["assets"].distinct("resource_type")})}


def detail(media: Media, call: ApiRequest, resource_type: str, kind: str, public_id: str) -> dict[str, Any]:
    """One asset by its name; one that is deleted and backed up as a placeholder."""
    identity = Identity(resource_type, kind, public_id)
    asset = assets.find(media.database, identity)
    if asset is not None:
        return _detail(media, call, asset)
    return _deleted(media, call, backups.latest(media.database, identity), public_id)


def detail_by_asset_id(media: Media, call: ApiRequest, asset_id: str) -> dict[str, Any]:
    """One asset by its asset_id."""
    asset = assets.find_by_asset_id(media.database, asset_id)
    if asset is not None:
        return _detail(media, call, asset)
    return _deleted(media, call, backups.latest_of(media.database, asset_id), asset_id)


def update(media: Media, call: ApiRequest, resource_type: str, kind: str, public_id: str) -> dict[str, Any]:
    """Set attributes of an asset."""
    return _updated(media, call, targets.one(media, resource_type, kind, public_id))


def update_by_asset_id(media: Media, call: ApiRequest, asset_id: str) -> dict[str, Any]:
    """Set attributes of the asset with this asset_id."""
    asset = assets.find_by_asset_id(media.database, asset_id)
    if asset is None:
        raise NotFound(f"Resource not found - {asset_id[:255]}")
    return _updated(media, call, asset)


def _updated(media: Media, call: ApiRequest, asset: Asset) -> dict[str, Any]:
    addons.refuse_on_update(call.params)
    check_receiver(media, call.params)
    status, before = call.params.text("moderation_status"), asset

    def changes(held: Asset) -> Document:
        moderated = {"moderation": _moderated(status)} if status else {}
        return changed_attributes(media, held, call.params) | moderated

    asset = targets.set_attributes(media, asset, changes)
    publish_changes(media, call.params, before, asset, url=call.params.text("notification_url"))
    return _detail(media, call, asset)


def _moderated(status: str) -> list[dict[str, Any]]:
    if status not in STATUSES:
        raise BadRequest(
            f"Illegal value {status[:50]} for moderation_status: use one of {', '.join(STATUSES)}."
        )
    return [{"kind": "manual", "status": status, "updated_at": responses.iso(clock.now())}]


def _detail(media: Media, call: ApiRequest, asset: Asset) -> dict[str, Any]:
    answer = resource.detailed(media.settings, asset) | analysis_response.asked_in_detail(
        media, call.params, asset
    )
    answer |= _derived_page(media, call, asset)
    if call.params.flag("versions"):
        answer["versions"] = _versions(media, asset)
    if call.params.flag("related"):
        answer["related_assets"] = _related(media, asset)
    return answer


def _deleted(media: Media, call: ApiRequest, backup: Asset | None, name: str) -> dict[str, Any]:
    if backup is None:
        raise NotFound(f"Resource not found - {name[:255]}")
    answer = resource.placeholder(media.settings, backup)
    if call.params.flag("versions"):
        answer["versions"] = _versions(media, backup)
    return answer


def _derived_page(media: Media, call: ApiRequest, asset: Asset) -> dict[str, Any]:
    query = {"original": asset.original, "copy": {"$exists": False}}
    secret, cursor = media.settings.api_secret, "derived_next_cursor"
    found = page_of(
        media.database["derived"], query, call.params, secret=secret, sort="created_at", cursor=cursor
    )
    shown = {"derived": [_derived(media, asset, record) for record in found.documents]}
    return shown | ({"derived_next_cursor": found.cursor} if found.cursor else {})


def _derived(media: Media, asset: Asset, record: Document) -> dict[str, Any]:
    shown = {name: record[name] for name in ("id", "transformation", "format", "width", "height", "bytes")}
    return shown | resource.urls(media.settings, asset, record["transformation"], record["format"])


def _versions(media: Media, asset: Asset) -> list[dict[str, Any]]:
    """All versions that can be had, oldest first: those backed up, and the present one if it will be."""
    kept = {each.version_id: each for each in backups.versions(media.database, asset)}
    kept |= {asset.version_id: asset} if asset.backup else {}
    return [_version(each) for each in kept.values()]


def _version(kept: Asset) -> dict[str, Any]:
    told = {name: getattr(kept, name) for name in ("version_id", "version", "format", "bytes")}
    uploaded = kept.document.get("uploaded_at") or kept.created_at
    return {**told, "size": kept.bytes, "time": uploaded, "restorable": True}


def _related(media: Media, asset: Asset) -> list[dict[str, Any]]:
    found = assets.find_all(media.database, {"asset_id": {"$in": list(asset.related)}})
    return [resource.summary(media.settings, each) for each in found]
