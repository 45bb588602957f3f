"""The APIs by the official SDK: uploads and details a second, and memory over 10,000 uploads of a small picture."""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cloudinary
import cloudinary.api
import cloudinary.uploader

from bench.options import Options
from bench.parts.processes import memory
from bench.parts.report import Report
from tests.files import jpeg
from tests.service import Service

CLIENTS = (1, 8, 32)
UPLOADS = 10_000
CALLS = 300  # for each rate
MEGABYTE = 1024 * 1024
GROWTH = 1.25  # what counts as flat: MongoDB's cache fills with the assets
PICTURE = jpeg(160, 120)


def run(options: Options) -> None:
    """Rates first, then the long row of uploads; memory is the PSS of all processes, mongod included."""
    total = options.count or UPLOADS
    report = Report("api", "Uploads and details by the SDK", options.command("api"))
    report.about = (
        f"The official Python SDK on the same machine, a JPEG of {len(PICTURE):,} bytes; {CALLS} calls for each rate, "
        f"then {total:,} uploads by 8 clients."
    )
    report.header = ["call", "clients", "a second", "slowest of 100, ms"]
    with tempfile.TemporaryDirectory() as folder:
        env = {"PICTURERAIL_ADMIN_CALLS_PER_HOUR": "10000000"}
        with Service(Path(folder) / "data", env=env) as service:
            _configure(service.cloudinary_url)
            _rates(report)
            _memory(report, service, total)
    report.write()


def _configure(url: str) -> None:
    config = cloudinary.config()
    config._setup_from_parsed_url(config._parse_cloudinary_url(url))  # noqa: SLF001 - what the SDK does at start


def _rates(report: Report) -> None:
    public_id = cloudinary.uploader.upload(PICTURE)["public_id"]
    calls: dict[str, Callable[[int], Any]] = {
        "upload": lambda _: cloudinary.uploader.upload(PICTURE),
        "resource detail": lambda _: cloudinary.api.resource(public_id),
    }
    for name, call in calls.items():
        for clients in CLIENTS:
            per_second, slowest = _rate(call, clients, CALLS)
            report.row(name, clients, f"{per_second:.0f}", f"{slowest * 1000:.0f}")


def _rate(call: Callable[[int], Any], clients: int, count: int) -> tuple[float, float]:
    """Calls a second, and the seconds that 99 of 100 stayed below."""

    def timed(number: int) -> float:
        began = time.perf_counter()
        call(number)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        seconds = sorted(pool.map(timed, range(count)))
    return count / (time.perf_counter() - began), seconds[len(seconds) * 99 // 100]


def _memory(report: Report, service: Service, total: int) -> None:
    """PSS after a tenth of the uploads, when every process has warmed up, and after all of them."""
    warm = total // 10
    _rate(lambda _: cloudinary.uploader.upload(PICTURE), 8, warm)
    before = _megabytes(service)
    per_second, _ = _rate(lambda _: cloudinary.uploader.upload(PICTURE), 8, total - warm)
    after = _megabytes(service)
    report.row(f"{total - warm:,} uploads", 8, f"{per_second:.0f}", "")
    measured = f"{before:.0f} MB after {warm:,}, {after:.0f} MB after {total:,}"
    report.judge(
        f"memory of all processes flat over {total:,} uploads", measured, met=after <= before * GROWTH
    )


def _megabytes(service: Service) -> float:
    assert service.process is not None
    return sum(memory(service.process.pid).values()) / MEGABYTE
