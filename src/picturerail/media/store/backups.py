"""Every query about backups: versions of assets that were deleted or replaced, and can be restored."""

from collections.abc import Sequence

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.media.asset import Asset, Identity


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


def versions(db: Database, asset_id: str) -> list[Asset]:
    """All backups of an asset, newest first."""
    found = db["backups"].find({"asset_id": asset_id}).sort("backed_up_at", -1)
    return [Asset.from_document(each) for each in found]


def version(db: Database, asset_id: str, version_id: str) -> Asset | None:
    """One backed up version."""
    return _first(db, {"asset_id": asset_id, "version_id": version_id})


def forget(db: Database, asset_id: str, version_ids: Sequence[str]) -> list[Asset]:
    """Delete backed up versions; what they were."""
    query = {"asset_id": asset_id, "version_id": {"$in": list(version_ids)}}
    found = list(db["backups"].find(query))
    db["backups"].delete_many({"_id": {"$in": [each["_id"] for each in found]}})
    return [Asset.from_document(each) for each in found]


def originals(db: Database, wanted: Sequence[str]) -> set[str]:
    """Those of these originals that a backup needs."""
    query = {"original": {"$in": list(wanted)}}
    return {backup["original"] for backup in db["backups"].find(query, {"original": 1})}


def _first(db: Database, query: Document) -> Asset | None:
    document = db["backups"].find_one(query, sort=[("backed_up_at", -1)])
    return None if document is None else Asset.from_document(document)
