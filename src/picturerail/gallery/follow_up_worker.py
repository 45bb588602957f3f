"""Does what has to follow a write where whoever wrote was killed before it."""

from datetime import timedelta

from picturerail import clock
from picturerail.database import Database
from picturerail.gallery.follow_up import KIND, FollowUp
from picturerail.jobs.job import JobKind, PassingFailure
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from picturerail.settings import Settings

UNDER_WAY = timedelta(minutes=1)  # for which whoever noted one may be about to write still


def worker(db: Database, settings: Settings) -> Worker:
    """Does one at a time, and soon again while it may have come before the write."""

    def handler(task: Task) -> None:
        from picturerail.gallery.actions import completion  # noqa: PLC0415 - all actions, and it is rarely needed

        completion.complete(task.db, settings, FollowUp.of(task.job.arguments))
        if clock.now() - task.job.created_at < UNDER_WAY:
            raise PassingFailure("whoever noted it may be about to write still")

    return Worker(db, {KIND: JobKind(handler=handler, first_pause=5, max_pause=40, max_tries=0)}, at_once=1)
