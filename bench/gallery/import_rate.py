"""A folder of photographs imported by the command, beside a plain loop that hashes, probes and copies them."""

import hashlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from itertools import cycle, islice, pairwise
from pathlib import Path
from statistics import fmean

import pyvips

from bench.options import Options
from bench.parts.photographs import Photograph
from bench.parts.processes import memory
from bench.parts.report import Report
from bench.peers.ours import Ours
from picturerail import database, mongod
from tests.service import COMMAND

COUNT = 2000
MEGABYTE = 1024 * 1024
LOOK_SECONDS = 0.2
NOTES = (
    "The seconds of an import include the start of the command.",
    "The loop reads each file, makes its SHA-256 and MD5, reads its header, and writes a copy with fsync.",
    "An import decodes the first row of each JPEG, and finds its end.",
    "Placeholders, colours and perceptual hashes are made by a job when it is over, which is no part of the ratio.",
)


@dataclass(frozen=True)
class Sample:
    """A look at a running import: when, how many files are told of, and how much memory it has."""

    at: float
    done: int
    megabytes: float


@dataclass
class _LineCount:
    """How many lines a growing file has: each part of it is read once, so that looking takes no more at its end."""

    _at: int = 0
    _lines: int = 0

    def of(self, path: Path) -> int:
        """With those that came since the last look."""
        with path.open("rb") as file:
            file.seek(self._at)
            new = file.read()
        self._at += len(new)
        self._lines += new.count(b"\n")
        return self._lines


def run(options: Options) -> None:
    """The loop, then the import, then the import of what is here already."""
    photos, count = options.photographs(), options.count or COUNT
    title = f"Import of {count:,} photographs beside a plain loop"
    report = Report("import", title, options.command("import"))
    report.about = f"{options.described(photos)}, each made another file by bytes behind its end."
    report.header = ["what", "seconds", "files a second"]
    with Ours("import") as ours:
        library = ours.folder / "library"
        _fill(library, photos, count)
        plain = _looped(library, ours.folder / "copies")
        report.row("plain loop in one process", f"{plain:.1f}", f"{count / plain:.1f}")
        first, samples = imported(ours, library)
        report.row("import", f"{first:.1f}", f"{count / first:.1f}")
        looked = first + _until_looked_at(ours)
        report.row("until all were looked at, by a job afterwards", f"{looked:.1f}", f"{count / looked:.1f}")
        again, _ = imported(ours, library)
        report.row("import of what is here already", f"{again:.1f}", f"{count / again:.1f}")
    report.judge("at least 0.8 of the loop's rate", f"{plain / first:.2f}", met=plain / first >= 0.8)
    judge_evenness(report, samples)
    report.notes += NOTES
    report.write()


def judge_evenness(report: Report, samples: list[Sample]) -> None:
    """Whether memory and rate at the end of an import are as at its beginning."""
    early, late = _memory(samples, 0.2, 0.4), _memory(samples, 0.8, 1.0)
    report.judge("memory flat within 50 MB", f"{early:.0f} MB, then {late:.0f} MB", met=late - early <= 50)
    ratio = _rate(samples, 0.9, 1.0) / _rate(samples, 0.0, 0.1)
    report.judge("the last tenth at 0.9 of the first's rate or more", f"{ratio:.2f}", met=ratio >= 0.9)


def _fill(library: Path, photos: list[Photograph], count: int) -> None:
    for number, photo in enumerate(islice(cycle(photos), count)):
        folder = library / f"{number // 500:03}"
        folder.mkdir(parents=True, exist_ok=True)
        content = photo.path.read_bytes() + number.to_bytes(8, "big")
        (folder / f"photo-{number}.jpg").write_bytes(content)


def _looped(library: Path, copies: Path) -> float:
    """Hash, probe and copy each file so that it outlives a power cut."""
    copies.mkdir()
    begun = time.monotonic()
    for number, path in enumerate(sorted(library.rglob("*.jpg"))):
        content = path.read_bytes()
        hashlib.sha256(content).hexdigest()
        hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert pyvips.Image.new_from_buffer(content, "").width
        with (copies / str(number)).open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    seconds = time.monotonic() - begun
    shutil.rmtree(copies)
    return seconds


def imported(ours: Ours, library: Path) -> tuple[float, list[Sample]]:
    """Seconds of the whole command, and what it looked like meanwhile."""
    reports, begun = ours.service.data / "imports", time.monotonic()
    before = set(reports.glob("*.jsonl")) if reports.exists() else set()
    command = [*COMMAND, "import", "folder", str(library), "--data", str(ours.service.data)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    samples: list[Sample] = []
    lines = _LineCount()
    while process.poll() is None:
        for path in set(reports.glob("*.jsonl")) - before if reports.exists() else ():
            held = sum(memory(process.pid).values()) / MEGABYTE
            samples.append(Sample(time.monotonic(), lines.of(path), held))
        time.sleep(LOOK_SECONDS)
    assert process.returncode == 0, "the import failed"
    return time.monotonic() - begun, samples


def _until_looked_at(ours: Ours) -> float:
    """Seconds from the end of the command until the job has looked at all pictures."""
    begun = time.monotonic()
    with database.connect(mongod.uri(ours.service.data)) as client:
        pictures = database.database(client)["gallery"]
        while pictures.find_one({"unhashed": True}, {"_id": 1}):
            time.sleep(LOOK_SECONDS)
    return time.monotonic() - begun


def _memory(samples: list[Sample], start: float, end: float) -> float:
    """The mean while that part of the files was taken."""
    most = samples[-1].done or 1
    return fmean(each.megabytes for each in samples if start <= each.done / most <= end)


def _rate(samples: list[Sample], start: float, end: float) -> float:
    """Files a second in that part; from the first file on, not from the start of the command."""
    told = [each for each in samples if each.done]
    first, most = told[0].done, told[-1].done
    begun, ended = (first + part * (most - first) for part in (start, end))
    return (ended - begun) / (_when(told, ended) - _when(told, begun))


def _when(samples: list[Sample], done: float) -> float:
    """When so many files were told of: between two looks, as if they had come evenly. They come in batches."""
    for before, after in pairwise(samples):
        if before.done <= done <= after.done and before.done < after.done:
            return before.at + (after.at - before.at) * (done - before.done) / (after.done - before.done)
    return samples[-1].at
