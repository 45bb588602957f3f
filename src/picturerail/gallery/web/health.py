"""For machines: does the process live, can it serve, and what has it done."""

import os
from collections import Counter
from threading import Lock
from time import perf_counter

from flask import Blueprint, Response, g, request

from picturerail import cache_policy, last_backup
from picturerail.disk import Disk
from picturerail.errors import NotFound
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import LIVE, TRASH
from picturerail.gallery.web import services

blueprint = Blueprint("health", __name__)
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")

_lock = Lock()
_requests: Counter[tuple[str, str]] = Counter()
_seconds: Counter[str] = Counter()


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers, so pages can be made; how full the disk is; when the last backup was made, if ever."""
    db = services.database()
    db.command("ping")
    made_at = last_backup.made_at(db)
    backup = f"last backup: {made_at:%Y-%m-%d %H:%M} UTC\n" if made_at else ""
    return _plain(f"ok\n{_disk().describe()}\n{backup}")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counters for Prometheus, to this machine only. Each server process counts for itself."""
    forwarded = any(name in request.headers for name in PROXY_HEADERS)
    if request.remote_addr not in ("127.0.0.1", "::1") or forwarded:
        raise NotFound("There is no page at this address.")
    return _plain(_exposition(), "text/plain; version=0.0.4; charset=utf-8")


def start_clock() -> None:
    """Remember when the request came."""
    g.started = perf_counter()


def count_request(response: Response) -> Response:
    """Count the answer."""
    endpoint = request.endpoint or "none"
    with _lock:
        _requests[endpoint, str(response.status_code)] += 1
        _seconds[endpoint] += perf_counter() - g.get("started", perf_counter())
    return response


def _exposition() -> str:
    process = os.getpid()
    lines = ["# TYPE picturerail_pictures gauge"]
    lines += [
        f'picturerail_pictures{{state="{state}"}} {listing.count(services.database(), in_state(state)).number}'
        for state in (LIVE, TRASH)
    ]
    disk = _disk()
    lines += ["# TYPE picturerail_disk_free_bytes gauge", f"picturerail_disk_free_bytes {disk.free}"]
    lines += ["# TYPE picturerail_disk_lacking_bytes gauge", f"picturerail_disk_lacking_bytes {disk.lacking}"]
    lines.append("# TYPE picturerail_requests_total counter")
    with _lock:
        for (endpoint, status), number in sorted(_requests.items()):
            labels = f'process="{process}",endpoint="{endpoint}",status="{status}"'
            lines.append(f"picturerail_requests_total{{{labels}}} {number}")
        lines.append("# TYPE picturerail_request_seconds_total counter")
        for endpoint, seconds in sorted(_seconds.items()):
            lines.append(
                f'picturerail_request_seconds_total{{process="{process}",endpoint="{endpoint}"}} {seconds:.6f}'
            )
    return "\n".join(lines) + "\n"


def _disk() -> Disk:
    settings = services.settings()
    return Disk(settings.data, settings.disk_reserve)


def _plain(text: str, content_type: str = "text/plain; charset=utf-8") -> Response:
    return Response(text, headers={"Cache-Control": cache_policy.NO_STORE, "Content-Type": content_type})
