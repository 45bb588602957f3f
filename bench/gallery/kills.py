"""Import, export, backup and restore killed with -9 at random moments, begun again, and compared at the end."""

import hashlib
import json
import random
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.options import Options
from bench.parts.report import Report
from bench.peers.ours import Ours
from tests.faults.audit import doctor
from tests.faults.uploads import unique_jpeg
from tests.service import COMMAND, Service

KILLS = 50
NEW = 12  # pictures that are added before each kill of an import, and taken away before each of an export
SEED = 7
MIN_START = 0.3  # of the time that a whole run takes: until then a command only starts

Manifest = dict[str, str]  # the SHA-256 of each file by its name


@dataclass
class Killed:
    """How often a command was killed while it worked, how often it was done before, and how long a run takes."""

    killed: int = 0
    ended: int = 0
    longest: float = 3.0
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def once(self, *arguments: str) -> None:
        """Begin, and kill -9 at a random moment of what a whole run takes."""
        begun = time.monotonic()
        process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(self.longest * self.chance.uniform(MIN_START, 1.0))
            self.ended += 1
            self.longest = time.monotonic() - begun
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.killed += 1
            self.longest *= 1.05  # until one gets through, too


def run(options: Options) -> None:
    """One after the other, on one installation."""
    kills = options.count or KILLS
    report = Report("kills", "Import, export, backup and restore killed at random", options.command("kills"))
    report.about = (
        f"Each command is begun until it was killed with -9 {kills} times while it ran, then once more to its end. "
        "What is there then is compared with what there was, file by file."
    )
    report.header = ["command", "killed", "done before the kill", "files", "lost", "doubled", "wrong"]
    with Ours("kills") as ours:
        library = ours.folder / "library"
        library.mkdir()
        _imports(report, ours, library, kills)
        _exports(report, ours, library, kills)
        place = _backups(report, ours, library, kills)
        _restores(report, ours, library, place, kills)
    report.write()


def _imports(report: Report, ours: Ours, library: Path, kills: int) -> None:
    tally = Killed()
    while tally.killed < kills:
        _add(library, NEW)
        tally.once("import", "folder", str(library), "--data", str(ours.service.data))
    last = ours.service.run("import", "folder", str(library))
    again = ours.service.run("import", "folder", str(library))
    whole = "failed 0" in last and again.rstrip().endswith(f"taken 0, skipped {_count(library)}, failed 0")
    _judge(
        report,
        "import folder",
        tally,
        library,
        _exported(ours.service, ours.folder / "after-import"),
        whole=whole,
    )


def _exports(report: Report, ours: Ours, library: Path, kills: int) -> None:
    tally, out = Killed(), ours.folder / "out"
    while tally.killed < kills:
        for path in sorted(out.glob("*.jpg*"))[: 2 * NEW] if out.exists() else ():
            path.unlink()
        tally.once("export", "folder", str(out), "--data", str(ours.service.data))
    ours.service.run("export", "folder", str(out))
    whole = not list(out.glob("*.part")) and len(list(out.glob("*.xmp"))) == _count(library)
    _judge(report, "export folder", tally, library, _told(out), whole=whole)


def _backups(report: Report, ours: Ours, library: Path, kills: int) -> Path:
    tally, place = Killed(), ours.folder / "backup"
    while tally.killed < kills:
        tally.once("backup", str(place), "--data", str(ours.service.data))
    ours.service.run("backup", str(place))
    whole = "Every byte is as it was" in ours.service.run("backup", str(place), "--verify")
    anew = ours.folder / "of-backup"
    _restore(place, anew)
    _judge(report, "backup", tally, library, _served(ours, anew), whole=whole)
    return place


def _restores(report: Report, ours: Ours, library: Path, place: Path, kills: int) -> None:
    tally, anew = Killed(), ours.folder / "anew"
    while tally.killed < kills:
        before = tally.ended
        tally.once("restore", str(place), "--data", str(anew))
        if tally.ended > before:
            shutil.rmtree(anew)
    _restore(place, anew)
    _judge(report, "restore", tally, library, _served(ours, anew), whole=True)


def _restore(place: Path, anew: Path) -> None:
    subprocess.run([*COMMAND, "restore", str(place), "--data", str(anew)], check=True)


def _served(ours: Ours, data: Path) -> list[tuple[str, str]]:
    """What a restored installation gives back, which `doctor --deep` finds nothing wrong with."""
    with Service(data) as service:
        code, words = doctor(service, "--deep", "--quiescent")
        assert code == 0, words
        return _exported(service, ours.folder / f"{data.name}-out")


def _exported(service: Service, out: Path) -> list[tuple[str, str]]:
    service.run("export", "folder", str(out))
    return _told(out)


def _told(out: Path) -> list[tuple[str, str]]:
    """The name that each picture had, and the hash of its file."""
    told = json.loads((out / "gallery.json").read_text())["pictures"]
    return [(each["filename"], _sha256(out / each["file"])) for each in told]


def _judge(
    report: Report, command: str, tally: Killed, library: Path, found: list[tuple[str, str]], *, whole: bool
) -> None:
    wanted: Manifest = {path.name: _sha256(path) for path in library.iterdir()}
    names = [name for name, _ in found]
    lost, doubled = len(wanted.keys() - set(names)), len(names) - len(set(names))
    wrong = sum(1 for name, digest in found if wanted.get(name) != digest) + (not whole)
    report.row(command, tally.killed, tally.ended, len(wanted), lost, doubled, wrong)
    counted = f"{lost} lost, {doubled} doubled, {wrong} wrong"
    report.judge(f"{command}: nothing lost, doubled or wrong", counted, met=not (lost or doubled or wrong))


def _add(library: Path, count: int) -> None:
    first = _count(library)
    for number in range(first, first + count):
        (library / f"picture-{number:05}.jpg").write_bytes(unique_jpeg(number, (64, 48)))


def _count(library: Path) -> int:
    return sum(1 for _ in library.iterdir())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
