"""The notifications that wait, in MongoDB. One line for each asset and receiver; only the head of a line is sent.

So what happened to an asset arrives in order, and one receiver that is away delays nobody else. A unique index lets
a line have one head; a head that is being sent is due again after its lease, should the sender die.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail.database import Database, Document
from picturerail.storage import keys

LEASE_MARGIN = timedelta(seconds=10)  # beyond the time that one try may take
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Notification:
    """One message for one receiver. `line` names its queue."""

    url: str
    body: str
    line: str


def line_of(asset_id: str, url: str) -> str:
    """The name of the queue of one asset and one receiver."""
    return keys.hash_of(f"{asset_id} {url}")[:40]


def put(db: Database, notification: Notification, now: datetime, days: int) -> None:
    """Store a notification, durably. It is given up after `days`."""
    document: Document = {
        "url": notification.url,
        "body": notification.body,
        "line": notification.line,
        "sequence": _next_number(db),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "expires_at": now + timedelta(days=days),
    }
    # Never as the head: when that has just been delivered, others of the line may wait to step forward.
    db["notifications"].insert_one({**document, "head": False})
    promote(db, notification.line)


def take(db: Database, now: datetime, seconds: int) -> Document | None:
    """The head that has been due longest, leased for a try of `seconds`; None when none is due."""
    lease = timedelta(seconds=seconds) + LEASE_MARGIN
    return db["notifications"].find_one_and_update(
        {"head": True, "due_at": {"$lte": now}},
        {"$set": {"due_at": now + lease}, "$inc": {"attempts": 1}},
        sort=[("due_at", 1), ("sequence", 1)],
        return_document=ReturnDocument.AFTER,
    )


def delivered(db: Database, taken: Document) -> None:
    """Remove what was delivered, and let the next of its line step forward."""
    db["notifications"].delete_one({"_id": taken["_id"]})
    promote(db, taken["line"])


def failed(db: Database, taken: Document, now: datetime, reason: str) -> None:
    """Try again later; the pause doubles each time."""
    pause = min(FIRST_PAUSE * 2 ** min(taken["attempts"] - 1, 20), LONGEST_PAUSE)
    changes = {"due_at": now + pause, "reason": reason[:200]}
    db["notifications"].update_one({"_id": taken["_id"]}, {"$set": changes})


def promote(db: Database, line: str) -> None:
    """Make the first of a line its head, unless there is a head."""
    first = db["notifications"].find_one({"line": line}, {"head": 1}, sort=[("sequence", 1)])
    if first is None or first["head"]:
        return
    try:
        db["notifications"].update_one({"_id": first["_id"]}, {"$set": {"head": True}})
    except DuplicateKeyError:  # somebody else's became head a moment ago
        return


def promote_all(db: Database) -> None:
    """Give a head to each line that lost its own: to a crash between two steps, or to old age."""
    lines: list[Document] = [{"$match": {"head": False}}, {"$group": {"_id": "$line"}}]
    for line in db["notifications"].aggregate(lines):
        promote(db, line["_id"])


def _next_number(db: Database) -> int:
    """Numbers that grow over all processes; object ids would not within one second."""
    counter: dict[str, Any] | None = db["counters"].find_one_and_update(
        {"_id": "notifications"}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return int((counter or {})["value"])
