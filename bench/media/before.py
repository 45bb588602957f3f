"""Hits, cold pictures and a flight of this tree beside an older commit, alternating in one run.

The other commit is checked out to a folder of its own and installed there as its own Makefile says.
"""

import os
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
from bench.parts.report import Report
from tests.pictures import photo, saved
from tests.service import Service

COMMIT = os.environ.get("BEFORE", "f3270d3")
WORST = 0.97  # of the older commit's rate
COLD = 24  # new pictures in one round
FLIGHT = 64  # first visitors of one picture


@dataclass(frozen=True)
class Tree:
    """One of the two: its server, with a photograph uploaded."""

    name: str
    picture: str  # address, with {} where the transformation stands
    sizes: Iterator[int]

    def url(self, size: int) -> str:
        """A picture of that width."""
        return self.picture.format(f"c_scale,w_{size},f_jpg")

    def hits(self) -> float:
        """Stored pictures a second."""
        return hits_per_second(self.url(200), connections=32, seconds=3)

    def cold(self) -> float:
        """New pictures a second, four visitors at a time."""
        return fetch_all([self.url(next(self.sizes)) for _ in range(COLD)], 4).per_second

    def flight(self) -> float:
        """Visitors of one new picture, all at once, answered in a second."""
        return fetch_all([self.url(next(self.sizes))] * FLIGHT, FLIGHT).per_second


def run(options: Options) -> None:
    """Measure, and write docs/benchmarks/before.md."""
    report = Report(
        "before",
        f"This tree beside commit {COMMIT}",
        "python -m bench before",
        "Both servers run in one session; each round asks one after the other, in turn.",
        ["measured", f"{COMMIT}, median", "this tree, median", "ratio, median of rounds"],
    )
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        old = stack.enter_context(_tree(COMMIT, _installed(scratch / "tree"), scratch / "old"))
        new = stack.enter_context(_tree("now", Path.cwd(), scratch / "new"))
        for name, measure in (
            ("stored pictures a second, 32 connections", Tree.hits),
            ("new pictures a second, 4 visitors", Tree.cold),
            (f"{FLIGHT} first visitors of one, a second", Tree.flight),
        ):
            _compare(report, name, _rounds(measure, old, new, options.rounds))
    report.write()


def _compare(report: Report, name: str, rounds: list[tuple[float, float]]) -> None:
    pairs = rounds[1:]  # the first one warms up
    ratio = median([after / before for before, after in pairs])
    middles = [median([pair[which] for pair in pairs]) for which in (0, 1)]
    report.row(name, *(f"{each:,.1f}" for each in middles), f"{ratio:.2f}")
    report.judge(f"{name}: at least {WORST} of before", f"{ratio:.2f}", met=ratio >= WORST)


def _rounds(measure: Callable[[Tree], float], old: Tree, new: Tree, number: int) -> list[tuple[float, float]]:
    """Before and after, in turn; who comes first changes with each round."""
    found = []
    for turn in range(number + 1):
        first, second = (old, new) if turn % 2 else (new, old)
        one, other = measure(first), measure(second)
        found.append((one, other) if first is old else (other, one))
    return found


def _installed(folder: Path) -> Path:
    """The older commit, with an environment of its own."""
    subprocess.run(["git", "clone", "--quiet", ".", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", COMMIT], check=True)
    subprocess.run(["make", "--silent", "-C", str(folder), "setup"], check=True, stdout=subprocess.DEVNULL)
    return folder


@contextmanager
def _tree(name: str, folder: Path, data: Path) -> Iterator[Tree]:
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
        yield Tree(name, f"{service.url}{path}", count(301))
