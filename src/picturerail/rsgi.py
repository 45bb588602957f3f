"""What granian's workers load: the public door, and the gallery's own door to the media service."""

from dataclasses import replace

from picturerail import database, logs, metrics, processes
from picturerail.conditions import CONDITIONS
from picturerail.disk import Disk
from picturerail.door.coalescing import RequestKey
from picturerail.door.door import Door, Entrance
from picturerail.door.head import Head
from picturerail.door.lanes import Lane
from picturerail.edge.origin_auth import guarded
from picturerail.edge.purges import purger
from picturerail.edge.purges.targets import all_edges
from picturerail.gallery.app import create_app as create_gallery
from picturerail.gallery.cloud import cloud_access
from picturerail.gallery.transfer import worker as transfers
from picturerail.image_formats import accept_class
from picturerail.media import job_handlers
from picturerail.media.app import App as MediaApp
from picturerail.media.app import create_app as create_media
from picturerail.media.delivery.cache.url_index import may_name
from picturerail.media.service import Media
from picturerail.settings import Settings, load

MEDIA_THREADS = 8  # of the media server that only the gallery calls
PROBES = ("/readyz", "/metrics")


def media() -> Door:
    """The media service alone, what sends its notifications, and what does its jobs and those of the gallery."""
    processes.follow_parent()
    logs.configure()
    settings = load()
    parts = Media.of(settings)
    metrics.start_flushing()
    # purges are delivered here too: visitors should not see an old picture while public workers start again
    workers = (*job_handlers.workers(parts), *purger.workers(parts.database, settings))
    for worker in (*workers, *transfers.workers(parts.database, settings)):
        worker.start()
    inside = replace(settings, threads=MEDIA_THREADS, edge_secret="", workers=1, port=settings.media_port)
    return media_door(inside, create_media(settings))


def media_door(settings: Settings, app: MediaApp) -> Door:
    """A door to nothing but the media service."""
    app.meter.start()
    return Door(settings, MediaLanes(settings, app), app.fast, Pictures(settings), app.make_room)


def public() -> Door:
    """Gallery and media service behind one port, told apart by the path."""
    processes.follow_parent()
    logs.configure()
    settings = load()
    metrics.start_flushing()
    if all_edges(settings) or not settings.own_media:
        db = database.database(database.connect(settings.mongo_uri))
        ours = [] if settings.own_media else transfers.workers(db, settings)
        for worker in (*purger.workers(db, settings), *ours):
            worker.start()
    gallery = guarded(settings, create_gallery(settings, cloud_access(settings)))
    pages = Entrance(Lane("pages", settings.threads, settings.threads * 16), gallery)
    probes = Entrance(Lane("probes", 2, 32), gallery)
    if not settings.own_media:
        room = Disk(settings.data, settings.disk_reserve).expect
        return Door(settings, lambda head: probes if head.path in PROBES else pages, make_room=room)
    app = create_media(settings)
    app.meter.start()
    lanes = MediaLanes(settings, app)
    prefixes = ("/v1_1/", "/v2/", f"/{settings.cloud_name}/")

    def entrance(head: Head) -> Entrance:
        if head.path in PROBES:
            return probes
        return lanes(head) if head.path.startswith(prefixes) else pages

    # what an edge asks for is noted in the database before it leaves, which only a thread may wait for
    stored = None if settings.edge_secret or all_edges(settings) else app.fast
    return Door(settings, entrance, stored, Pictures(settings), app.make_room)


class MediaLanes:
    """The classes of work of the media service: calls of its APIs, and pictures."""

    def __init__(self, settings: Settings, app: MediaApp) -> None:
        """Give each as many threads as it may need: most of those for pictures wait for image workers."""
        behind = guarded(settings, app.wsgi)
        self._delivery = f"/{settings.cloud_name}/"
        self._pictures = Entrance(
            Lane("pictures", settings.threads * 2, settings.threads * 16), behind, is_watched=True
        )
        self._calls = Entrance(Lane("calls", settings.threads, settings.threads * 16), behind)

    def __call__(self, head: Head) -> Entrance:
        """Where a request goes."""
        return self._pictures if head.path.startswith(self._delivery) else self._calls


class Pictures:
    """Which requests get the same answer: those for one public picture, when only path and Accept header say which."""

    def __init__(self, settings: Settings) -> None:
        """Pictures of the own cloud."""
        self._prefixes = tuple(f"/{settings.cloud_name}/image/{each}/" for each in ("upload", "private"))

    def __call__(self, head: Head) -> RequestKey | None:
        """The path, and the class of Accept headers; None for what may differ for each, as by a token."""
        if (
            head.method not in ("GET", "HEAD")
            or not head.path.startswith(self._prefixes)
            or may_name(head.query)
        ):
            return None
        if any(name in head.headers for name in ("cookie", "authorization", *CONDITIONS)):
            return None
        return f"{head.method} {head.path}", accept_class(head.headers.get("accept", ""))
