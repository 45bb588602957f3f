"""The origin is stopped for ten minutes: what edges hold is served on, the rest is refused quickly, no herd follows."""

import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.cdn.gate import Gate
from bench.options import Options
from bench.parts.report import Report
from tests.edge.site import Site, site
from tests.faults.uploads import unique_jpeg

SECONDS = 600
PICTURES = 20
VISITORS, PAUSE = 4, 0.1  # of what is warm
FIRST_COLD, WANTED = 400, 399  # widths: those of new sizes count up, and the one that a crowd wants
CROWD = 40  # visitors who all wait for one picture that no edge has
AFTER = 20  # seconds of watching the recovery


@dataclass
class Seen:
    """What visitors were answered, by kind of visit."""

    answers: int = 0
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, problem: str, seconds: float) -> None:
        """Count one answer."""
        self.answers += 1
        self.slowest = max(self.slowest, seconds)
        if problem:
            self.failed.append(problem)


class Visits:
    """Visitors until told to stop: of warm pictures and pages, of cold pictures, and a crowd for one of these."""

    def __init__(self, behind: Site, warm: list[str], template: str) -> None:
        self.warm, self.cold, self.crowd = Seen(), Seen(), Seen()
        self.wanted = template.format(WANTED)
        self.away = threading.Event()
        self._behind, self._warm, self._template = behind, warm, template
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def start(self, stack: ExitStack) -> None:
        """Begin; the end of `stack` ends it."""
        visits = [(self._visit_warm, n) for n in range(VISITORS)] + [
            (self._visit_crowd, n) for n in range(CROWD)
        ]
        threads = [
            threading.Thread(target=run, args=(n,)) for run, n in [*visits, (self._visit_cold, FIRST_COLD)]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            stack.callback(thread.join)
        stack.callback(self._stop.set)

    def _visit_warm(self, number: int) -> None:
        while not self._stop.is_set():
            number += 1
            self._ask(self._warm[number % len(self._warm)], self.warm, 200, number)
            self._stop.wait(PAUSE)

    def _visit_cold(self, number: int) -> None:
        while not self._stop.is_set():
            number += 1
            if self.away.is_set():
                self._ask(self._template.format(number), self.cold, 503, number)
            self._stop.wait(1)

    def _visit_crowd(self, number: int) -> None:
        """They do as Retry-After says, until they have it."""
        while not self._stop.is_set() and self._ask(self.wanted, self.crowd, 200, number) != 200:
            self._stop.wait(2)

    def _ask(self, path: str, seen: Seen, expected: int, edge: int) -> int:
        started = time.monotonic()
        try:
            status, headers, _ = self._behind.get(path, edge=edge % 2)
        except OSError as error:
            status, headers = 0, None
            problem = repr(error)
        else:
            problem = "" if status == expected else str(status)
        if status == 503 and not (headers and headers["Retry-After"]):
            problem = "503 without Retry-After"
        with self._lock:
            seen.add(problem, time.monotonic() - started)
        return status


def run(options: Options) -> None:
    """Warm the edges, stop the origin, start it again, and count what it is asked then."""
    seconds = options.count or SECONDS
    report = Report("away", f"The origin stopped for {seconds} s", f"python -m bench away --count {seconds}")
    report.about = (
        f"`picturerail serve` behind a row of two edges holds {PICTURES} pictures and is stopped for {seconds} s. "
        f"Meanwhile {VISITORS} visitors look at warm pictures and pages ten times a second each, one asks for a new "
        f"size every second, and {CROWD} want the same new size and try again as Retry-After says."
    )
    report.header = ["visits while it was stopped", "answers", "not as they should be", "slowest (s)"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gates: list[Gate] = []

        def between(origin: str) -> str:
            gates.append(stack.enter_context(Gate(origin)))
            return gates[0].address

        behind = stack.enter_context(site(folder, count=2, between=between))
        _measure(report, behind, gates[0], seconds)
    report.write()


def _measure(report: Report, behind: Site, gate: Gate, seconds: int) -> None:
    owner = behind.owner()
    sent = [found for n in range(PICTURES) if (found := owner.upload(unique_jpeg(n), f"{n}.jpg")) is not None]
    time.sleep(4)  # until the pages are renewed
    pictures = [urlsplit(one.url).path.replace("/upload/", "/upload/c_scale,w_300,f_auto/") for one in sent]
    pages = ["/", "/gallery/", *(f"/gallery/{one.picture}" for one in sent)]
    visits = Visits(behind, [*pictures, *pages], pictures[0].replace("w_300", "w_{}"))
    for path in [*pictures, *pages] * 2:
        for edge in (0, 1):
            if behind.get(path, edge=edge)[0] != 200:
                raise SystemExit(f"{path} does not answer")
    behind.service.stop()
    with ExitStack() as stack:
        visits.away.set()
        visits.start(stack)
        time.sleep(seconds)
        during = [("warm pictures and pages", visits.warm), ("new sizes, 503 with Retry-After", visits.cold)]
        for name, seen in during:
            report.row(name, f"{seen.answers:,}", len(seen.failed), f"{seen.slowest:.2f}")
        _judge_outage(report, visits)
        visits.away.clear()
        gate.asked.clear()
        behind.service.start()
        time.sleep(AFTER)
    _judge_recovery(report, visits, gate, pages)


def _judge_outage(report: Report, visits: Visits) -> None:
    warm, cold = visits.warm, visits.cold
    answered = f"{warm.answers - len(warm.failed):,} of {warm.answers:,}"
    report.judge("warm: 100 % answered", answered, met=not warm.failed)
    quick = not cold.failed and cold.slowest < 1
    report.judge("cold: 503 with Retry-After within 1 s", f"slowest {cold.slowest:.2f} s", met=quick)


def _judge_recovery(report: Report, visits: Visits, gate: Gate, pages: list[str]) -> None:
    made, asked = gate.asked[visits.wanted], gate.asked.total()
    said = f"{CROWD} visitors waited for one picture, the origin was asked for it {made} time(s)"
    report.judge("recovery: a picture that all wait for is asked for once", said, met=made == 1)
    often = max((gate.asked[page] for page in pages), default=0)
    said = f"at most {often} times in {AFTER} s, by two edges; {asked} requests in all"
    report.judge("recovery: each page is renewed once by each edge", said, met=often <= 2)
    said = f"{len(visits.warm.failed)} failed of {visits.warm.answers:,}"
    report.judge("recovery: warm visits go on", said, met=not visits.warm.failed)
