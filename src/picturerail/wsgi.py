"""The WSGI applications that granian's workers load: the public one and the gallery's own door to the media service."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail import processes
from picturerail.edge.guard import guarded
from picturerail.edge.purging import purger
from picturerail.gallery.app import create_app as create_gallery
from picturerail.gallery.cloud import cloud_access
from picturerail.media.app import create_app as create_media
from picturerail.media.jobs import runner
from picturerail.media.notifications import sender
from picturerail.media.service import Media
from picturerail.settings import Settings, load


def media() -> WSGIApplication:
    """The media service alone, what sends its notifications, and what does its jobs."""
    processes.follow_parent()
    settings = load()
    parts = Media.of(settings)
    sender.start(parts)
    runner.start(parts)
    return create_media(settings)


def public() -> WSGIApplication:
    """Gallery and media service behind one port, told apart by the path."""
    processes.follow_parent()
    settings = load()
    purger.start(settings)
    gallery: WSGIApplication = create_gallery(settings, cloud_access(settings))
    if not settings.own_media:
        return guarded(settings, gallery)
    return guarded(settings, _by_path(settings, gallery, create_media(settings)))


def _by_path(settings: Settings, gallery: WSGIApplication, media: WSGIApplication) -> WSGIApplication:
    prefixes = ("/v1_1/", "/v2/", f"/{settings.cloud_name}/")

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        app = media if environ["PATH_INFO"].startswith(prefixes) else gallery
        return app(environ, start_response)

    return dispatch
