"""What several pictures were before they were changed together, kept for a day, for Undo."""

import secrets
from collections.abc import Mapping
from typing import Any

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import NotFound


def keep(db: Database, who: str, field: str, before: Mapping[str, Any]) -> str:
    """Keep these values by the pictures' ids; the batch takes them back, for `who` has changed them."""
    batch = secrets.token_hex(8)
    db.picture_changes.insert_one(
        {"_id": batch, "by": who, "field": field, "before": dict(before), "at": now()}
    )
    return batch


def take(db: Database, who: str, batch: str) -> tuple[str, dict[str, Any]]:
    """The field and its values, once; NotFound when it was undone already, too long ago, or is somebody else's."""
    mine = {"$in": [who, None]}  # None: kept by an older program
    kept = db.picture_changes.find_one_and_delete({"_id": batch, "by": mine})
    if kept is None:
        raise NotFound("There is nothing to take back any more.")
    return str(kept["field"]), dict(kept["before"])
