"""CPU that a new picture costs, service warm, beside libvips in a warm process from the original."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import fmean

from bench.options import Options
from bench.parts.judge import score
from bench.parts.load import fetch, median
from bench.parts.photographs import Photograph
from bench.parts.processes import cpu_seconds
from bench.parts.report import Report
from bench.peers.base import CACHE, Ask
from bench.peers.libvips import Libvips
from bench.peers.ours import Ours

TARGETS = {"800 px JPEG": 0.5, "800 px WebP": 0.7, "400x400 JPEG": 0.5}
SAME_WEBP = 72  # on our scale, where 72 looks like a JPEG of 72, WebP's encoder gets 80
LOSS = 0.5  # of a ssimulacra2 point


def asks(shift: int) -> dict[str, Ask]:
    """The pictures asked for; a few pixels apart in each round, so that each is new."""
    return {
        "800 px JPEG": Ask(800 - shift, quality=80),
        "800 px WebP": Ask(800 - shift, format="webp", quality=SAME_WEBP),
        "400x400 JPEG": Ask(400 - shift, 400 - shift, quality=80),
    }


def run(options: Options) -> None:
    """For each round and kind: all photographs by libvips, then by us."""
    photos = options.photographs(11_000_000)
    report = Report("cold", "A picture that is not made yet: CPU", options.command("cold"))
    report.about = (
        f"{options.described(photos)}; encoder's quality 80; CPU of the whole process tree for each picture."
    )
    report.header = ["picture", "libvips ms", "Picturerail ms", "ratio", "libvips score", "Picturerail score"]
    with Libvips() as libvips, Ours() as ours:
        ours.upload(photos)
        _spend(photos, 99, ours, libvips)
        rounds = [_spend(photos, shift, ours, libvips) for shift in range(options.rounds)]
        scores = {kind: _scores(ask, photos, ours, libvips) for kind, ask in asks(0).items()}
    for kind in TARGETS:
        _judge(report, kind, [spent[kind] for spent in rounds], scores[kind])
    report.write()


Spent = dict[str, tuple[float, float]]


def _spend(photos: list[Photograph], shift: int, ours: Ours, libvips: Libvips) -> Spent:
    """CPU milliseconds for each picture, (libvips, ours), by kind."""
    spent: Spent = {}
    for kind, ask in asks(shift).items():
        alone = _cpu(libvips.pid, [partial(_alone, libvips, photo, ask) for photo in photos])
        served = _cpu(ours.pid, [partial(_served, ours, photo, ask) for photo in photos])
        spent[kind] = (alone, served)
    return spent


def _cpu(pid: int, jobs: list[Callable[[], bytes]]) -> float:
    before = cpu_seconds(pid)
    for job in jobs:
        job()
    return 1000 * (cpu_seconds(pid) - before) / len(jobs)


def _alone(libvips: Libvips, photo: Photograph, ask: Ask) -> bytes:
    return libvips.make(photo.path, replace(ask, quality=80), CACHE.resolve() / "libvips-result")


def _served(ours: Ours, photo: Photograph, ask: Ask) -> bytes:
    answer = fetch(ours.url(photo, ask))
    if answer.status != 200:
        raise SystemExit(f"{ours.url(photo, ask)} answered {answer.status}")
    return answer.body


def _scores(ask: Ask, photos: list[Photograph], ours: Ours, libvips: Libvips) -> list[float]:
    """The mean scores of libvips and of us against Pillow's Lanczos of the original."""
    alone = [score(photo.path, _alone(libvips, photo, ask)) for photo in photos]
    served = [score(photo.path, _served(ours, photo, ask)) for photo in photos]
    return [fmean(alone), fmean(served)]


def _judge(report: Report, kind: str, spent: list[tuple[float, float]], scores: list[float]) -> None:
    alone, served = median([pair[0] for pair in spent]), median([pair[1] for pair in spent])
    ratio = median([pair[1] / pair[0] for pair in spent])
    report.row(kind, f"{alone:.0f}", f"{served:.0f}", f"{ratio:.2f}", *[f"{value:.2f}" for value in scores])
    limit, loss = TARGETS[kind], scores[0] - scores[1]
    target = f"{kind}: at most {limit} of libvips' CPU from the original, score within {LOSS}"
    report.judge(target, f"{ratio:.2f}, score lower by {loss:.2f}", met=ratio <= limit and loss <= LOSS)
