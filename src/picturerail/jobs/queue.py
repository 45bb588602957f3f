"""The jobs that wait, in MongoDB. Who takes one leases it: when it dies, the lease ends and another takes it.

So every job is done at least once. Jobs of one line are done in the order in which they came: a unique index lets a
line have one head, and only heads are taken. A job of no line is the head of one of its own.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.jobs.job import CANCELLED, DAYS_OF_THE_DEAD, DEAD, DONE, WAITING, Job, NewJob

MAX_REASON = 500
MAX_SWEPT = 10_000  # lines looked at in one sweep
MAX_SKEW = timedelta(minutes=1)  # by which the clocks of several machines may differ
_ORDER = [("due_at", 1), ("sequence", 1)]


def put(db: Database, *new: NewJob) -> list[str]:
    """Keep jobs, durably, in this order; their ids."""
    now = clock.now()
    lines = [one.line for one in new if one.line]
    number = _next_number(db, len(lines)) if lines else 0
    documents = [_document(one, now, number + at) for at, one in enumerate(new)]
    if documents:
        db["jobs"].insert_many(documents)
    for line in dict.fromkeys(lines):
        promote(db, line)
    return [str(document["_id"]) for document in documents]


def take(db: Database, kinds: Collection[str], now: datetime, lease: timedelta) -> Job | None:
    """The job of these kinds that has been due longest, leased; None when none is due. Its `due_at` is as it was."""
    holder = secrets.token_hex(8)
    before = db["jobs"].find_one_and_update(
        {"kind": {"$in": list(kinds)}, "head": True, "due_at": {"$lte": now}},
        {"$set": {**_due(now, now + lease), "holder": holder}, "$inc": {"tries": 1}},
        sort=_ORDER,
        return_document=ReturnDocument.BEFORE,
    )
    if before is None:
        return None
    return _read({**before, "tries": before["tries"] + 1, "holder": holder})


def is_due(db: Database, kinds: Collection[str], now: datetime) -> bool:
    """Whether a job of these kinds is due."""
    due = {"kind": {"$in": list(kinds)}, "head": True, "due_at": {"$lte": now}}
    return db["jobs"].find_one(due, {"_id": 1}) is not None


def take_more(db: Database, job: Job, now: datetime, lease: timedelta, limit: int) -> list[Job]:
    """Up to `limit` further jobs of the same kind that are due, to be done together with a taken one."""
    due = {"kind": job.kind, "head": True, "due_at": {"$lte": now}}
    ids = [each["_id"] for each in db["jobs"].find(due, {"_id": 1}).sort(_ORDER).limit(limit)]
    if not ids:
        return []
    leased = {"$set": {**_due(now, now + lease), "holder": job.holder}, "$inc": {"tries": 1}}
    db["jobs"].update_many({"_id": {"$in": ids}, "due_at": {"$lte": now}}, leased)
    return [_read(found) for found in db["jobs"].find({"_id": {"$in": ids}, "holder": job.holder})]


def renew(db: Database, jobs: Sequence[Job], now: datetime, lease: timedelta) -> None:
    """Say that the work on these goes on."""
    db["jobs"].update_many(_held(jobs), {"$set": _due(now, now + lease)})


def report(db: Database, job: Job, done: int, total: int, checkpoint: Mapping[str, Any] | None) -> bool:
    """Note how far the work has come, and where another worker would go on; False when it is to stop."""
    told: Document = {"done": done, "total": total}
    if checkpoint is not None:
        told["checkpoint"] = json.dumps(checkpoint)
    return db["jobs"].update_one({**_held([job]), "state": WAITING}, {"$set": told}).matched_count == 1


def finish(db: Database, jobs: Sequence[Job], result: Mapping[str, Any] | None = None) -> None:
    """These are done: forget them, or keep the result as was asked for; the next of a line steps forward."""
    kept = [job for job in jobs if job.keep]
    for job in kept:
        _end(db, job, DONE, job.keep, {"result": json.dumps(result or {})})
    if rest := [job for job in jobs if not job.keep]:
        db["jobs"].delete_many(_held(rest))
    for line in {job.line for job in jobs if job.line != job.id}:
        promote(db, line)


def fail(db: Database, jobs: Sequence[Job], due_at: datetime, reason: str) -> None:
    """Try these again at `due_at`."""
    changes = {"$set": {**_due(clock.now(), due_at), "reason": reason[:MAX_REASON]}, "$unset": {"holder": ""}}
    db["jobs"].update_many(_held(jobs), changes)


def bury(db: Database, job: Job, reason: str) -> None:
    """Give a job up: it can be looked at for a while, and the next of its line steps forward."""
    _end(db, job, DEAD, timedelta(days=DAYS_OF_THE_DEAD), {"reason": reason[:MAX_REASON]})
    if job.line != job.id:
        promote(db, job.line)


def cancel(db: Database, job_id: str) -> bool:
    """Stop a job, at the latest when it next tells how far it came; False when it is over or was never there."""
    if (found := find(db, job_id)) is None or found.state != WAITING:
        return False
    over = timedelta(days=DAYS_OF_THE_DEAD)
    changed = db["jobs"].update_one({"_id": ObjectId(job_id), "state": WAITING}, _ending(CANCELLED, over, {}))
    if found.line != found.id:
        promote(db, found.line)
    return changed.matched_count == 1


def find(db: Database, job_id: str) -> Job | None:
    """A job as it stands; None when it is over and was not to be kept."""
    try:
        document = db["jobs"].find_one({"_id": ObjectId(job_id)})
    except InvalidId:
        return None
    return None if document is None else _read(document)


def of_lines(db: Database, lines: Collection[str], limit: int, state: str = "") -> list[Job]:
    """Jobs of these lines, in this state or in any, the newest first."""
    wanted = {"line": {"$in": list(lines)}, **({"state": state} if state else {})}
    return [_read(document) for document in db["jobs"].find(wanted).sort("_id", -1).limit(limit)]


def withdraw(db: Database, job_id: str) -> None:
    """Take a job of no line back, which whoever put it has done by itself, or had no need of."""
    db["jobs"].delete_one({"_id": ObjectId(job_id)})


def forget(db: Database, job_id: str) -> bool:
    """Forget a job that is over; False when it is not, or was never there."""
    over = {"_id": ObjectId(job_id), "state": {"$ne": WAITING}}
    return db["jobs"].delete_one(over).deleted_count == 1


def promote(db: Database, line: str) -> None:
    """Make the first of a line its head, unless there is a head."""
    first = db["jobs"].find_one({"line": line, "state": WAITING}, {"head": 1}, sort=[("sequence", 1)])
    if first is None or first["head"]:
        return
    try:
        db["jobs"].update_one({"_id": first["_id"], "state": WAITING}, {"$set": {"head": True}})
    except DuplicateKeyError:  # somebody else's became head a moment ago
        return


def promote_all(db: Database, kinds: Collection[str]) -> None:
    """Give a head to each line of these kinds that lost its own: to a crash between two steps, or to old age."""
    for line in db["jobs"].aggregate(_headless(kinds)):
        promote(db, line["_id"])


def hasten(db: Database, kinds: Collection[str], now: datetime) -> int:
    """Make due what was noted at a time that is still to come: the clock was put back, and nobody shall wait for it."""
    return db["jobs"].update_many(_ahead(kinds, now), {"$set": _due(now, now)}).modified_count


def _headless(kinds: Collection[str]) -> list[Document]:
    """What finds the lines that wait without a head, through the index that `take` uses: not all that wait is read."""
    return [
        {"$match": {"kind": {"$in": list(kinds)}, "head": False, "state": WAITING}},
        {"$group": {"_id": "$line"}},
        {"$limit": MAX_SWEPT},
    ]


def _ahead(kinds: Collection[str], now: datetime) -> Document:
    """What finds jobs that were noted in time to come, through the same index: none is due before it was noted."""
    later = {"$gt": now + MAX_SKEW}
    waiting = {"kind": {"$in": list(kinds)}, "head": {"$in": [True, False]}, "state": WAITING}
    return {**waiting, "due_at": later, "noted_at": later}


def depth(db: Database) -> Iterable[Document]:
    """How many jobs of each kind and state there are, and since when the first of them is due."""
    kinds: list[Document] = [
        {
            "$group": {
                "_id": {"kind": "$kind", "state": "$state"},
                "count": {"$sum": 1},
                "first": {"$min": "$created_at"},
            }
        }
    ]
    return db["jobs"].aggregate(kinds)


def _due(now: datetime, due_at: datetime) -> Document:
    """When a job is due, and when that was said."""
    return {"due_at": due_at, "noted_at": now}


def _document(new: NewJob, now: datetime, sequence: int) -> Document:
    identity = ObjectId()
    give_up_at = now + timedelta(days=new.days)
    return {
        "_id": identity,
        "kind": new.kind,
        "line": new.line or str(identity),
        "sequence": sequence,
        # Never as the head of a line with others: when that has just been done, others may wait to step forward.
        "head": not new.line,
        "state": WAITING,
        "arguments": json.dumps(new.arguments),
        **_due(now, now + new.delay),
        "tries": 0,
        "created_at": now,
        "give_up_at": give_up_at,
        "expires_at": give_up_at + timedelta(days=1),  # nobody takes jobs for an edge that was given away
        "keep": new.keep.total_seconds(),
    }


def _end(db: Database, job: Job, state: str, keep: timedelta, more: Document) -> None:
    db["jobs"].update_one(_held([job]), _ending(state, keep, more))


def _ending(state: str, keep: timedelta, more: Document) -> Document:
    now = clock.now()
    ended = {"state": state, "head": False, "ended_at": now, "expires_at": now + keep, **more}
    return {"$set": ended, "$unset": {"holder": ""}}


def _held(jobs: Sequence[Job]) -> Document:
    """These jobs, unless a lease ended and another worker has one of them."""
    return {"_id": {"$in": [ObjectId(job.id) for job in jobs]}, "holder": jobs[0].holder}


def _read(document: Document) -> Job:
    return Job.of(document, json.loads)


def _next_number(db: Database, count: int) -> int:
    """The first of `count` numbers that grow over all processes; object ids would not within one second."""
    counter: dict[str, Any] | None = db["counters"].find_one_and_update(
        {"_id": "jobs"}, {"$inc": {"value": count}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return int((counter or {})["value"]) - count
