"""A picture that an edge holds: requests a second beside nginx handing out the same file."""

import os
from contextlib import ExitStack

from bench.cdn.edges import CLOUD, edges
from bench.options import Options
from bench.parts.load import fetch, hits_per_second, median
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import Ask
from bench.peers.nginx import NGINX, NGINX_OPEN, Nginx
from tests.edge.origin import Answer, Origin

WANTED = 40_000  # bytes
CONNECTIONS = (16, 64)
SECONDS = 4
TARGET = 0.9
OURS, ROW = "Picturerail's edge", "Picturerail's row of two edges"


def run(options: Options) -> None:
    """Interleave nginx's file (opened each time, and kept open), one edge, and a row of two, each alone under wrk."""
    report = Report("warm", "A picture at a warm edge", options.command("warm"))
    report.header = ["server", "connections", "requests a second", "of nginx"]
    content = os.urandom(WANTED)
    photo = options.photographs()[0]
    report.about = f"One picture of {WANTED:,} bytes over plain HTTP/1.1, asked for again and again by wrk."
    with ExitStack() as stack:
        origin = stack.enter_context(Origin())
        origin.answer = lambda _: Answer(body=content)
        static = stack.enter_context(Nginx(content))
        kept_open = stack.enter_context(Nginx(content, kept_open=True))
        (one,) = stack.enter_context(edges(1, origin.address))
        row = stack.enter_context(edges(2, origin.address, row=True))
        address = f"{CLOUD}/c_scale,f_auto,w_800/v1/picture.jpg"
        servers = {NGINX: static.url(photo, Ask(800)), OURS: f"http://{one.listen}{address}"}
        servers[NGINX_OPEN] = kept_open.url(photo, Ask(800))
        servers[ROW] = f"http://{row[0].listen}{address}"
        for url in servers.values():
            if fetch(url).body != content:
                raise SystemExit(f"{url} does not answer the picture")
        for connections in CONNECTIONS:
            _measure(report, servers, connections, options.rounds)
    report.notes.append("In a row the picture may lie on the other edge: then it passes through two nginx.")
    report.write()


def _measure(report: Report, servers: dict[str, str], connections: int, rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, url in servers.items():
            found[name].append(hits_per_second(url, connections, SECONDS))
    rates = {name: median(values) for name, values in found.items()}
    for name in servers:
        ratio = median([ours / file for ours, file in zip(found[name], found[NGINX], strict=True)])
        report.row(name, connections, f"{rates[name]:,.0f}", f"{ratio:.2f}")
        if name == OURS:
            target = f"{connections} connections: at least {TARGET} of nginx's static file"
            report.judge(target, f"{ratio:.2f}", met=ratio >= TARGET)
    if connections == CONNECTIONS[-1]:
        report.plot = bars(
            f"Requests a second, {connections} connections", [(n, r, f"{r:,.0f}") for n, r in rates.items()]
        )
