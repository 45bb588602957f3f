"""Watches a service while it is attacked: peak memory of its workers, processes that died, answers by status."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench.parts.processes import command, tree

PAGE = 4096
MEGABYTE = 1024 * 1024
LIMITS = {"14": "time"}  # SIGALRM: the limit of time did its work


@dataclass
class Answers:
    """Answers by status, and the faults among them."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    count: int = 0  # URLs or files sent; a file that is accepted has several answers

    def add(self, status: int, what: str) -> None:
        self.statuses[status] += 1
        if status == 0 or status >= 500:
            self.faults.append(f"{status}: {what[:300]}")

    def __str__(self) -> str:
        return ", ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))


class Watch:
    """Samples the image workers' resident memory; use as a context."""

    def __init__(self, pid: int, log: Path) -> None:
        self._pid, self._log = pid, log
        self._read_from = log.stat().st_size
        self._over = threading.Event()
        self._said = ""
        self.peak_megabytes = 0.0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()
        self._said = self._log.read_text(errors="replace")[self._read_from :]  # the log goes with the service

    def stopped_workers(self) -> dict[str, int]:
        """Image workers that ended by a signal, by reason: `time` is our own limit, all else is a crash."""
        words = [
            line.rpartition(" ")[2] for line in self._said.splitlines() if "was stopped by signal" in line
        ]
        return dict(Counter(LIMITS.get(word, f"signal {word}") for word in words))

    def restarted_parts(self) -> int:
        """Parts that the supervisor had to start again."""
        return self._said.count("starting it again")

    def _sample(self) -> None:
        while not self._over.is_set():
            for pid in [pid for pid in tree(self._pid) if "picturerail.transform" in command(pid)]:
                self.peak_megabytes = max(self.peak_megabytes, _resident(pid))
            time.sleep(0.05)


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / MEGABYTE
    except OSError:
        return 0.0
