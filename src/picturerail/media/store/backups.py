"""Every query about backups: versions of assets that were deleted or replaced, and can be restored."""

from collections.abc import Sequence

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.media.asset import Asset, Identity
from picturerail.media.store import assets


def keep(db: Database, asset: Asset) -> None:
    """Keep an asset that is about to lose its place; keeping it twice keeps it once."""
    record = {**asset.document, "_id": asset.version_id, "backed_up_at": clock.now()}
    db["backups"].replace_one({"_id": record["_id"]}, record, upsert=True)


def latest(db: Database, identity: Identity) -> Asset | None:
    """The newest backup under this name."""
    return _first(db, identity.query())


def latest_of(db: Database, asset_id: str) -> Asset | None:
    """The newest backup of this asset."""
    return _first(db, {"asset_id": asset_id})


def current_or_latest(db: Database, asset_id: str) -> Asset | None:
    """The asset with this id; the newest backup of one that is gone."""
    return assets.find_by_asset_id(db, asset_id) or latest_of(db, asset_id)


def versions(db: Database, asset: Asset) -> list[Asset]:
    """All backups of an asset, and of those that had its name before, oldest first."""
    found = db["backups"].find(_line(asset)).sort([("version", 1), ("backed_up_at", 1)])
    return [Asset.from_document(each) for each in found]


def version(db: Database, asset: Asset, version_id: str) -> Asset | None:
    """One backed up version out of `versions`."""
    return _first(db, {**_line(asset), "version_id": version_id})


def forget(db: Database, asset: Asset, version_ids: Sequence[str]) -> list[Asset]:
    """Delete versions out of `versions`; what they were."""
    query = {**_line(asset), "version_id": {"$in": list(version_ids)}}
    found = list(db["backups"].find(query))
    db["backups"].delete_many({"_id": {"$in": [each["_id"] for each in found]}})
    return [Asset.from_document(each) for each in found]


def originals(db: Database, wanted: Sequence[str]) -> set[str]:
    """Those of these originals that a backup needs."""
    query = {"original": {"$in": list(wanted)}}
    return {backup["original"] for backup in db["backups"].find(query, {"original": 1})}


def _line(asset: Asset) -> Document:
    """The query for what is a backup of an asset: it was the asset itself, or another one of its name."""
    return {"$or": [{"asset_id": asset.asset_id}, asset.identity.query()]}


def _first(db: Database, query: Document) -> Asset | None:
    document = db["backups"].find_one(query, sort=[("backed_up_at", -1)])
    return None if document is None else Asset.from_document(document)
