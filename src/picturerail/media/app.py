"""The media service as a WSGI application; its endpoints stand in routes.py."""

from functools import partial
from wsgiref.types import WSGIApplication

from picturerail.database import Database
from picturerail.media import cdn
from picturerail.media.account.meter import Meter
from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.coalescing import Coalescing
from picturerail.media.delivery.cache.fastpath import FastPath
from picturerail.media.delivery.cache.url_index import UrlIndex
from picturerail.media.maintenance.reconcile import sweep_spool
from picturerail.media.routes import ROUTES
from picturerail.media.service import Media
from picturerail.media.store.derived import records
from picturerail.media.web import make_web
from picturerail.settings import Settings


def create_app(settings: Settings, database: Database | None = None) -> WSGIApplication:
    """The media service: stored derived images are answered first, everything else by the routes."""
    media = Media.of(settings, database)
    sweep_spool(settings)
    meter, url_index = Meter(media.database), UrlIndex()
    fast = FastPath(
        app=meter.counting(make_web(media, url_index, ROUTES)),
        url_index=url_index,
        bodies=BodyCache(media.derived, settings.hot_bytes),
        coalescing=Coalescing(
            f"/{settings.cloud_name}/image/upload/", settings.threads * 3 // 4, settings.image_seconds * 2
        ),
        touch=partial(records.touch, media.database),
        count=meter.count,
    )
    return cdn.remembering(media.database, settings, fast)
