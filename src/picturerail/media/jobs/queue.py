"""The jobs that wait, one document each. Who takes one leases it: when it dies, the lease ends and another takes it.

So every job is done at least once. What a job makes is found again by a second run, and what it tells carries the
same `notification_id`.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from picturerail import clock
from picturerail.database import Database, Document

LEASE = timedelta(seconds=15)  # renewed while the work goes on
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_TRIES = 12


def put(db: Database, kind: str, arguments: Mapping[str, Any]) -> str:
    """Keep a job, durably; its id. `arguments` are plain values, kept as JSON: their keys may be any text."""
    now = clock.now()
    job = {"_id": ObjectId(), "kind": kind, "arguments": json.dumps(arguments), "due_at": now, "tries": 0}
    db["jobs"].insert_one({**job, "created_at": now})
    return str(job["_id"])


def take(db: Database, now: datetime) -> Document | None:
    """The job that has been due longest, leased; None when none is due."""
    job = db["jobs"].find_one_and_update(
        {"due_at": {"$lte": now}},
        {"$set": {"due_at": now + LEASE}, "$inc": {"tries": 1}},
        sort=[("due_at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    return job and {**job, "arguments": json.loads(job["arguments"])}


def renew(db: Database, job: Document, now: datetime) -> None:
    """Say that the work on a job goes on."""
    db["jobs"].update_one({"_id": job["_id"]}, {"$set": {"due_at": now + LEASE}})


def done(db: Database, job: Document) -> None:
    """Forget a job."""
    db["jobs"].delete_one({"_id": job["_id"]})


def failed(db: Database, job: Document, now: datetime, reason: str) -> bool:
    """Try again later, each time after a longer pause; False when it was tried often enough."""
    if job["tries"] >= MOST_TRIES:
        done(db, job)
        return False
    pause = min(FIRST_PAUSE * 2 ** (job["tries"] - 1), LONGEST_PAUSE)
    db["jobs"].update_one({"_id": job["_id"]}, {"$set": {"due_at": now + pause, "reason": reason[:200]}})
    return True
