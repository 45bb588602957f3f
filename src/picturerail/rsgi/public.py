"""The public door: gallery and media service behind one port."""

from picturerail import database, logs, metrics, processes
from picturerail.disk import Disk
from picturerail.door.door import Door, Entrance
from picturerail.door.head import Head
from picturerail.door.lanes import Lane
from picturerail.edge.origin_auth import guarded
from picturerail.edge.purges import purger
from picturerail.edge.purges.targets import all_edges
from picturerail.gallery import follow_up_worker
from picturerail.gallery.app import compile_first_pages
from picturerail.gallery.app import create_app as create_gallery
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.transfer import worker as transfers
from picturerail.jobs import worker
from picturerail.media.app import create_app as create_media
from picturerail.rsgi.lanes import MediaLanes, Pictures
from picturerail.settings import load

PROBES = ("/readyz", "/metrics")


def door() -> Door:
    """Gallery and media service, told apart by the path."""
    processes.follow_parent()
    made = _made()
    processes.keep_for_good()
    return made


def _made() -> Door:
    logs.configure()
    settings = load()
    metrics.start_flushing()
    if all_edges(settings) or not settings.own_media:
        db = database.database(database.connect(settings.mongo_uri))
        ours = [*transfers.workers(db, settings), follow_up_worker.worker(db, settings)]
        worker.start([*purger.workers(db, settings), *([] if settings.own_media else ours)])
    site = create_gallery(settings, cloud_access(settings))
    compile_first_pages(site)
    gallery = guarded(settings, site)
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
