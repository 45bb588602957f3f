"""A folder of 200,000 small files imported: whether memory and rate stay what they were."""

import io
import random
from pathlib import Path

from PIL import Image

from bench.gallery.import_rate import imported, judge_evenness
from bench.options import Options
from bench.parts.report import Report
from bench.peers.ours import Ours

COUNT = 200_000
PER_FOLDER = 500
SIZE = (320, 240)
SPOTS = (8, 6)  # of colour, which run into each other: no two pictures look alike


def run(options: Options) -> None:
    """One import, by the command beside a running program."""
    count = options.count or COUNT
    command = options.command("import-many") + f" --count {count}" * bool(options.count)
    report = Report("import-many", f"Import of {count:,} small files", command)
    report.about = (
        f"JPEGs of {SIZE[0]} x {SIZE[1]} pixels, each another picture, in folders of {PER_FOLDER}. Memory is that of "
        "the command; what looks at the pictures goes on beside it."
    )
    report.header = ["what", "seconds", "files a second"]
    with Ours("import-many") as ours:
        library = ours.folder / "library"
        for number in range(count):
            _write(library / f"{number // PER_FOLDER:03}" / f"photo-{number}.jpg", number)
        seconds, samples = imported(ours, library)
        report.row("import", f"{seconds:.1f}", f"{count / seconds:.1f}")
    judge_evenness(report, samples)
    report.write()


def _write(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    spots = random.Random(seed).randbytes(3 * SPOTS[0] * SPOTS[1])
    file = io.BytesIO()
    Image.frombytes("RGB", SPOTS, spots).resize(SIZE, Image.Resampling.BICUBIC).save(file, "JPEG", quality=80)
    path.write_bytes(file.getvalue())
