"""Every query about backups: versions of assets that were deleted or replaced, and can be restored."""

from collections.abc import Sequence

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.media.store.assets import Identity


def keep(db: Database, asset: Document) -> None:
    """Keep an asset that is about to lose its place; keeping it twice keeps it once."""
    record = {**asset, "_id": asset["version_id"], "backed_up_at": clock.now()}
    db["backups"].replace_one({"_id": record["_id"]}, record, upsert=True)


def latest(db: Database, identity: Identity) -> Document | None:
    """The newest backup under this name."""
    return db["backups"].find_one(identity.query(), sort=[("backed_up_at", -1)])


def latest_of(db: Database, asset_id: str) -> Document | None:
    """The newest backup of this asset."""
    return db["backups"].find_one({"asset_id": asset_id}, sort=[("backed_up_at", -1)])


def versions(db: Database, asset_id: str) -> list[Document]:
    """All backups of an asset, newest first."""
    return list(db["backups"].find({"asset_id": asset_id}).sort("backed_up_at", -1))


def version(db: Database, asset_id: str, version_id: str) -> Document | None:
    """One backed up version."""
    return db["backups"].find_one({"asset_id": asset_id, "version_id": version_id})


def forget(db: Database, asset_id: str, version_ids: Sequence[str]) -> list[Document]:
    """Delete backed up versions; what they were."""
    query = {"asset_id": asset_id, "version_id": {"$in": list(version_ids)}}
    found = list(db["backups"].find(query))
    db["backups"].delete_many({"_id": {"$in": [each["_id"] for each in found]}})
    return found


def originals(db: Database, wanted: Sequence[str]) -> set[str]:
    """Those of these originals that a backup needs."""
    query = {"original": {"$in": list(wanted)}}
    return {backup["original"] for backup in db["backups"].find(query, {"original": 1})}
