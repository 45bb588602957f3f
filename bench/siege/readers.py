"""Memory of the web server while many read slowly: python -m bench siege-readers."""

import io
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cloudinary.uploader
import numpy as np
from PIL import Image

from bench.options import Options
from bench.parts.report import Report
from bench.siege.run import MAX_RESIDENT, MEGABYTE, Attack, Town, town
from bench.siege.visitors import Visitors

COUNTS = (400, 1000, 4000)
SIZES = (1, 10)  # megabytes
SECONDS = 10
PAGE_BYTES = 4096


def run(options: Options) -> None:
    """Each size by each count, one after the other; the smaller first, so that what is kept shows."""
    seconds = options.count or SECONDS
    report = Report("siege-readers", "Memory for slow readers", options.command("siege-readers"))
    report.about = (
        f"Originals of {SIZES[0]} and {SIZES[1]} MB, asked for by visitors who take 16 bytes a second, from 200 of "
        f"this machine's own addresses, for {seconds} seconds each, with a receive buffer of 4 kB. Memory is what all "
        "processes that serve visitors have resident, at most; the kernel's is that of all TCP connections of the "
        "machine, at most. Who is cut or refused comes again. Meanwhile one good visitor asks for health, pages, and "
        "the picture itself, whole: how many visits, how many that failed, and the slowest."
    )
    report.header = ["body, MB", "readers", "before, MB", "at most, MB", "5 s later, MB", "kernel, MB"]
    report.header += ["good visits", "failed", "slowest, s"]
    with tempfile.TemporaryDirectory(prefix="siege") as folder, town(Path(folder) / "data") as place:
        most, failed = 0, Counter[str]()
        for size in SIZES:
            path = _original(place, size)
            for count in COUNTS:
                before = place.resident()
                outcome = _siege(place, path, count, seconds)
                time.sleep(5)
                most, failed = max(most, outcome.resident), failed + outcome.failed
                lost = outcome.failed.total()
                memory = (before, outcome.resident, place.resident(), outcome.kernel)
                visits = (outcome.visits, lost, f"{outcome.slowest:.1f}")
                report.row(size, count, *(value // MEGABYTE for value in memory), *visits)
        limit = MAX_RESIDENT // MEGABYTE
        report.judge(f"at most {limit} MB", f"{most // MEGABYTE} MB", met=most <= MAX_RESIDENT)
        told = ", ".join(f"{number} {name}" for name, number in failed.items())
        report.judge("0 failed visits", told or "0", met=not failed)
    report.write()


@dataclass(frozen=True)
class ReaderSiege:
    """The most memory that it took, and how a good visitor fared."""

    resident: int
    kernel: int
    visits: int
    failed: Counter[str]
    slowest: float


def _siege(place: Town, path: str, count: int, seconds: float) -> ReaderSiege:
    crowd = place.attack(Attack("slow readers", "slow-reader", count, "", path), seconds, count)
    paths = {"health": "/healthz", "sign-in": "/sign-in", "page": "/gallery/", "picture": path}
    visitors = Visitors(place.port, paths, place.thumbnail, place.tls)
    with ThreadPoolExecutor(1) as aside:
        visiting = aside.submit(visitors.visit, max(1.0, seconds - 1))
        resident = kernel = 0
        while crowd.poll() is None:
            resident, kernel = max(resident, place.resident()), max(kernel, _kernel())
            time.sleep(0.1)
        visits = visiting.result()
    slowest = max((visits.percentile(name, 1) for name in visits.seconds), default=0.0)
    return ReaderSiege(resident, kernel, visits.count, visits.failed, slowest)


def _kernel() -> int:
    """Bytes that the kernel holds for TCP connections."""
    lines = Path("/proc/net/sockstat").read_text().splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith("TCP:")) * PAGE_BYTES


def _original(place: Town, megabytes: int) -> str:
    """The address of a picture that cannot be packed, of about this size."""
    side = int((megabytes * 1e6 / 3) ** 0.5)
    noise = np.random.default_rng(7).integers(0, 255, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG", compress_level=0)
    file.seek(0)
    answer = cloudinary.uploader.upload(file, public_id=f"noise{megabytes}", **place.sdk)
    return f"/picturerail/image/upload/v{answer['version']}/noise{megabytes}.png"
