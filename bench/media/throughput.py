"""New pictures a second at 4 and 16 clients, beside ipx and thumbor."""

from contextlib import ExitStack
from itertools import count

from bench.options import Options
from bench.parts.load import fetch_all, median
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import Ask
from bench.peers.ours import Ours
from bench.peers.together import Server, start_all

CLIENTS = (4, 16)
TARGETS = {"ipx": 1.4, "thumbor": 2.0}
EACH = 48  # pictures in one round of one server


def run(options: Options) -> None:
    """For each number of clients and round: each server makes pictures that nobody has asked for yet."""
    photos = options.photographs(11_000_000)
    report = Report("throughput", "Pictures that are not made yet: throughput", options.command("throughput"))
    report.about = f"{options.described(photos)} to JPEGs of about 800 px, each asked for once."
    report.header = ["server", "clients", "pictures a second", "p95 ms", "Picturerail is"]
    with ExitStack() as stack:
        servers = start_all(stack, photos, report.notes, alone=options.alone)
        widths = {server.name: count(700) for server in servers}
        for server in servers:
            _round(server, photos, widths[server.name], 4)
        for clients in CLIENTS:
            found: dict[str, list[tuple[float, float]]] = {server.name: [] for server in servers}
            for _ in range(options.rounds):
                for server in servers:
                    found[server.name].append(_round(server, photos, widths[server.name], clients))
            _report(report, clients, found)
    report.write()


def _round(
    server: Server, photos: list[Photograph], widths: "count[int]", clients: int
) -> tuple[float, float]:
    """Pictures a second and the 95th percentile in milliseconds."""
    urls: list[str] = []
    while len(urls) < EACH:
        ask = Ask(next(widths), quality=80)
        urls += [server.url(photo, ask) for photo in photos]
    done = fetch_all(urls[:EACH], clients)
    if done.failed:
        raise SystemExit(f"{server.name}: {done.failed} of {EACH} answers were not 200")
    return done.per_second, 1000 * done.latency(95)


def _report(report: Report, clients: int, found: dict[str, list[tuple[float, float]]]) -> None:
    mine = [speed for speed, _ in found[Ours.name]]
    for name, rounds in found.items():
        ratio = median([own / speed for own, (speed, _) in zip(mine, rounds, strict=True)])
        speed, slow = median([speed for speed, _ in rounds]), median([slow for _, slow in rounds])
        report.row(name, clients, f"{speed:.1f}", f"{slow:.0f}", f"{ratio:.2f} times")
        if name in TARGETS:
            target = f"{clients} clients: at least {TARGETS[name]} times {name}"
            report.judge(target, f"{ratio:.2f} times", met=ratio >= TARGETS[name])
    shown = [(name, median([speed for speed, _ in rounds])) for name, rounds in found.items()]
    text = [(name, speed, f"{speed:.1f} a second") for name, speed in shown]
    report.plot = bars(f"New 800 px JPEGs from 12 megapixels, {clients} clients", text)
