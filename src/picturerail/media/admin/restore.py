"""POST /resources/.../restore: bring back assets that were deleted and backed up."""

from dataclasses import dataclass
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media import resource
from picturerail.media.asset import Asset, Identity
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets, backups
from picturerail.media.store.deletion import prepare_replacing, retire

MAX_AT_ONCE = 100


@dataclass(frozen=True)
class _Named:
    """What there is under a name: the asset, and the newest backup."""

    asset: Asset | None
    backup: Asset | None


def by_public_ids(media: Media, call: ApiRequest, resource_type: str, kind: str) -> dict[str, Any]:
    """Restore by name; with `versions`, to those versions."""
    names = _names(call, "public_ids")
    named = {name: Identity(resource_type, kind, name) for name in names}
    found = {
        name: _Named(assets.find(media.database, each), backups.latest(media.database, each))
        for name, each in named.items()
    }
    return _restore_all(media, call, found)


def by_asset_ids(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Restore by asset_id; with `versions`, to those versions."""
    found = {
        name: _Named(assets.find_by_asset_id(media.database, name), backups.latest_of(media.database, name))
        for name in _names(call, "asset_ids")
    }
    return _restore_all(media, call, found)


def _names(call: ApiRequest, parameter: str) -> list[str]:
    names = call.params.names(parameter)
    if not names:
        raise BadRequest(f"Missing required parameter - {parameter}")
    if len(names) > MAX_AT_ONCE:
        raise BadRequest(f"At most {MAX_AT_ONCE} assets can be restored at once.")
    return names


def _restore_all(media: Media, call: ApiRequest, found: dict[str, _Named]) -> dict[str, Any]:
    versions = call.params.names("versions")
    check_receiver(media, call.params)
    if versions and len(versions) != len(found):
        raise BadRequest("Give as many versions as assets.")
    wanted = dict(zip(found, versions, strict=False))
    return {name: _answer(media, call, each, wanted.get(name, "")) for name, each in found.items()}


def _answer(media: Media, call: ApiRequest, named: _Named, version_id: str) -> dict[str, Any]:
    backup, newest = named.backup, named.asset or named.backup
    if newest is not None and version_id:
        if named.asset is not None and named.asset.version_id == version_id:
            return resource.detailed(media.settings, named.asset)
        backup = backups.version(media.database, newest, version_id)
    if backup is None:
        return {"error": "not_found"}
    restored = _restored(media, backup)
    publish_each(
        media,
        call.params,
        "restore_asset_version",
        [restored],
        lambda told: {"version_id": told.version_id},
    )
    return resource.detailed(media.settings, restored)


def _restored(media: Media, backup: Asset) -> Asset:
    """The asset as it was, under a new version. What holds its name now is kept or removed, as on an upload."""
    kept = {name: value for name, value in backup.document.items() if name not in ("_id", "backed_up_at")}
    there = assets.find(media.database, backup.identity)
    if there is not None and there.original == backup.original:
        return there
    restored, replaced = assets.save(
        media.database, backup.identity, kept, lambda before: prepare_replacing(media, before, soft=False)
    )
    if replaced is not None:
        retire(media, replaced)
    backups.forget(media.database, backup, [backup.version_id])
    return restored
