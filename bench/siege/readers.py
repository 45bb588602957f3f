"""Memory of the web server while many read slowly: python -m bench siege-readers."""

import io
import tempfile
import time
from pathlib import Path

import cloudinary.uploader
import numpy as np
from PIL import Image

from bench.options import Options
from bench.parts.report import Report
from bench.siege.run import MAX_RESIDENT, MEGABYTE, Attack, Town, town

COUNTS = (40, 400, 1000)
SIZES = (1, 10)  # megabytes
SECONDS = 10


def run(options: Options) -> None:
    """Each size by each count, one after the other; the smaller first, so that what is kept shows."""
    seconds = options.count or SECONDS
    report = Report("siege-readers", "Memory for slow readers", options.command("siege-readers"))
    report.about = (
        f"Originals of {SIZES[0]} and {SIZES[1]} MB, asked for by visitors who take 16 bytes a second, from 200 of "
        f"this machine's own addresses, for {seconds} seconds each. Memory is what all processes that serve visitors "
        "have resident, at most. Above 300 readers in a process the slowest are cut, and these come again."
    )
    report.header = ["body, MB", "readers", "before, MB", "at most, MB", "5 s later, MB"]
    with tempfile.TemporaryDirectory(prefix="siege") as folder, town(Path(folder) / "data") as place:
        most = 0
        for size in SIZES:
            path = _original(place, size)
            for count in COUNTS:
                before = place.resident()
                peak = _peak(place, path, count, seconds)
                time.sleep(5)
                most = max(most, peak)
                report.row(size, count, *(value // MEGABYTE for value in (before, peak, place.resident())))
        limit = MAX_RESIDENT // MEGABYTE
        report.judge(f"at most {limit} MB", f"{most // MEGABYTE} MB", met=most <= MAX_RESIDENT)
    report.write()


def _peak(place: Town, path: str, count: int, seconds: float) -> int:
    crowd = place.attack(Attack("slow readers", "slow-reader", count, "", path), seconds, count)
    peak = 0
    while crowd.poll() is None:
        peak = max(peak, place.resident())
        time.sleep(0.1)
    return peak


def _original(place: Town, megabytes: int) -> str:
    """The address of a picture that cannot be packed, of about this size."""
    side = int((megabytes * 1e6 / 3) ** 0.5)
    noise = np.random.default_rng(7).integers(0, 255, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG", compress_level=0)
    file.seek(0)
    answer = cloudinary.uploader.upload(file, public_id=f"noise{megabytes}", **place.sdk)
    return f"/picturerail/image/upload/v{answer['version']}/noise{megabytes}.png"
