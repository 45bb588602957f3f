"""Delivers purges: one thread for each edge, in one process at a time, for as long as the queue holds any."""

import logging
import threading
import time
import uuid
from datetime import timedelta

from pymongo.errors import DuplicateKeyError, PyMongoError

from picturerail import clock
from picturerail.database import Database, connect, database
from picturerail.edge.purging import queue
from picturerail.edge.purging.targets import Edges, PurgeFailed, all_edges
from picturerail.settings import Settings

POLL_SECONDS = 0.2
PAUSE_SECONDS = 1.0  # after a failure, and between looks whether another process has gone
LEASE = timedelta(seconds=10)

log = logging.getLogger(__name__)


def start(settings: Settings) -> list[threading.Thread]:
    """Start a thread for each edge of the settings."""
    targets = all_edges(settings)
    if not targets:
        return []
    db, me = database(connect(settings.mongo_uri)), uuid.uuid4().hex
    threads = [threading.Thread(target=_run, args=(db, target, me), daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    return threads


def deliver(db: Database, target: Edges) -> int:
    """Deliver all that is due to one edge; how many jobs. PurgeFailed leaves the rest in the queue.

    Jobs are taken together, so that a thousand uploads do not renew the same page a thousand times.
    """
    count = 0
    while jobs := queue.take_due(db, target.name):
        for soft in (False, True):
            if some := [job for job in jobs if job["soft"] is soft]:
                target.purge(queue.copies(db, some), soft=soft)
                queue.done(db, some)
        count += len(jobs)
    return count


def _run(db: Database, target: Edges, me: str) -> None:
    away = False
    while True:
        pause = PAUSE_SECONDS
        try:
            if _leads(db, target.name, me):
                deliver(db, target)
                pause, away = POLL_SECONDS, False
        except (PurgeFailed, PyMongoError) as error:
            if not away:
                log.warning("Purges wait: %s", error)
            away = True
        time.sleep(pause)


def _leads(db: Database, target: str, me: str) -> bool:
    """True while this process is the one that delivers to `target`; another takes over when it stops asking."""
    now = clock.now()
    mine = {"_id": target, "$or": [{"holder": me}, {"until": {"$lt": now}}]}
    known = db["edges"].find_one({"_id": target, "holder": me, "until": {"$gt": now + LEASE / 2}}, {"_id": 1})
    if known is not None:
        return True
    try:
        db["edges"].update_one(mine, {"$set": {"holder": me, "until": now + LEASE}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True
