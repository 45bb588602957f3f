"""The worker: what it does with jobs that pass, fail, die and never end. Real MongoDB, real processes, kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from picturerail.database import Database, connect
from picturerail.errors import Unavailable
from picturerail.jobs import queue
from picturerail.jobs import worker as jobs
from picturerail.jobs.job import CANCELLED, DEAD, DONE, WAITING, Handler, JobKind, NewJob, PassingFailure
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from tests.service import wait_until

HOUR = timedelta(hours=1)


class Commands(CommandListener):
    """The names of the commands that a client sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing more."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing more."""


def worker(db: Database, handler: Handler, **how: Any) -> Worker:
    return Worker(db, {kind(): JobKind(handler=handler, **{"first_pause": 0.0} | how)}, at_once=2, idle=0.1)


def put(db: Database) -> str:
    return queue.put(db, NewJob(kind=kind(), arguments={}, keep=HOUR))[0]


def kind() -> str:
    """One for each test: workers go on after it."""
    return os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0]


def state(db: Database, identity: str) -> str:
    job = queue.find(db, identity)
    return job.state if job else "gone"


def test_the_result_is_kept_for_who_asks(database: Database) -> None:
    identity = put(database)
    worker(database, lambda task: {"tries": task.job.tries}).start()
    wait_until(lambda: state(database, identity) == DONE)
    job = queue.find(database, identity)
    assert job is not None
    assert job.result == {"tries": 1}


def test_nothing_is_begun_while_it_may_not_be(database: Database) -> None:
    identity, allowed = put(database), False
    kinds = {kind(): JobKind(handler=lambda task: {"tries": task.job.tries})}
    Worker(database, kinds, at_once=1, idle=0.02, may_begin=lambda: allowed).start()
    time.sleep(0.3)
    assert state(database, identity) == WAITING
    allowed = True
    wait_until(lambda: state(database, identity) == DONE)
    job = queue.find(database, identity)
    assert job is not None
    assert job.result == {"tries": 1}, "waiting is no try"


def test_workers_with_nothing_to_do_ask_one_question_together(database: Database, mongo_uri: str) -> None:
    listener = Commands()
    watched = connect(mongo_uri, event_listeners=[listener])[database.name]
    done: list[str] = []
    kinds = [f"{kind()} {number}" for number in range(4)]
    rest = JobKind(handler=lambda task: done.append(task.job.kind))
    jobs.start([Worker(watched, {each: rest}, at_once=1, idle=0.05) for each in kinds])
    wait_until(lambda: listener.names.count("find") >= 10)
    seen = Counter(listener.names)
    assert seen["findAndModify"] <= len(kinds), "each looked once, when it began"
    queue.put(database, *[NewJob(kind=each, arguments={}) for each in kinds])
    wait_until(lambda: sorted(done) == kinds)


@pytest.mark.parametrize(
    "error", [PassingFailure("away"), Unavailable("away"), OSError("away"), ValueError("ours")]
)
def test_what_fails_is_tried_again_and_then_given_up(database: Database, error: Exception) -> None:
    seen = []

    def fails(task: Task) -> None:
        seen.append(task.job.tries)
        raise error

    identity, doing = put(database), worker(database, fails, max_tries=3)
    while doing.step():
        pass
    assert (seen, state(database, identity)) == ([1, 2, 3], DEAD)


def test_a_job_that_kills_its_workers_is_given_up(database: Database) -> None:
    identity = put(database)
    database["jobs"].update_one({}, {"$set": {"tries": 12}})
    done: list[Task] = []
    assert worker(database, lambda task: done.append(task)).step()
    assert (done, state(database, identity)) == ([], DEAD)


def test_a_lease_is_renewed_while_the_work_goes_on(database: Database) -> None:
    begun = []

    def slow(task: Task) -> None:
        begun.append(task.job.tries)
        time.sleep(2)

    identity = put(database)
    for _ in range(2):
        worker(database, slow, lease=0.5).start()
    wait_until(lambda: state(database, identity) == DONE)
    assert begun == [1]


def test_a_cancelled_job_stops(database: Database) -> None:
    def endless(task: Task) -> Mapping[str, Any]:
        while True:
            task.report(1, 2)
            time.sleep(0.02)

    identity = put(database)
    worker(database, endless).start()

    def reported() -> bool:
        job = queue.find(database, identity)
        return job is not None and job.total == 2

    wait_until(reported)
    assert queue.cancel(database, identity)
    other = put(database)
    wait_until(lambda: (state(database, identity), state(database, other)) == (CANCELLED, "waiting"))


COUNTING = """
import sys, time
from pathlib import Path
from picturerail.database import connect
from picturerail.jobs.job import JobKind
from picturerail.jobs.worker import Worker

def count(task):
    for number in range(task.job.checkpoint.get("next", 0), 40):
        with Path(sys.argv[3]).open("a") as file:
            file.write(f"{number}\\n")
        task.report(number + 1, 40, {"next": number + 1})
        time.sleep(0.05)
    return {"counted": 40}

db = connect(sys.argv[1])[sys.argv[2]]
Worker(db, {"count": JobKind(handler=count, lease=1.0)}, at_once=1).start()
time.sleep(60)
"""


def test_kill_9_costs_at_most_the_step_under_way(database: Database, mongo_uri: str, tmp_path: Path) -> None:
    written = tmp_path / "numbers"
    [identity] = queue.put(database, NewJob(kind="count", arguments={}, keep=HOUR))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", COUNTING, mongo_uri, database.name, str(written)])

    def done() -> int:
        job = queue.find(database, identity)
        return job.done if job else 0

    def reached(part: int) -> bool:
        return done() >= part

    process = start()
    for part in (10, 25):
        wait_until(partial(reached, part), 30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process = start()
    wait_until(lambda: state(database, identity) == DONE, 30)
    process.kill()
    process.wait()
    numbers = [int(line) for line in written.read_text().split()]
    assert sorted(set(numbers)) == list(range(40))
    assert len(numbers) <= 42, "what was reported is not done again"
