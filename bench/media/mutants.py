"""Damaged files of every kind through both ways in, upload and fetch: no fault of ours, no crash, nothing endless."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import urllib3

from bench.fuzzing.files import good_files, mutants
from bench.fuzzing.watch import Answers, Watch
from bench.media.fuzz import LOOKS, MOST_MEGABYTES, SEED, in_threads, next_of, still_works, upload
from bench.options import Options
from bench.parts.report import Report
from bench.peers.ours import Ours

FILES, SEEDS = 100_000, 2000
MOST_SECONDS = 10.0
WAYS = ("upload", "fetch")


@dataclass
class Run:
    """What came of the files that went one way."""

    answers: Answers = field(default_factory=Answers)
    accepted: int = 0
    slowest: float = 0
    late: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Host:
    """Another host, from which files are fetched: on this machine's loopback address only."""

    address: str
    files: dict[str, bytes]


@contextmanager
def host() -> Iterator[Host]:
    """A web server that gives what is in `files`, by path."""
    files: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path, b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Host(f"127.0.0.1:{server.server_address[1]}", files)
    finally:
        server.shutdown()
        server.server_close()


def run(options: Options) -> None:
    """Half of the files go each way, and each that is taken is shown in three forms."""
    count = options.count or FILES
    report = Report("mutants", "Damaged files", options.command("mutants") + f" --count {count}")
    report.about = (
        f"{count:,} files, made of about {SEEDS:,} good ones of {len(good_files())} kinds and many sizes: cut, bits "
        "turned, lengths changed, parts repeated; half of them uploaded, half fetched from another host. "
        f"Seed {SEED}: the same each time."
    )
    report.header = ["way", "files", "taken", "answers by status", "slowest, s"]
    with host() as elsewhere:
        env = {"PICTURERAIL_WORKERS": "2", "PICTURERAIL_FETCH_ALLOW": elsewhere.address}
        with Ours("mutants", env) as ours, Watch(ours.pid, ours.service.log) as watch:
            runs = {way: Run() for way in WAYS}
            _send(ours, elsewhere, runs, count)
            alive = still_works(ours)
    for way, one in runs.items():
        files = f"{one.answers.count:,}"
        report.row(way, files, f"{one.accepted:,}", one.answers, f"{one.slowest:.1f}")
    _judge(report, list(runs.values()), watch, alive=alive)
    report.write()


def _judge(report: Report, runs: list[Run], watch: Watch, *, alive: bool) -> None:
    faults = [fault for one in runs for fault in one.answers.faults]
    late = [name for one in runs for name in one.late]
    stopped = {reason: number for reason, number in watch.stopped_workers().items() if reason != "time"}
    report.judge("0 answers of 5xx, or none at all", str(len(faults)), met=not faults)
    crashes = sum(stopped.values()) + watch.restarted_parts()
    report.judge("0 crashes", f"{crashes} {stopped or ''}", met=not crashes)
    report.judge(f"0 answers later than {MOST_SECONDS:.0f} s", str(len(late)), met=not late)
    peak = watch.peak_megabytes
    report.judge(f"at most {MOST_MEGABYTES} MB a worker", f"{peak:.0f} MB", met=peak <= MOST_MEGABYTES)
    report.judge("a good picture works afterwards", "yes" if alive else "no", met=alive)
    report.notes += [f"`{line}`" for line in [*faults[:20], *late[:20]]]


def _send(ours: Ours, elsewhere: Host, runs: dict[str, Run], count: int) -> None:
    account, pool = ours.account(), urllib3.PoolManager(retries=False, timeout=90, maxsize=16)
    delivery = f"{account['upload_prefix']}/{account['cloud_name']}/image/fetch"

    def ask(one: Run, url: str, name: str) -> int:
        began = time.monotonic()
        try:
            status = pool.request("GET", url).status
        except urllib3.exceptions.HTTPError:
            status = 0
        _note(one, status, time.monotonic() - began, name)
        return status

    def send(files: Iterator[tuple[int, tuple[str, bytes]]], lock: threading.Lock) -> None:
        while (found := next_of(files, lock)) is not None:
            number, (name, content) = found
            way = WAYS[number % 2]
            one = runs[way]
            with lock:
                one.answers.count += 1
            if way == "upload":
                began = time.monotonic()
                status, answer = upload(pool, account, name, content)
                _note(one, status, time.monotonic() - began, name)
                places = [
                    str(answer.get("secure_url")).replace("/upload/", f"/upload/{look}/") for look in LOOKS
                ]
            else:
                path = f"/{name}"
                elsewhere.files[path] = content
                address = quote(f"http://{elsewhere.address}{path}", safe=":/.")
                status = ask(one, f"{delivery}/{address}", name)
                places = [f"{delivery}/{look}/{address}" for look in LOOKS]
            if status == 200:
                one.accepted += 1
                for place in places:
                    ask(one, place, f"{name} {place[-120:]}")
            elsewhere.files.pop(f"/{name}", None)

    in_threads(send, enumerate(mutants(SEED, count, SEEDS)))


def _note(one: Run, status: int, seconds: float, what: str) -> None:
    one.answers.add(status, what)
    one.slowest = max(one.slowest, seconds)
    if seconds > MOST_SECONDS:
        one.late.append(f"{seconds:.1f} s: {what}")
