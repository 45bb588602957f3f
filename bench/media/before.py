"""Hits, cold pictures, throughput, a flight and memory of this tree beside an older commit, alternating in one run.

The other commit is checked out to a folder of its own, installed there as its own Makefile says, and kept for the
next time. On a machine that others use too, what an answer costs in CPU tells more than answers a second.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import cloudinary.uploader

from bench.options import Options
from bench.parts.load import fetch_all, hits_per_second, median
from bench.parts.older_tree import COMMIT, installed, program_of
from bench.parts.processes import cpu_seconds, memory
from bench.parts.report import Report
from tests.pictures import photo, saved
from tests.service import Service

MIN_RATIO = 0.97  # of what the older commit does
HIT_SECONDS = 3
PICTURES = 32  # new ones in one round of a measure
CLIENTS = 16
FLIGHT = 64  # first visitors of one picture
FLIGHTS = 5  # such pictures in one round
FIRST_WIDTH = 301
MEGABYTE = 1024 * 1024


Figures = tuple[float, ...]


@dataclass(frozen=True)
class Tree:
    """One of the two: its server, with a photograph uploaded."""

    name: str
    service: Service
    picture: str  # address, with {} where the transformation stands
    widths: Iterator[int]
    pictures: int

    @property
    def pid(self) -> int:
        """The process that has started all others of it."""
        assert self.service.process is not None
        return self.service.process.pid

    def hits(self) -> Figures:
        """Stored pictures a second, and CPU milliseconds of one."""
        url = self.picture.format(f"c_scale,w_{FIRST_WIDTH - 1},f_jpg")
        before = cpu_seconds(self.pid)
        speed = hits_per_second(url, connections=32, seconds=HIT_SECONDS)
        return speed, self._cpu_since(before) / (speed * HIT_SECONDS)

    def cold(self) -> Figures:
        """CPU milliseconds of a new picture, of all processes together, for one visitor."""
        before = cpu_seconds(self.pid)
        self._fetch(self._new(self.pictures), 1)
        return (self._cpu_since(before) / self.pictures,)

    def throughput(self) -> Figures:
        """New pictures a second for many visitors, and CPU milliseconds of one."""
        before = cpu_seconds(self.pid)
        speed = self._fetch(self._new(self.pictures), CLIENTS)
        return speed, self._cpu_since(before) / self.pictures

    def flight(self) -> Figures:
        """Visitors of one new picture, all at once: answered in a second, the middle of several; and CPU of each."""
        before = cpu_seconds(self.pid)
        speeds = [self._fetch([one] * FLIGHT, FLIGHT) for one in self._new(FLIGHTS)]
        return median(speeds), self._cpu_since(before) / (FLIGHTS * FLIGHT)

    def memory(self) -> Figures:
        """Megabytes of all processes, each shared page by its share."""
        return (sum(memory(self.pid).values()) / MEGABYTE,)

    def _cpu_since(self, before: float) -> float:
        return 1000 * (cpu_seconds(self.pid) - before)

    def _new(self, number: int) -> list[str]:
        return [self.picture.format(f"c_scale,w_{next(self.widths)},f_jpg") for _ in range(number)]

    def _fetch(self, urls: list[str], clients: int) -> float:
        done = fetch_all(urls, clients)
        if done.failed:
            raise SystemExit(f"{self.name}: {done.failed} of {len(urls)} answers were not 200")
        return done.per_second


@dataclass(frozen=True)
class Figure:
    """What both trees are compared by."""

    name: str
    is_cost: bool = False  # the less, the better

    def ratio(self, before: float, after: float) -> float:
        """How well this tree does, 1 for as well as the older one."""
        return before / after if self.is_cost else after / before


@dataclass(frozen=True)
class Measure:
    """One thing that both trees do, and the figures that it gives."""

    of: Callable[[Tree], Figures]
    figures: tuple[Figure, ...]


MEASURES = (
    Measure(
        Tree.hits,
        (
            Figure("stored pictures a second, 32 connections"),
            Figure("CPU ms of a stored picture, 32 connections", is_cost=True),
        ),
    ),
    Measure(Tree.cold, (Figure("CPU ms of a new picture, one visitor", is_cost=True),)),
    Measure(
        Tree.throughput,
        (
            Figure(f"new pictures a second, {CLIENTS} visitors"),
            Figure(f"CPU ms of a new picture, {CLIENTS} visitors", is_cost=True),
        ),
    ),
    Measure(
        Tree.flight,
        (
            Figure(f"{FLIGHT} first visitors of one, a second"),
            Figure(f"CPU ms of each of {FLIGHT} first visitors of one", is_cost=True),
        ),
    ),
    Measure(Tree.memory, (Figure("MB of memory, all processes", is_cost=True),)),
)


def run(options: Options) -> None:
    """Measure, and write docs/benchmarks/before.md."""
    report = Report(
        "before",
        f"This tree beside commit {COMMIT}",
        options.command("before") + f" --rounds {options.rounds} --count {options.count or PICTURES}",
        "Both servers run at once; each round asks one after the other, in turn. A ratio above 1 is for this tree. "
        "CPU is user and system time of all processes of a server; the client's is not counted. Memory is PSS, which "
        "counts a shared page by its share.",
        ["measured", f"{COMMIT}, median", "this tree, median", "ratio, median of rounds"],
    )
    older = installed()
    pictures = options.count or PICTURES
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        old = stack.enter_context(_tree(COMMIT, older, scratch / "old", pictures))
        new = stack.enter_context(_tree("this tree", Path.cwd(), scratch / "new", pictures))
        found = _rounds(old, new, options.rounds)
    for figure, rounds in found.items():
        _compare(report, figure, rounds)
    report.write()


def _compare(report: Report, figure: Figure, rounds: list[tuple[float, float]]) -> None:
    ratio = median([figure.ratio(before, after) for before, after in rounds])
    middles = [median([pair[which] for pair in rounds]) for which in (0, 1)]
    digits = 1 if min(middles) >= 10 else 3
    report.row(figure.name, *(f"{each:,.{digits}f}" for each in middles), f"{ratio:.2f}")
    report.judge(f"{figure.name}: {MIN_RATIO} of before, or better", f"{ratio:.2f}", met=ratio >= MIN_RATIO)


def _rounds(old: Tree, new: Tree, number: int) -> dict[Figure, list[tuple[float, float]]]:
    """Before and after of each figure; who comes first changes with each round, and the first one warms up."""
    found: dict[Figure, list[tuple[float, float]]] = {}
    for turn in range(number + 1):
        for measure in MEASURES:
            first, second = (old, new) if turn % 2 else (new, old)
            one, other = measure.of(first), measure.of(second)
            before, after = (one, other) if first is old else (other, one)
            for figure, *pair in zip(measure.figures, before, after, strict=True):
                if turn:
                    found.setdefault(figure, []).append((pair[0], pair[1]))
    return found


@contextmanager
def _tree(name: str, folder: Path, data: Path, pictures: int) -> Iterator[Tree]:
    data.mkdir()
    with Service(data / "data", command=program_of(folder)) as service:
        account = urlsplit(service.cloudinary_url)
        file = saved(photo("astronaut", (3000, 2000)), data / "photo.jpg")
        answer = cloudinary.uploader.upload(
            str(file),
            cloud_name=account.hostname,
            api_key=account.username,
            api_secret=account.password,
            upload_prefix=service.url,
            public_id="before",
        )
        path = urlsplit(answer["secure_url"]).path.replace("/image/upload/", "/image/upload/{}/")
        yield Tree(name, service, f"{service.url}{path}", count(FIRST_WIDTH), pictures)
