"""64 first requests at once for one picture: how often it is made, and when the last has its answer."""

from contextlib import ExitStack
from itertools import count

from bench.media.counting import CountedWorkers
from bench.options import Options
from bench.parts.load import median
from bench.parts.photographs import Photograph
from bench.parts.report import Report
from bench.parts.together import seconds_until_last
from bench.peers.base import Ask
from bench.peers.ours import Ours
from bench.peers.together import Server, start_all

CLIENTS = 64


def run(options: Options) -> None:
    """In each round a new width: one request alone, then 64 at once for the next width."""
    photo = options.photographs(11_000_000)[0]
    report = Report("flight", "64 first requests at once for one picture", options.command("flight"))
    report.about = (
        f"One photograph of {photo.width}x{photo.height} to about 800 px JPEG; two server processes. "
        "The client is one thread that waits for all sockets, so that it takes little of the processors."
    )
    report.header = ["server", "one alone ms", "64 at once: last answer ms", "ratio", "made"]
    with ExitStack() as stack:
        servers = start_all(stack, [photo], report.notes, alone=options.alone)
        ours = next(server for server in servers if isinstance(server, Ours))
        workers = stack.enter_context(CountedWorkers(ours.service.data / "run/images.sock"))
        for server in servers:
            _measure(report, server, photo, options.rounds, workers if server is ours else None)
    report.write()


def _measure(
    report: Report, server: Server, photo: Photograph, rounds: int, workers: CountedWorkers | None
) -> None:
    widths, alone, together, made = count(760), [], [], []
    for _ in range(rounds + 1):  # the first warms up
        alone.append(_seconds(server, photo, next(widths), 1))
        before = workers.jobs["render"] if workers else 0
        together.append(_seconds(server, photo, next(widths), CLIENTS))
        made.append(workers.jobs["render"] - before if workers else 0)
    one, last = median(alone[1:]), median(together[1:])
    ratio = median([many / single for many, single in zip(together[1:], alone[1:], strict=True)])
    times = f"{max(made)} time" if workers else "not counted"
    report.row(server.name, f"{1000 * one:.0f}", f"{1000 * last:.0f}", f"{ratio:.2f}", times)
    if workers:
        target = "64 first requests: 1 transformation over two processes, all within 2 times the time of one"
        report.judge(target, f"made {max(made)} time, {ratio:.2f} times", met=max(made) == 1 and ratio <= 2)


def _seconds(server: Server, photo: Photograph, width: int, clients: int) -> float:
    return seconds_until_last(server.url(photo, Ask(width, quality=80)), clients)
