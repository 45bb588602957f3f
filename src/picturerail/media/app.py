"""The media service as a WSGI application, with its route table."""

from wsgiref.types import WSGIApplication

from picturerail.database import Database
from picturerail.media import derived
from picturerail.media.admin import ping, resources
from picturerail.media.delivery.fastpath import FastPath
from picturerail.media.reconcile import sweep_spool
from picturerail.media.service import Media
from picturerail.media.upload import destroy, upload
from picturerail.media.web import Route, make_web
from picturerail.media.wire.authentication import check_admin, check_upload
from picturerail.settings import Settings

KIND = "<any(image,video,raw,auto):resource_type>"

ROUTES = (
    # ---- Upload API
    Route("POST", f"/{KIND}/upload", check_upload, upload.upload),
    Route("POST", f"/{KIND}/destroy", check_upload, destroy.destroy),
    # ---- Admin API
    Route("GET", "/ping", check_admin, ping.ping),
    Route("GET", "/resources/<asset_id>", check_admin, resources.detail_by_asset_id),
    Route("GET", f"/resources/{KIND}/<kind>/<path:public_id>", check_admin, resources.detail),
)


def create_app(settings: Settings, database: Database | None = None) -> WSGIApplication:
    """The media service: stored derived images are answered first, everything else by the routes."""
    media = Media.of(settings, database)
    sweep_spool(settings)
    fast = FastPath(media.derived, lambda key: derived.touch(media.database, key))
    fast.app = make_web(media, fast, ROUTES)
    return fast
