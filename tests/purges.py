"""The purges that wait, as tests look at them."""

import json
from typing import Any

from picturerail.database import Database

WAITING = {"kind": {"$regex": "^purge "}}


def waiting(db: Database) -> list[dict[str, Any]]:
    """What edges are still to be told, in the order in which it was written down."""
    return [json.loads(job["arguments"]) for job in db["jobs"].find(WAITING).sort("_id", 1)]


def drop(db: Database) -> None:
    """Let nothing wait."""
    db["jobs"].delete_many(WAITING)
