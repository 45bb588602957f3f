"""For machines: does the process live, can it serve, and what has it done."""

from time import perf_counter

from flask import Blueprint, Response, g, request

from picturerail import cache_policy, last_backup, metrics
from picturerail.disk import Disk
from picturerail.errors import NotFound
from picturerail.gallery.web import services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.metrics_page import CONTENT_TYPE, is_allowed

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(EVERYBODY)
def alive() -> Response:
    """The process answers."""
    return _plain("ok\n")


@blueprint.get("/readyz")
@requires(EVERYBODY)
def ready() -> Response:
    """The database answers, so pages can be made; how full the disk is; when the last backup was made, if ever."""
    db = services.database()
    db.command("ping")
    made_at = last_backup.made_at(db)
    backup = f"last backup: {made_at:%Y-%m-%d %H:%M} UTC\n" if made_at else ""
    return _plain(f"ok\n{_disk().describe()}\n{backup}")


@blueprint.get("/metrics")
@requires(EVERYBODY)
def metrics_page() -> Response:
    """What all processes of this server have counted, for Prometheus."""
    if not is_allowed(services.settings(), request.environ):
        raise NotFound("There is no page at this address.")
    return _plain(services.services().metrics_page.text(), CONTENT_TYPE)


def start_clock() -> None:
    """Remember when the request came."""
    g.started = perf_counter()


def count_request(response: Response) -> Response:
    """Count the answer."""
    route = request.endpoint or "none"
    metrics.REQUESTS.labels("gallery", route, response.status_code).inc()
    metrics.REQUEST_SECONDS.labels("gallery", route).observe(
        perf_counter() - g.get("started", perf_counter())
    )
    return response


def _disk() -> Disk:
    settings = services.settings()
    return Disk(settings.data, settings.disk_reserve)


def _plain(text: str | bytes, content_type: str = "text/plain; charset=utf-8") -> Response:
    return Response(text, headers={"Content-Type": content_type} | cache_policy.header(cache_policy.NO_STORE))
