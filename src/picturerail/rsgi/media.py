"""The gallery's own door to the media service, and the workers for jobs. It reads nothing of the gallery's pages."""

from dataclasses import replace

from picturerail import logs, metrics, processes
from picturerail.door.door import Door
from picturerail.edge.purges import purger
from picturerail.gallery import follow_up_worker
from picturerail.gallery.transfer import worker as transfers
from picturerail.jobs import worker
from picturerail.media import job_handlers
from picturerail.media.app import App, create_app
from picturerail.media.service import Media
from picturerail.rsgi.lanes import MediaLanes, Pictures
from picturerail.settings import Settings, load

THREADS = 8  # only the gallery calls


def door() -> Door:
    """The media service alone, what sends its notifications, and what does its jobs and those of the gallery."""
    processes.follow_parent()
    logs.configure()
    settings = load()
    parts = Media.of(settings)
    metrics.start_flushing()
    # purges are delivered here too: visitors should not see an old picture while public workers start again
    workers = (*job_handlers.workers(parts), *purger.workers(parts.database, settings))
    ours = (*transfers.workers(parts.database, settings), follow_up_worker.worker(parts.database, settings))
    worker.start([*workers, *ours])
    inside = replace(settings, threads=THREADS, edge_secret="", workers=1, port=settings.media_port)
    made = media_door(inside, create_app(settings))
    processes.keep_for_good()
    return made


def media_door(settings: Settings, app: App) -> Door:
    """A door to nothing but the media service."""
    app.meter.start()
    return Door(settings, MediaLanes(settings, app), app.fast, Pictures(settings), app.make_room)
