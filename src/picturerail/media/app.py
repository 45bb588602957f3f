"""The media service as a WSGI application; its endpoints stand in routes.py."""

from wsgiref.types import WSGIApplication

from picturerail.database import Database
from picturerail.media import edges
from picturerail.media.account.metering import Meter
from picturerail.media.delivery.hits.fastpath import FastPath
from picturerail.media.delivery.hits.memory import HotBodies
from picturerail.media.routes import ROUTES
from picturerail.media.service import Media
from picturerail.media.store import derived
from picturerail.media.store.reconcile import sweep_spool
from picturerail.media.web import make_web
from picturerail.settings import Settings


def create_app(settings: Settings, database: Database | None = None) -> WSGIApplication:
    """The media service: stored derived images are answered first, everything else by the routes."""
    media = Media.of(settings, database)
    sweep_spool(settings)
    bodies = HotBodies(media.derived, settings.hot_bytes)
    fast = FastPath(bodies, lambda key: derived.touch(media.database, key))
    fast.app = make_web(media, fast, ROUTES)
    return Meter(media.database, edges.remembering(media.database, settings, fast))
