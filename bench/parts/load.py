"""Load from this machine: wrk for servers that answer tens of thousands a second, threads for slow work."""

import contextlib
import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """One response as the client saw it."""

    status: int
    seconds: float
    body: bytes
    content_type: str


@dataclass
class Run:
    """Every answer of one run, and how long the whole took."""

    seconds: float = 0.0
    answers: list[Answer] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    @property
    def failed(self) -> int:
        return sum(answer.status != 200 for answer in self.answers)

    def latency(self, percent: int) -> float:
        """Seconds that this percentage of the answers stayed below."""
        times = sorted(answer.seconds for answer in self.answers)
        return times[min(len(times) - 1, len(times) * percent // 100)]


def fetch(url: str, headers: dict[str, str] | None = None) -> Answer:
    """One GET on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    try:
        return _get(connection, url, headers or {})
    finally:
        connection.close()


def fetch_all(
    urls: Sequence[str], clients: int, headers: dict[str, str] | None = None, *, keep: bool = False
) -> Run:
    """GET every address once, by so many clients with one connection each that take the next one in turn.

    The clock starts when all are connected.
    """
    run, ready, take = Run(), threading.Barrier(clients + 1), _in_turn(urls)

    def client() -> None:
        connection = http.client.HTTPConnection(urlsplit(urls[0]).netloc, timeout=120)
        with contextlib.suppress(OSError):  # then the first request fails
            connection.connect()
        ready.wait()
        while url := take():
            answer = _get(connection, url, headers or {})
            run.answers.append(answer if keep else replace(answer, body=b""))
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - began
    return run


def hits_per_second(url: str, connections: int, seconds: int) -> float:
    """Requests a second for one address, by wrk with one thread."""
    if not shutil.which("wrk"):
        raise SystemExit("Counting hits needs wrk: run 'apt-get install wrk' as root, then try again.")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or not (found := re.search(r"Requests/sec:\s+([\d.]+)", text)):
        raise SystemExit(f"{url} did not answer 200 under load:\n{text}")
    return float(found[1])


def median(values: Sequence[float]) -> float:
    """The middle one; a measurement never reports anything else."""
    return statistics.median(values)


def _in_turn(urls: Sequence[str]) -> Callable[[], str | None]:
    """A function that gives one address after the other, each once, to whichever thread asks."""
    waiting, lock = iter(urls), threading.Lock()

    def take() -> str | None:
        with lock:
            return next(waiting, None)

    return take


def _get(connection: http.client.HTTPConnection, url: str, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    began = time.perf_counter()
    try:
        connection.request(
            "GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers
        )
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return Answer(0, time.perf_counter() - began, b"", "")
    return Answer(
        response.status, time.perf_counter() - began, body, response.headers.get("Content-Type", "")
    )
