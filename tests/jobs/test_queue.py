"""The one queue: leased, ordered by line, looked at, cancelled, given up and put back. Real MongoDB."""

from datetime import timedelta
from typing import Any

import pytest

from picturerail import clock
from picturerail.database import COLLECTIONS, Database
from picturerail.jobs import queue
from picturerail.jobs.job import CANCELLED, DEAD, DONE, WAITING, Job, NewJob

LEASE = timedelta(seconds=15)
KIND = "test"


def new(number: int = 0, **more: Any) -> NewJob:
    return NewJob(kind=KIND, arguments={"number": number}, **more)


def take(db: Database, after: timedelta = timedelta()) -> Job | None:
    return queue.take(db, [KIND], clock.now() + after, LEASE)


def taken(db: Database, after: timedelta = timedelta()) -> Job:
    job = take(db, after)
    assert job is not None
    return job


def test_a_job_is_leased_renewed_and_taken_by_another_when_its_worker_died(database: Database) -> None:
    [identity] = queue.put(database, NewJob(kind=KIND, arguments={"a.b": "$c"}))
    job, now = taken(database), clock.now()
    assert (job.id, job.arguments, job.tries) == (identity, {"a.b": "$c"}, 1)
    assert take(database, LEASE / 2) is None
    queue.renew(database, [job], now + LEASE / 2, LEASE)
    assert take(database, LEASE * 1.2) is None
    again = taken(database, LEASE * 2)
    assert (again.id, again.tries) == (identity, 2)
    queue.finish(database, [job])  # the one who was too slow ends nothing
    assert queue.find(database, identity) is not None
    queue.finish(database, [again])
    assert queue.find(database, identity) is None


def test_nobody_takes_jobs_of_other_kinds_or_before_their_time(database: Database) -> None:
    queue.put(database, new(delay=timedelta(seconds=60)), NewJob(kind="other", arguments={}))
    assert take(database) is None
    assert taken(database, timedelta(seconds=61)).kind == KIND


def test_jobs_of_a_line_are_listed_however_many_others_came_since(database: Database) -> None:
    [first] = queue.put(database, new(line="mine"))
    queue.put(database, *(new(line="others") for _ in range(20)))
    assert [job.id for job in queue.of_lines(database, ["mine", "none"], 5)] == [first]
    assert not queue.of_lines(database, ["mine"], 5, DONE)


def test_of_one_line_only_the_first_is_done(database: Database) -> None:
    queue.put(database, new(0, line="a"), new(1, line="a"), new(2, line="b"))
    queue.put(database, new(3, line="a"))
    first, other = taken(database), taken(database)
    assert [first.arguments["number"], other.arguments["number"]] == [0, 2]
    assert take(database) is None
    queue.fail(database, [first], clock.now() + timedelta(seconds=5), "away")
    assert take(database) is None
    again = taken(database, timedelta(seconds=6))
    assert (again.arguments["number"], again.reason) == (0, "away")
    queue.finish(database, [again])
    assert taken(database).arguments["number"] == 1


def test_a_new_one_never_overtakes_those_that_wait(database: Database) -> None:
    """Not even in the moment when the head is gone and the next has not stepped forward yet."""
    ids = queue.put(database, *(new(number, line="a") for number in range(2)))
    database["jobs"].delete_one({"head": True})  # as `finish` does first
    ids += queue.put(database, new(2, line="a"))
    assert taken(database).id == ids[1]


def test_a_line_that_lost_its_head_gets_one(database: Database) -> None:
    queue.put(database, *(new(number, line="a") for number in range(3)))
    database["jobs"].delete_one({"head": True})  # killed between two steps, or grown too old
    assert take(database) is None
    queue.promote_all(database, [KIND])
    assert taken(database).arguments["number"] == 1


def test_others_of_a_kind_are_taken_along_once(database: Database) -> None:
    queue.put(database, *(new(number) for number in range(5)), new(9, delay=LEASE))
    job = taken(database)
    more = queue.take_more(database, job, clock.now(), LEASE, 3)
    rest = taken(database)
    numbers = sorted(each.arguments["number"] for each in [job, *more, rest])
    assert (len(more), numbers, take(database)) == (3, [0, 1, 2, 3, 4], None)
    queue.finish(database, [job, *more])
    assert database["jobs"].count_documents({}) == 2


def test_progress_and_checkpoint_outlive_the_worker_and_the_result_is_kept(database: Database) -> None:
    [identity] = queue.put(database, new(keep=timedelta(hours=1)))
    assert queue.report(database, taken(database), 3, 10, {"at": "c"})
    seen = queue.find(database, identity)
    assert seen is not None
    assert (seen.done, seen.total, seen.state) == (3, 10, WAITING)
    other = taken(database, LEASE * 2)
    assert other.checkpoint == {"at": "c"}
    queue.finish(database, [other], {"made": 10})
    ended = queue.find(database, identity)
    assert ended is not None
    assert (ended.state, ended.result) == (DONE, {"made": 10})
    assert take(database, LEASE * 4) is None


def test_a_cancelled_job_stops_at_its_next_report_and_lets_its_line_go_on(database: Database) -> None:
    first, second = queue.put(database, new(0, line="a"), new(1, line="a"))
    job = taken(database)
    assert queue.cancel(database, first)
    assert not queue.cancel(database, first)
    assert not queue.report(database, job, 1, 2, None)
    queue.finish(database, [job])
    seen = queue.find(database, first)
    assert seen is not None
    assert seen.state == CANCELLED
    assert taken(database).id == second
    assert not queue.cancel(database, "nonsense")


def test_the_dead_make_way_and_can_be_looked_at(database: Database) -> None:
    first, second = queue.put(database, new(0, line="a"), new(1, line="a"))
    job = taken(database)
    assert queue.report(database, job, 1, 2, {"at": 1})
    queue.bury(database, job, "never there")
    seen = queue.find(database, first)
    assert seen is not None
    assert (seen.state, seen.reason) == (DEAD, "never there")
    other = taken(database)
    assert other.id == second
    queue.finish(database, [other])
    assert take(database) is None, "what was given up stays so"


def test_what_nobody_takes_is_swept_by_the_database(database: Database) -> None:
    [identity] = queue.put(database, new(days=7))
    kept = database["jobs"].find_one({})
    assert kept is not None
    assert str(kept["_id"]) == identity
    assert kept["give_up_at"] - kept["created_at"] == timedelta(days=7)
    assert kept["expires_at"] > kept["give_up_at"]
    indexes = database["jobs"].index_information().values()
    assert any(
        index.get("expireAfterSeconds") == 0 and index["key"] == [("expires_at", 1)] for index in indexes
    )


def test_the_next_job_is_found_by_an_index(database: Database) -> None:
    queue.put(database, *(new(number) for number in range(200)))
    query = {"kind": {"$in": [KIND]}, "head": True, "due_at": {"$lte": clock.now()}}
    plan = database["jobs"].find(query).sort([("due_at", 1), ("sequence", 1)]).limit(1).explain()
    assert plan["executionStats"]["totalDocsExamined"] <= 1
    assert "jobs" in COLLECTIONS


@pytest.mark.parametrize("count", [0, 1, 3])
def test_ids_come_in_the_order_given(database: Database, count: int) -> None:
    ids = queue.put(database, *(new(number) for number in range(count)))
    found = [queue.find(database, identity) for identity in ids]
    assert [job.arguments["number"] for job in found if job] == list(range(count))


def test_after_the_clock_was_put_back_nobody_waits_for_a_time_that_was_already_there(
    database: Database,
) -> None:
    later = clock.now() + timedelta(hours=2)  # what the clock said before
    queue.put(database, new(1), new(2), new(3), new(4, delay=timedelta(seconds=60)))
    died, failed, busy = (queue.take(database, [KIND], later, LEASE) for _ in range(3))
    assert died
    assert failed
    assert busy
    database["jobs"].update_one(
        {"holder": failed.holder}, {"$set": {"due_at": later + LEASE, "noted_at": later}}
    )
    queue.renew(database, [busy], clock.now(), LEASE)  # its worker lives
    assert take(database) is None
    assert queue.hasten(database, [KIND], clock.now()) == 2
    assert {taken(database).id, taken(database).id} == {died.id, failed.id}
    assert take(database) is None, (
        "the one under way, and the one that was put off by a minute, are left as they are"
    )


def test_a_clock_that_differs_a_little_or_goes_ahead_hastens_nothing(database: Database) -> None:
    queue.put(database, new(delay=timedelta(hours=1)))
    for at in (-queue.MAX_SKEW / 2, timedelta(), timedelta(hours=2)):
        assert queue.hasten(database, [KIND], clock.now() + at) == 0


def test_what_each_worker_sweeps_does_not_grow_with_what_waits(database: Database) -> None:
    """An import of very many leaves a job for each: every worker looks each minute for what lost its way."""
    database["jobs"].create_indexes(COLLECTIONS["jobs"])
    queue.put(database, *(new(number) for number in range(1000)), new(1, line="a"), new(2, line="a"))
    ahead: dict[str, Any] = {"find": "jobs", "filter": queue._ahead([KIND], clock.now())}
    lost: dict[str, Any] = {"aggregate": "jobs", "pipeline": queue._headless([KIND]), "cursor": {}}
    for query in (ahead, lost):
        told = database.command("explain", query, verbosity="executionStats")
        stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
        assert stats["totalDocsExamined"] <= 2
        assert stats["totalKeysExamined"] <= 10
