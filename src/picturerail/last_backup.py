"""When the last backup was made: written by the backup, told on the health page and asked by the schedule."""

from datetime import UTC, datetime

from picturerail.database import Database

RECORD = "backup"  # in the collection `maintenance`


def note(db: Database, snapshot: str) -> None:
    """Remember that `snapshot` is whole now."""
    record = {"_id": RECORD, "at": datetime.now(UTC), "snapshot": snapshot}
    db["maintenance"].replace_one({"_id": RECORD}, record, upsert=True)


def made_at(db: Database) -> datetime | None:
    """When the last snapshot became whole; None when there is none."""
    record = db["maintenance"].find_one({"_id": RECORD})
    return record["at"] if record else None
