"""What each kind of job does, and the workers that do them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from picturerail.jobs.job import JobKind
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from picturerail.media.generated import archive, async_calls, explode, multi
from picturerail.media.generated.sprites import sprite
from picturerail.media.notifications import sender
from picturerail.media.service import Media
from picturerail.media.upload import response

JobHandler: TypeAlias = Callable[[Media, str, Mapping[str, Any]], None]

AT_ONCE = 2
HANDLERS: dict[str, JobHandler] = {
    "eager": response.make_eager,
    "explode": explode.make_pages,
    "multi": async_calls.job("multi", multi.make),
    "sprite": async_calls.job("sprite", sprite.make),
    "generate_archive": async_calls.job("generate_archive", archive.make),
}


def workers(media: Media) -> list[Worker]:
    """What makes pictures and archives, sizes that nobody waits for, notifications: none waits for another.

    While uploads come, such sizes wait: they take a whole core, and are made as soon as it is quiet.
    """
    kinds = {name: JobKind(handler=partial(_run, media, handler)) for name, handler in HANDLERS.items()}
    ahead = {"eager": kinds.pop("eager")}
    return [
        Worker(media.database, kinds, at_once=AT_ONCE),
        Worker(media.database, ahead, at_once=1, may_begin=lambda: media.scheduler.is_quiet),
        sender.worker(media),
    ]


def _run(media: Media, handler: JobHandler, task: Task) -> None:
    handler(media, task.job.id, task.job.arguments)
