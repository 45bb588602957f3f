"""Good visitors, who ask for what a site is there for while it is under siege: how many fail, and how long it takes."""

import itertools
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.raw import exchange, get

PAUSE = 0.02
COLD_EVERY = 10  # rounds


@dataclass
class Visits:
    """What became of the visits of some seconds."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    refused: int = 0  # cold pictures that were told at once to come back: allowed

    def percentile(self, name: str, share: float) -> float:
        """The seconds that this share of the visits stayed below; 0 when there were none."""
        times = sorted(self.seconds.get(name, ()))
        return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0

    @property
    def count(self) -> int:
        return sum(map(len, self.seconds.values()))


class Visitors:
    """They ask for `paths` by name, one after the other, and now and then for a new size of a picture (`cold`)."""

    def __init__(
        self, port: int, paths: dict[str, str], cold: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._port, self._paths, self._cold, self._tls = port, paths, cold, tls
        self._sizes = itertools.count(100)
        self.names = tuple(paths)

    def visit(self, seconds: float, rounds: int = 1) -> Visits:
        """Ask again and again for so long, and everything `rounds` times at least."""
        visits, until = Visits(), time.monotonic() + seconds
        for number in itertools.count():
            if number >= rounds and time.monotonic() > until:
                return visits
            for name, path in self._paths.items():
                self._ask(visits, name, path)
            if number % COLD_EVERY == 0:
                self._ask(visits, "cold", self._cold % next(self._sizes))
            time.sleep(PAUSE)
        return visits

    def _ask(self, visits: Visits, name: str, path: str) -> None:
        try:
            answer = exchange(self._port, [get(path)], seconds=30, tls=self._tls)
        except OSError:
            visits.failed[name] += 1
            return
        if name == "cold" and answer.status in (429, 503) and "retry-after" in answer.head:
            visits.refused += 1
        elif answer.status != 200:
            visits.failed[f"{name} {answer.status}"] += 1
        visits.seconds.setdefault(name, []).append(answer.seconds)
