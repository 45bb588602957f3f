"""Hits, cold pictures, throughput, a flight and memory of this tree beside an older commit, alternating in one run.

The other commit is checked out to a folder of its own, installed there as its own Makefile says, and kept for the
next time.
"""

import os
import shutil
import subprocess
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
from bench.parts.processes import cpu_seconds, memory
from bench.parts.report import Report
from bench.peers.base import CACHE
from tests.pictures import photo, saved
from tests.service import Service

COMMIT = os.environ.get("BEFORE", "f3270d3")
MIN_RATIO = 0.97  # of what the older commit does
HIT_SECONDS = 3
PICTURES = 32  # new ones in one round of a measure
CLIENTS = 16
FLIGHT = 64  # first visitors of one picture
FIRST_WIDTH = 301
MEGABYTE = 1024 * 1024


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

    def hits(self) -> float:
        """Stored pictures a second."""
        url = self.picture.format(f"c_scale,w_{FIRST_WIDTH - 1},f_jpg")
        return hits_per_second(url, connections=32, seconds=HIT_SECONDS)

    def cold(self) -> float:
        """CPU milliseconds of a new picture, of all processes together, for one visitor."""
        before = cpu_seconds(self.pid)
        self._fetch(self._new(self.pictures), 1)
        return 1000 * (cpu_seconds(self.pid) - before) / self.pictures

    def throughput(self) -> float:
        """New pictures a second, for many visitors."""
        return self._fetch(self._new(self.pictures), CLIENTS)

    def flight(self) -> float:
        """Visitors of one new picture, all at once, answered in a second: the middle of several such pictures."""
        return median([self._fetch(url, FLIGHT) for url in ([one] * FLIGHT for one in self._new(5))])

    def memory(self) -> float:
        """Megabytes of all processes, each shared page by its share."""
        return sum(memory(self.pid).values()) / MEGABYTE

    def _new(self, number: int) -> list[str]:
        return [self.picture.format(f"c_scale,w_{next(self.widths)},f_jpg") for _ in range(number)]

    def _fetch(self, urls: list[str], clients: int) -> float:
        done = fetch_all(urls, clients)
        if done.failed:
            raise SystemExit(f"{self.name}: {done.failed} of {len(urls)} answers were not 200")
        return done.per_second


@dataclass(frozen=True)
class Measure:
    """One figure that both are asked for."""

    name: str
    of: Callable[[Tree], float]
    is_cost: bool = False  # the less, the better

    def ratio(self, before: float, after: float) -> float:
        """How well this tree does, 1 for as well as the older one."""
        return before / after if self.is_cost else after / before


MEASURES = (
    Measure("stored pictures a second, 32 connections", Tree.hits),
    Measure("CPU ms of a new picture, one visitor", Tree.cold, is_cost=True),
    Measure(f"new pictures a second, {CLIENTS} visitors", Tree.throughput),
    Measure(f"{FLIGHT} first visitors of one, a second", Tree.flight),
    Measure("MB of memory, all processes", Tree.memory, is_cost=True),
)


def run(options: Options) -> None:
    """Measure, and write docs/benchmarks/before.md."""
    report = Report(
        "before",
        f"This tree beside commit {COMMIT}",
        "python -m bench before",
        "Both servers run at once; each round asks one after the other, in turn. A ratio above 1 is for this tree.",
        ["measured", f"{COMMIT}, median", "this tree, median", "ratio, median of rounds"],
    )
    installed = _installed(CACHE.resolve() / f"before-{COMMIT}")
    pictures = options.count or PICTURES
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        old = stack.enter_context(_tree(COMMIT, installed, scratch / "old", pictures))
        new = stack.enter_context(_tree("this tree", Path.cwd(), scratch / "new", pictures))
        found = _rounds(old, new, options.rounds)
    for measure in MEASURES:
        _compare(report, measure, found[measure])
    report.write()


def _compare(report: Report, measure: Measure, rounds: list[tuple[float, float]]) -> None:
    ratio = median([measure.ratio(before, after) for before, after in rounds])
    middles = [median([pair[which] for pair in rounds]) for which in (0, 1)]
    report.row(measure.name, *(f"{each:,.1f}" for each in middles), f"{ratio:.2f}")
    report.judge(f"{measure.name}: {MIN_RATIO} of before, or better", f"{ratio:.2f}", met=ratio >= MIN_RATIO)


def _rounds(old: Tree, new: Tree, number: int) -> dict[Measure, list[tuple[float, float]]]:
    """Before and after of each measure; who comes first changes with each round, and the first one warms up."""
    found: dict[Measure, list[tuple[float, float]]] = {measure: [] for measure in MEASURES}
    for turn in range(number + 1):
        for measure in MEASURES:
            first, second = (old, new) if turn % 2 else (new, old)
            one, other = measure.of(first), measure.of(second)
            if turn:
                found[measure].append((one, other) if first is old else (other, one))
    return found


def _installed(folder: Path) -> Path:
    """The older commit with an environment of its own, from the last time or made now."""
    ready = folder / ".ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", ".", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", COMMIT], check=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        subprocess.run(
            ["make", "--silent", "-C", str(folder), "setup"], check=True, stdout=subprocess.DEVNULL, env=clean
        )
        ready.touch()
    return folder


@contextmanager
def _tree(name: str, folder: Path, data: Path, pictures: int) -> Iterator[Tree]:
    data.mkdir()
    command = [str(folder / ".venv" / "bin" / "picturerail")]
    with Service(data / "data", command=command) as service:
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
