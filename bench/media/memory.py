"""Memory while 1,000 different pictures are made for 16 clients, beside the peers."""

from contextlib import ExitStack

from bench.options import Options
from bench.parts.load import fetch_all
from bench.parts.photographs import Photograph
from bench.parts.plot import lines
from bench.parts.processes import memory
from bench.parts.report import Report
from bench.peers.base import Ask
from bench.peers.ours import Ours
from bench.peers.together import Server, start_all

MEGABYTE = 1024 * 1024
CLIENTS = 16
STEP = 100
SIZES = [(0, "jpg"), (0, "webp"), (200, "jpg"), (300, "webp")]
GROWTH = 1.1  # what counts as flat
MOST = 400  # MB of one worker


def run(options: Options) -> None:
    """In steps of 100 pictures each, all servers in turn; PSS after each step."""
    photos = options.photographs(11_000_000)
    total = options.count or 1000
    report = Report("memory", "Memory over 1,000 transformations", options.command("memory"))
    report.about = (
        f"{options.described(photos)}; {total:,} different JPEG and WebP pictures for {CLIENTS} clients. "
        "PSS, which counts a shared page by its share; Picturerail's whole includes its mongod."
    )
    report.header = ["server", "after", "all processes MB", "largest process MB"]
    found: dict[str, list[tuple[float, float, float]]] = {}
    with ExitStack() as stack:
        servers = start_all(stack, photos, report.notes, alone=options.alone)
        for step in range(total // STEP):
            for server in servers:
                found.setdefault(server.name, []).append(_step(server, photos, step))
    for name, points in found.items():
        for point in points:
            if point[0] in {STEP, 2 * STEP, total // 2, total}:
                report.row(name, f"{point[0]:.0f}", f"{point[1]:.0f}", f"{point[2]:.0f}")
    _judge(report, found[Ours.name])
    series = {name: [(count, whole) for count, whole, _ in points] for name, points in found.items()}
    report.plot = lines("Memory of all processes over pictures made", series, "MB")
    report.write()


def _step(server: Server, photos: list[Photograph], step: int) -> tuple[float, float, float]:
    """(pictures so far, MB of all processes, MB of the largest one) after one more step."""
    urls = [server.url(photos[n % len(photos)], _ask(step * STEP + n)) for n in range(STEP)]
    done = fetch_all(urls, CLIENTS)
    if done.failed:
        raise SystemExit(f"{server.name}: {done.failed} of {STEP} answers were not 200")
    used = [pss / MEGABYTE for pss in memory(server.pid).values()]
    return (step + 1) * STEP, sum(used), max(used)


def _ask(number: int) -> Ask:
    height, kind = SIZES[number % len(SIZES)]
    return Ask(200 + number, height, kind, quality=80)


def _judge(report: Report, points: list[tuple[float, float, float]]) -> None:
    start, end = points[min(1, len(points) - 1)], points[-1]
    growth, largest = end[1] / start[1], max(point[2] for point in points)
    target = f"flat from {start[0]:.0f} to {end[0]:.0f} pictures; at most {MOST} MB a worker"
    measured = f"{start[1]:.0f} to {end[1]:.0f} MB in all; largest process {largest:.0f} MB"
    report.judge(target, measured, met=growth <= GROWTH and largest <= MOST)
