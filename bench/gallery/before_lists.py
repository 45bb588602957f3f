"""Pages, searches and lists of this tree beside an older commit, each with the same pictures and assets.

The older program's folder is filled by the modules of its own measurements; this tree opens a copy of it, and so
brings a library of that size up to date.
"""

import os
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.gallery.million import Gallery
from bench.options import Options
from bench.parts.load import fetch, median
from bench.parts.older_tree import COMMIT, installed, program_of
from bench.parts.processes import command, cpu_seconds, tree
from bench.parts.report import Report
from bench.peers.base import CACHE
from bench.peers.ours import Ours
from bench.search.places import Place
from bench.search.scale import LISTS, SEARCHES, ask
from picturerail import mongod
from picturerail.database import connect, database
from picturerail.gallery.cloud import PRIVATE
from tests.service import Service, wait_until

COUNT = 200_000
MAX_RATIO = 1.05  # of what the older commit needs
TURNS = 4  # in a round, of each of the two
BLOCK = 10  # requests of one after the other in a turn
PATIENCE = 3600

# Run in the older commit's folder: its documents, by its own modules.
FILL = """
import sys
from itertools import islice
from bench.gallery.million import _documents
from bench.search.places import _fill
from picturerail import mongod
from picturerail.database import connect, database
from pathlib import Path
data, count = Path(sys.argv[1]), int(sys.argv[2])
with connect(mongod.uri(data)) as client:
    db = database(client)
    pictures = ({**each, "phash": ""} for each in _documents(count))  # nobody is asked to look at what has no bytes
    while batch := list(islice(pictures, 10_000)):
        db.gallery.insert_many(batch, ordered=False)
    _fill(db, count)
    db.assets.update_many({}, [{"$set": {"sha256": {"$concat": ["$asset_id", "$asset_id"]}}}])  # as uploads have it
"""


@dataclass
class Side:
    """One of the two programs, and what its answers took."""

    service: Service
    count: int
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    size: int = 0

    @property
    def gallery(self) -> Gallery:
        """The addresses of its pages."""
        ours = Ours.__new__(Ours)  # a service that runs already
        ours.service = self.service
        return Gallery(ours, self.count)

    @property
    def place(self) -> Place:
        """Its Admin API."""
        account = urlsplit(self.service.cloudinary_url)
        pair = b64encode(f"{account.username}:{account.password}".encode()).decode()
        return Place(self.service, self.count, f"Basic {pair}", account.hostname or "")

    def is_at_rest(self) -> bool:
        """Whether what it does by itself after a start is done."""
        time.sleep(1)
        assert self.service.process is not None
        return not any("housekeeping" in command(pid) for pid in tree(self.service.process.pid))

    def turn(self, request: Callable[[int], tuple[float, int]], first: int, *, counts: bool) -> None:
        """Some requests one after the other; their seconds, and the CPU seconds of all processes of the program."""
        assert self.service.process is not None
        before = cpu_seconds(self.service.process.pid)
        found = [request(number) for number in range(first, first + BLOCK)]
        if counts:
            self.cpu += cpu_seconds(self.service.process.pid) - before
            self.seconds += [seconds for seconds, _ in found]
            self.size = found[-1][1]


def run(options: Options) -> None:
    """Fill, bring up to date, measure, and write docs/benchmarks/before-lists.md."""
    count = options.count or COUNT
    report = Report(
        "before-lists",
        f"Pages, searches and lists beside commit {COMMIT}",
        f"python -m bench before-lists --count {count}",
        f"{count:,} pictures and {count:,} assets in each, without bytes: written by the older commit's own "
        f"modules; this tree has opened a copy of that folder. One request at a time, in turns of {BLOCK}; who comes "
        "first changes. "
        "CPU is user and system time of all processes of a program, mongod's with them. A ratio above 1 is more than "
        "before.",
        [
            "measured",
            f"{COMMIT}: p50 ms",
            "this tree",
            "ratio",
            f"{COMMIT}: CPU ms",
            "this tree",
            "ratio",
            "bytes",
        ],
    )
    kept = (options.data or CACHE).resolve() / f"before-lists-{count}"
    _filled(kept, count)
    copy = kept.with_name(f"{kept.name}-copy")
    report.notes.append(_brought_up_to_date(kept, copy, count))
    with ExitStack() as stack:
        old = Side(stack.enter_context(Service(kept / "data", command=program_of(installed()))), count)
        new = Side(stack.enter_context(_new(copy / "data")), count)
        for side in (old, new):
            wait_until(side.is_at_rest, PATIENCE)
        for name, requests in _measures(old, new):
            _measure(report, name, (old, new), requests, options.rounds)
    report.write()


def _filled(kept: Path, count: int) -> None:
    """The older program's folder, from the last time or filled now."""
    if (kept / "filled").exists():
        return
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    older = installed()
    with Service(kept / "data", command=program_of(older)) as service:
        modules = {"PYTHONPATH": f"{older / 'src'}:{older}"}  # its measurements need what only tests install
        filling = [sys.executable, "-c", FILL, str(service.data), str(count)]
        subprocess.run(filling, check=True, cwd=older, env=os.environ | modules)
    (kept / "filled").touch()


def _new(data: Path) -> Service:
    """This program; originals stay as they are, for there are none."""
    return Service(data, env={"PICTURERAIL_KEEP_METADATA": "1"})


def _brought_up_to_date(kept: Path, copy: Path, count: int) -> str:
    """This tree's folder, a copy that it has brought up to date; a sentence on how long that took."""
    told = copy / "told"
    if not told.exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(kept / "data", copy / "data")
        begun, service = time.monotonic(), _new(copy / "data")
        service.start(wait=False)
        try:
            wait_until(service.answers, PATIENCE)
            serves = time.monotonic() - begun
            wait_until(lambda: _is_up_to_date(service), PATIENCE)
            done = time.monotonic() - begun
        finally:
            service.stop()
        told.write_text(
            f"The first start of this tree on {count:,} pictures and as many assets: it served after {serves:.0f} s, "
            f"and all was brought up to date after {done:.0f} s, at a load average of {os.getloadavg()[2]:.0f}."
        )
    return told.read_text()


def _is_up_to_date(service: Service) -> bool:
    time.sleep(1)
    with connect(mongod.uri(service.data)) as client:
        pictures = database(client).gallery
        # they have no files that could be moved: each lies where it belongs
        moved = {"$set": {"delivery": PRIVATE}, "$unset": {"moving": ""}}
        pictures.update_many({"delivery": {"$ne": PRIVATE}}, moved)
        missing = [{"moving": True}, {"sort": None}, {"tokens": None}]
        return not pictures.count_documents({"$or": missing}, limit=1)


Request = Callable[[int], tuple[float, int]]


def _measures(old: Side, new: Side) -> Iterator[tuple[str, tuple[Request, Request]]]:
    pages = [side.gallery.pages() for side in (old, new)]
    for name in pages[0]:
        yield f"gallery: {name}", (_page(pages[0][name]), _page(pages[1][name]))
    places = old.place, new.place
    for name in (*SEARCHES, *LISTS):
        yield f"media API: {name}", (_call(name, places[0]), _call(name, places[1]))


def _page(url: str) -> Request:
    def request(_: int) -> tuple[float, int]:
        answer = fetch(url)
        if answer.status != 200:
            raise SystemExit(f"{url} answered {answer.status}")
        return answer.seconds, len(answer.body)

    return request


def _call(name: str, place: Place) -> Request:
    first = ask(name, place, 0)[1]
    more = {"next_cursor": first["next_cursor"]} if name == "second page" else {}

    def request(number: int) -> tuple[float, int]:
        seconds, answer = ask(name, place, number, **more)
        return seconds, len(str(answer))

    return request


def _measure(
    report: Report, name: str, sides: tuple[Side, Side], both: tuple[Request, Request], rounds: int
) -> None:
    old, new = sides
    for side in sides:
        side.seconds, side.cpu = [], 0.0
    for turn in range(rounds * TURNS + 1):  # the first one warms up
        pairs = list(zip(sides, both, strict=True))
        for side, request in pairs if turn % 2 else reversed(pairs):
            side.turn(request, turn * BLOCK, counts=turn > 0)
    number = rounds * TURNS * BLOCK
    p50 = [1000 * median(side.seconds) for side in sides]
    cpu = [1000 * side.cpu / number for side in sides]
    ratios = p50[1] / p50[0], cpu[1] / cpu[0]
    report.row(
        name,
        *(f"{each:.1f}" for each in p50),
        f"{ratios[0]:.2f}",
        *(f"{each:.1f}" for each in cpu),
        f"{ratios[1]:.2f}",
        f"{old.size:,} and {new.size:,}",
    )
    measured = f"p50 {ratios[0]:.2f}, CPU {ratios[1]:.2f}"
    report.judge(f"{name}: at most {MAX_RATIO} of before", measured, met=max(ratios) <= MAX_RATIO)
