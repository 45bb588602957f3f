"""Memory of everything together: at rest, and the peak while 16 uploads of 12-megapixel photographs run."""

import hashlib
import threading
import time
from itertools import cycle, islice

import cloudinary.uploader

from bench.options import Options
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.processes import command, memory
from bench.parts.report import Report
from bench.peers.ours import Ours

MEGABYTE = 1024 * 1024
UPLOADS = 16
PARTS = {
    "mongod --dbpath": "mongod",
    "picturerail.rsgi.public": "public server",
    "picturerail.rsgi.media": "media server",
    "picturerail.transform": "image workers",
    "picturerail serve": "supervisor",
}
REST_SECONDS = 5


def run(options: Options) -> None:
    """Rest after the start, 16 uploads at once, rest again."""
    photos = options.photographs(11_000_000)
    report = Report("idle", "Memory at rest and while 16 uploads run", options.command("idle"))
    report.about = (
        f"{options.described(photos)}, {UPLOADS} uploads at once by the SDK. PSS of every process, in MB."
    )
    with Ours("idle") as ours:
        time.sleep(REST_SECONDS)
        rest = _by_part(ours.pid)
        peak, seconds = _peak_while_uploading(ours, photos)
        time.sleep(REST_SECONDS)
        after = _by_part(ours.pid)
    report.header = ["part", "at rest", "peak while uploading", "at rest afterwards"]
    for name in [*PARTS.values(), "all"]:
        report.row(name, *[f"{found.get(name, 0):.0f}" for found in (rest, peak, after)])
    report.notes.append(
        f"{UPLOADS} uploads took {seconds:.1f} s. Peaks of parts need not be at the same moment."
    )
    text = [("Picturerail at rest", rest["all"]), ("Picturerail, 16 uploads", peak["all"])]
    report.plot = bars("Memory of all processes together", [(n, v, f"{v:.0f} MB") for n, v in text])
    report.write()


def _by_part(pid: int) -> dict[str, float]:
    """MB by part, and all together."""
    found: dict[str, float] = {"all": 0.0}
    for process, pss in memory(pid).items():
        words = command(process)
        name = next((name for mark, name in PARTS.items() if mark in words), "supervisor")
        found[name] = found.get(name, 0) + pss / MEGABYTE
        found["all"] += pss / MEGABYTE
    return found


def _peak_while_uploading(ours: Ours, photos: list[Photograph]) -> tuple[dict[str, float], float]:
    account = ours.account()
    contents = [photo.path.read_bytes() for photo in islice(cycle(photos), UPLOADS)]
    answers: list[str] = []

    def send(number: int) -> None:
        content = contents[number] + f"copy {number}".encode()
        answer = cloudinary.uploader.upload(content, filename="photo.jpg", **account)
        answers.append(answer["etag"] if answer["bytes"] == len(content) else "")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(UPLOADS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    peak: dict[str, float] = {}
    while any(thread.is_alive() for thread in threads):
        now = _by_part(ours.pid)
        peak = {name: max(now.get(name, 0), peak.get(name, 0)) for name in {*now, *peak}}
        time.sleep(0.02)
    wanted = {hashlib.md5(content + f"copy {n}".encode()).hexdigest() for n, content in enumerate(contents)}
    if set(answers) != wanted:
        raise SystemExit("not every upload was acknowledged with the hash of what was sent")
    return peak, time.monotonic() - began
