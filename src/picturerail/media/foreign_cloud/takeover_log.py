"""What was taken over from other clouds, by cloud and name: what is deleted or renamed here does not come again."""

from picturerail.clock import now
from picturerail.database import Database

COLLECTION = "takeovers"


def note(db: Database, cloud_name: str, name: str) -> None:
    """Remember that this came from that cloud, and when first."""
    db[COLLECTION].update_one({"_id": f"{cloud_name}/{name}"}, {"$setOnInsert": {"at": now()}}, upsert=True)


def has(db: Database, cloud_name: str, name: str) -> bool:
    """Whether it has come from there once."""
    return db[COLLECTION].find_one({"_id": f"{cloud_name}/{name}"}, {"_id": 1}) is not None
