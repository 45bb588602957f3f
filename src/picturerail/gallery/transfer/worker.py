"""Starts a process for each import and export that waits, and says what became of it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from picturerail.database import Database
from picturerail.gallery.transfer_kinds import EXPORT, IMPORT, LOOK
from picturerail.jobs.job import JobCancelled, JobKind, PassingFailure
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from picturerail.settings import Settings, child_environment

AT_ONCE = 2
COMMAND = (sys.executable, "-m", "picturerail.gallery.transfer")


def workers(db: Database, settings: Settings) -> list[Worker]:
    """What does the transfers of this machine, and looks at what came by them, which keeps none of them waiting.

    One that a restart ends is gone on with, however often.
    """

    def handler(task: Task) -> Mapping[str, Any]:
        return _done(task, settings)

    kind = JobKind(handler=handler, max_tries=0)
    return [
        Worker(db, {EXPORT: kind, IMPORT: kind}, at_once=AT_ONCE),
        Worker(db, {LOOK: kind}, at_once=1),
    ]


def _done(task: Task, settings: Settings) -> Mapping[str, Any]:
    command = [*COMMAND, task.job.id, task.job.holder]
    ended = subprocess.run(
        command,
        env=child_environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        raise PassingFailure(f"its process ended with exit code {ended.returncode}") from None
    if "cancelled" in told:
        raise JobCancelled
    if "again" in told:
        raise PassingFailure(told["again"])
    result: Mapping[str, Any] = told["result"]
    return result
