"""The media service as a WSGI application; its endpoints stand in routes.py."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from wsgiref.types import WSGIApplication

from werkzeug.wrappers import Response

from picturerail.database import Database
from picturerail.media import cdn
from picturerail.media.account.meter import Meter
from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.fastpath import FastPath
from picturerail.media.delivery.cache.url_index import UrlIndex
from picturerail.media.http.responses import json_response
from picturerail.media.maintenance.reconcile import sweep_spool
from picturerail.media.openapi.description import describe
from picturerail.media.routes import ROUTES
from picturerail.media.service import Media
from picturerail.media.store import originals
from picturerail.media.store.derived import records
from picturerail.media.web import make_web
from picturerail.settings import Settings


@dataclass(frozen=True)
class App:
    """The media service as a WSGI application, and the part of it that answers stored derived images."""

    wsgi: WSGIApplication
    fast: FastPath
    meter: Meter
    make_room: Callable[[int], None]  # on the disk


def create_app(settings: Settings, database: Database | None = None) -> App:
    """The media service: stored derived images are answered first, everything else by the routes."""
    media = Media.of(settings, database)
    sweep_spool(settings)
    meter, url_index = Meter(media.database), UrlIndex()
    notes = ThreadPoolExecutor(1, thread_name_prefix="touch")
    web = make_web(media, url_index, ROUTES, meter.count)
    web.add_url_rule("/v1_1/openapi.json", "openapi", partial(_openapi, settings), methods=["GET"])
    fast = FastPath(
        app=web,
        url_index=url_index,
        bodies=BodyCache(media.derived, settings.hot_bytes, media.originals),
        touch=lambda key: _forget(notes.submit(records.touch, media.database, key)),
        count=meter.count,
        original_file=partial(originals.known_file, media),
    )
    return App(cdn.remembering(media.database, settings, fast), fast, meter, media.evictor.make_room)


def _openapi(settings: Settings) -> Response:
    return json_response(describe(ROUTES, settings.site_url, settings.cloud_name))


def _forget(_: object) -> None:
    """Nobody waits for it."""
