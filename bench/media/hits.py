"""A stored picture of about 40 kB: requests a second beside nginx's static file and thumbor's stored result.

And beside granian, our web server, with an application that does nothing: what it leaves is what Python can reach.
"""

import io
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from bench.options import Options
from bench.parts.load import fetch, hits_per_second, median
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import Ask, Peer, Unavailable
from bench.peers.constant import NAME as CEILING
from bench.peers.constant import Constant
from bench.peers.nginx import NGINX, NGINX_LOGGING, Nginx
from bench.peers.ours import Ours
from bench.peers.thumbor import Thumbor
from picturerail import mongod
from picturerail.media.app import create_app
from picturerail.settings import load, with_secrets

WANTED = 40_000  # bytes
CONNECTIONS = (16, 64)
SECONDS = 4
CALLS = 2000
BASE: dict[str, Any] = {
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "127.0.0.1",
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
    "wsgi.errors": sys.stderr,
}


def run(options: Options) -> None:
    """Interleave the servers, each alone under wrk."""
    photo = options.photographs(8_000_000)[0]
    report = Report("hits", "A stored picture", options.command("hits"))
    report.header = ["server", "connections", "requests a second", "of nginx", "of thumbor"]
    with ExitStack() as stack:
        ours = stack.enter_context(Ours())
        ours.upload([photo])
        ask = _ask_for_wanted_bytes(ours, photo)
        content = fetch(ours.url(photo, ask)).body
        report.about = (
            f"One derived JPEG of {len(content):,} bytes, {ask.width} px wide, asked for again and again."
        )
        servers = {ours.name: ours.url(photo, ask)}
        peers = (
            *(Nginx(content), Nginx(content, logging=True), Constant(content)),
            Thumbor(photo.path.parent, stored=True),
        )
        for peer in peers:
            servers |= _started(stack, peer, photo, ask, report)
        report.notes.append(
            f"The ratio to nginx is the machine's as much as ours: where nginx reached 90,000 a second, {CEILING} "
            "stayed below half of that, and so did we. Compare that row."
        )
        _judge_python(report, ours, urlsplit(servers[ours.name]).path)
        for connections in CONNECTIONS:
            _measure(report, servers, connections, options.rounds)
    report.write()


def _judge_python(report: Report, ours: Ours, path: str) -> None:
    """Time our WSGI application alone, in this process, on the running service's store."""
    data = ours.service.data
    settings = replace(with_secrets(load(data=data)), mongo_uri=mongod.uri(data), port=ours.service.port)
    app = create_app(settings).wsgi
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_ACCEPT": "*/*"}
    times = [_call(app, environ) for _ in range(CALLS)]
    middle = 1e6 * median(times[CALLS // 10 :])
    report.judge(
        "the Python part of a hit under 30 microseconds", f"{middle:.1f} microseconds", met=middle < 30
    )


def _call(app: WSGIApplication, environ: dict[str, str]) -> float:
    """Seconds of one call, its body read to the end."""
    request: dict[str, Any] = {**BASE, **environ}
    began = time.perf_counter()
    body = app(request, _start_response)
    for _ in body:
        pass
    return time.perf_counter() - began


def _start_response(status: str, *_: object) -> Callable[[bytes], object]:
    if status != "200 OK":
        raise SystemExit(f"the application answered {status}")
    return lambda _: None


def _started(stack: ExitStack, peer: Peer, photo: Photograph, ask: Ask, report: Report) -> dict[str, str]:
    try:
        stack.enter_context(peer)
    except Unavailable as error:
        report.notes.append(f"Not measured: {error}.")
        return {}
    answer = fetch(peer.url(photo, ask))
    report.notes.append(f"{peer.name} answers {len(answer.body):,} bytes.")
    return {peer.name: peer.url(photo, ask)}


def _measure(report: Report, servers: dict[str, str], connections: int, rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, url in servers.items():
            found[name].append(hits_per_second(url, connections, SECONDS))
    middle = {name: median(values) for name, values in found.items()}
    limit, peer = found.get(NGINX), found.get(Thumbor.name)
    for name, values in found.items():
        report.row(name, connections, f"{middle[name]:,.0f}", _ratio(values, limit), _ratio(values, peer))
    for base in (NGINX, NGINX_LOGGING):
        if base in found:
            ratio = _ratios(found[Ours.name], found[base])
            target = f"{connections} connections: at least 0.5 of {base}"
            report.judge(target, f"{ratio:.2f}", met=ratio >= 0.5)
    if CEILING in found:
        share, most = _ratios(found[Ours.name], found[CEILING]), _ratio(found[CEILING], limit)
        report.notes.append(
            f"{connections} connections: Picturerail reaches {share:.2f} of {CEILING}, which is {most} of {NGINX}."
        )
    if peer:
        times = _ratios(found[Ours.name], peer)
        target = f"{connections} connections: at least 8 times thumbor's stored result"
        report.judge(target, f"{times:.1f} times", met=times >= 8)
    text = [(name, value, f"{value:,.0f} a second") for name, value in middle.items()]
    report.plot = report.plot or bars(f"A stored picture of 40 kB, {connections} connections", text)


def _ratios(values: list[float], base: list[float]) -> float:
    return median([one / other for one, other in zip(values, base, strict=True)])


def _ratio(values: list[float], base: list[float] | None) -> str:
    return f"{_ratios(values, base):.2f}" if base else "-"


def _ask_for_wanted_bytes(ours: Ours, photo: Photograph) -> Ask:
    """The width whose JPEG at quality 80 is nearest to the wanted bytes."""
    asks = [Ask(width, quality=80) for width in range(200, 640, 40)]
    return min(asks, key=lambda ask: abs(len(fetch(ours.url(photo, ask)).body) - WANTED))
