"""What waited in the three queues of earlier versions waits in the one, in its order, whatever is killed meanwhile."""

import json
from datetime import timedelta

import pytest
from bson import ObjectId

from picturerail import clock, database, schema_steps
from picturerail.database import Database, ensure_schema
from picturerail.jobs import queue
from picturerail.jobs.job import NewJob

STEP = schema_steps.STEPS.index(schema_steps._join_queues)
LEASE = timedelta(seconds=10)


def fill(db: Database) -> None:
    """Three queues as they were, with a job under way, a line of notifications of which one was tried, and purges."""
    now = clock.now()
    db["jobs"].insert_one(
        {"kind": "eager", "arguments": '{"asset_id": "a"}', "due_at": now, "tries": 1, "created_at": now}
    )
    db["jobs"].create_index([("due_at", 1)])
    for number in range(3):
        db["notifications"].insert_one(
            {
                "url": "https://receiver.example/",
                "body": str(number),
                "line": "line",
                "sequence": 40 + number,
                "created_at": now,
                "due_at": now,
                "attempts": 2 if number == 0 else 0,
                "expires_at": now + timedelta(days=3),
                "head": number == 0,
            }
        )
    db["counters"].insert_one({"_id": "notifications", "value": 43})
    for due in (now, now + timedelta(seconds=1)):
        purge = {"target": "nginx a:1", "kind": "image/upload", "names": ["x"], "soft": True}
        db["purges"].insert_one({**purge, "due_at": due, "made_at": now})
    db["schema"].update_one({"_id": "version"}, {"$set": {"version": STEP}}, upsert=True)


@pytest.mark.parametrize("runs", [1, 2])
def test_nothing_that_waits_is_lost(database: Database, runs: int) -> None:
    fill(database)
    for _ in range(runs):
        database["schema"].update_one({"_id": "version"}, {"$set": {"version": STEP}}, upsert=True)
        ensure_schema(database)
    queue.promote_all(database, ["notification", "purge nginx a:1"])  # as each worker does when it starts
    assert {(job["kind"], json.dumps(json.loads(job["arguments"]))) for job in database["jobs"].find({})} == {
        ("eager", '{"asset_id": "a"}'),
        *(
            ("notification", json.dumps({"url": "https://receiver.example/", "body": str(n)}))
            for n in range(3)
        ),
        ("purge nginx a:1", '{"kind": "image/upload", "names": ["x"], "soft": true}'),
    }
    assert database["jobs"].count_documents({}) == 6
    later = clock.now() + timedelta(minutes=5)  # whatever the machine does meanwhile
    told = []
    while job := queue.take(database, ["notification"], later, LEASE):
        told.append((job.arguments["body"], job.tries))
        queue.finish(database, [job])
    assert told == [("0", 3), ("1", 1), ("2", 1)]
    assert (purge := queue.take(database, ["purge nginx a:1"], later, LEASE))
    assert len(queue.take_more(database, purge, later, LEASE, 9)) == 1
    assert queue.take(database, ["eager"], later, LEASE)
    assert not {"notifications", "purges", "edges"} & set(database.list_collection_names())


def test_a_run_that_was_killed_in_its_middle_is_gone_on_with(database: Database) -> None:
    fill(database)
    moved = database["notifications"].find_one({"sequence": 41})
    assert moved is not None
    arguments = json.dumps({"url": moved["url"], "body": moved["body"]})
    given = {"line": "line", "sequence": 41, "give_up_at": moved["expires_at"]}
    from_schema(database, {**moved}, arguments, given)
    ensure_schema(database)
    assert database["jobs"].count_documents({"kind": "notification"}) == 3
    assert queue.put(database, NewJob(kind="notification", arguments={"body": "3"}, line="line"))
    last = database["jobs"].find_one({"arguments": '{"body": "3"}'})
    assert last is not None
    assert last["sequence"] > 42, "what comes later stands behind those that waited"


def from_schema(db: Database, old: database.Document, arguments: str, given: dict[str, object]) -> None:
    """One of the writes of the step."""
    assert isinstance(old["_id"], ObjectId)
    schema_steps._queue(db, old, "notification", arguments, tries=0, **given)
