"""100,000 hostile URLs and 5,000 hostile files: no fault of ours, no crash, bounded memory."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cloudinary.exceptions
import cloudinary.uploader
import urllib3

from bench.fuzzing.files import good_files, hostile_files
from bench.fuzzing.urls import hostile_urls
from bench.fuzzing.watch import Answers, Watch
from bench.options import Options
from bench.parts.report import Report
from bench.peers.base import CACHE
from bench.peers.ours import Ours

URLS, FILES = 100_000, 5_000
CLIENTS = 4
SEED = 20
MOST_MEGABYTES = 400
LOOKS = ("c_fill,w_64,h_64,f_webp", "c_limit,w_300,f_jpg,q_auto", "c_thumb,w_50,h_80,g_auto,f_png")


def run(options: Options) -> None:
    """First the URLs, then the files, each accepted file in three derived forms."""
    report = Report("fuzz", "Hostile URLs and files", options.command("fuzz"))
    report.about = (
        "URLs of the grammar's own words with extreme values, chains, noise, traversal and other pages; bombs made by "
        "hand, the pictures of Pillow's own test suite (with the files that once crashed decoders), and mutations of "
        f"{len(good_files())} kinds of good files. Seed {SEED}: the same each time."
    )
    report.header = [
        "what",
        "count",
        "answers by status",
        "peak MB of one image worker",
        "workers stopped",
        "seconds",
    ]
    with Ours("fuzz", {"PICTURERAIL_WORKERS": "2"}) as ours:
        _report(report, ours, "URLs", options.count or URLS, _urls)
        _report(report, ours, "files", options.count // 20 or FILES, _files)
        alive = still_works(ours)
    report.judge("a good upload and its derived picture work afterwards", "yes" if alive else "no", met=alive)
    report.write()


Attack = Callable[[Ours, int, Answers], None]


def _report(report: Report, ours: Ours, what: str, count: int, attack: Attack) -> None:
    answers, began = Answers(), time.monotonic()
    with Watch(ours.pid, ours.service.log) as watch:
        attack(ours, count, answers)
    stopped, peak = watch.stopped_workers(), watch.peak_megabytes
    words = ", ".join(f"{reason}: {number}" for reason, number in stopped.items()) or "none"
    seconds = f"{time.monotonic() - began:.0f}"
    count = max(count, answers.count)
    report.row(what, f"{count:,}", answers, f"{peak:.0f}", words, seconds)
    crashes = sum(number for reason, number in stopped.items() if reason != "time") + watch.restarted_parts()
    measured = f"{len(answers.faults)} of 5xx or none, {crashes} crashes, {peak:.0f} MB"
    met = not answers.faults and not crashes and peak <= MOST_MEGABYTES
    report.judge(
        f"{count:,} {what}: 0 5xx, 0 crashes, at most {MOST_MEGABYTES} MB a worker", measured, met=met
    )
    report.notes += [f"`{fault}`" for fault in answers.faults[:30]]


class _Raw(http.client.HTTPConnection):
    """A connection that sends any request target as it is."""

    def _validate_path(self, url: str) -> None:
        pass

    def _encode_request(self, request: str) -> bytes:
        return request.encode("latin-1")


def _urls(ours: Ours, count: int, answers: Answers) -> None:
    account = ours.account()
    names = []
    for kind in ("jpg", "palette.png", "animated.gif", "lossless.webp"):
        answer = cloudinary.uploader.upload(good_files()[kind], filename=f"good.{kind}", **account)
        names.append(f"v{answer['version']}/{answer['public_id']}.{answer['format']}")

    def ask(urls: Iterator[str], lock: threading.Lock) -> None:
        connection = _Raw("127.0.0.1", ours.service.port, timeout=60)
        while (url := next_of(urls, lock)) is not None:
            status = 0
            try:
                connection.request("GET", url, headers={"Accept": "image/avif,image/webp,*/*"})
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                url = f"{url} ({error})"
            answers.add(status, url)
            answers.count += 1

    in_threads(ask, hostile_urls(SEED, count, names))


def _files(ours: Ours, count: int, answers: Answers) -> None:
    account, pool = ours.account(), urllib3.PoolManager(retries=False, timeout=90)

    def send(files: Iterator[tuple[str, bytes]], lock: threading.Lock) -> None:
        while (file := next_of(files, lock)) is not None:
            name, content = file
            status, answer = upload(pool, account, name, content)
            answers.add(status, f"upload {name}")
            answers.count += 1
            if status == 200:
                for look in LOOKS:
                    url = answer["secure_url"].replace("/upload/", f"/upload/{look}/")
                    answers.add(pool.request("GET", url).status, f"{look} of {name}")

    in_threads(send, hostile_files(SEED, count, (CACHE / "packages").resolve()))


def upload(
    pool: urllib3.PoolManager, account: dict[str, str], name: str, content: bytes
) -> tuple[int, dict[str, Any]]:
    """Status and answer of a signed upload, without the SDK's translation of errors."""
    stamp = str(int(time.time()))
    signature = cloudinary.utils.api_sign_request({"timestamp": stamp}, account["api_secret"])
    fields = {
        "timestamp": stamp,
        "signature": signature,
        "api_key": account["api_key"],
        "file": (name, content),
    }
    url = f"{account['upload_prefix']}/v1_1/{account['cloud_name']}/image/upload"
    try:
        response = pool.request("POST", url, fields=fields)
    except urllib3.exceptions.HTTPError:
        return 0, {}
    return response.status, response.json() if response.status == 200 else {}


def next_of(items: Iterator[Any], lock: threading.Lock) -> Any:  # noqa: ANN401
    with lock:
        return next(items, None)


def in_threads(work: Callable[[Iterator[Any], threading.Lock], None], items: Iterator[Any]) -> None:
    lock = threading.Lock()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(work, items, lock) for _ in range(CLIENTS)]:
            done.result()  # whoever could not go on says so


def still_works(ours: Ours) -> bool:
    answer = cloudinary.uploader.upload(good_files()["jpg"], filename="after.jpg", **ours.account())
    url = answer["secure_url"].replace("/upload/", "/upload/c_fill,w_20,h_20/")
    return urllib3.request("GET", url).status == 200 and Path(ours.service.data).is_dir()
