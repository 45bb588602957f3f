"""Make a backup while the server runs.

The originals come first, then the database, then the originals that came meanwhile. One that was deleted between the
database and its bytes makes the database be read once more: each round has less to copy, so the last one is short.
"""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from picturerail import __version__
from picturerail.backup import dump
from picturerail.backup.dump import Original
from picturerail.backup.repository import FORMAT, MANIFEST, Repository, hash_of
from picturerail.database import Database
from picturerail.errors import NotFound, PicturerailError, Unavailable
from picturerail.storage.base import Storage

MAX_ROUNDS = 10
SPEAK_EVERY = 1000  # originals
COPIERS = 4
ORIGINALS = "originals.jsonl.gz"
# made again by every start, or kept by itself
LEFT_OUT = frozenset({"originals", "derived", "mongo", "spool", "run"})

Say = Callable[[str], None]


class CopyOutcome(Enum):
    """What became of one original."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    GONE = "gone"


@dataclass(frozen=True)
class SnapshotSource:
    """What is backed up: a database, its originals (None where a Cloudinary account keeps them), the data folder."""

    db: Database
    originals: Storage | None
    data: Path


@dataclass
class Made:
    """What came of it."""

    snapshot: str
    originals: int = 0
    bytes: int = 0
    copied: int = 0
    bytes_copied: int = 0
    damaged: list[str] = field(default_factory=list)  # keys of originals that are not what came
    missing: list[str] = field(default_factory=list)  # keys of originals that documents name in vain

    @property
    def sentence(self) -> str:
        """What to print."""
        size = f"{self.bytes_copied / 1e6:.1f} MB"
        return f"snapshot {self.snapshot}: {self.originals} originals, {self.copied} of them new ({size})"


def make(source: SnapshotSource, repository: Repository, say: Say) -> Made:
    """Add one snapshot to the repository."""
    run = _Run(source, repository, {stored.key for stored in repository.originals.list()}, say)
    gone: set[str] = set()
    for _ in range(MAX_ROUNDS):
        folder = _empty(repository.scratch / "database")
        new, counts = run.read_database(folder)
        say(f"{run.made.originals} originals, {len(new)} of them not in the backup yet")
        before, gone = gone, run.copy_all(new)
        run.made.missing = sorted(gone & before)  # named still, and missing still: nobody deleted it
        if gone == set(run.made.missing):
            with _no_part_left(repository, run.made.snapshot):
                _finish(source, repository, folder, counts, run.made)
            return run.made
    raise Unavailable("Originals are deleted faster than they can be copied. Try again when less is deleted.")


class _Run:
    """One run: what is copied from where to where, and what the repository holds already."""

    def __init__(self, source: SnapshotSource, repository: Repository, kept: set[str], say: Say) -> None:
        self.source, self.repository, self.kept, self.say = source, repository, kept, say
        self.made = Made(f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")

    def read_database(self, folder: Path) -> tuple[list[Original], dict[str, int]]:
        """Write the database and the list of its originals; those that are new here, and documents by collection."""
        new: dict[str, Original] = {}
        self.made.originals = self.made.bytes = 0
        with gzip.open(folder / ORIGINALS, "wt", encoding="utf-8") as listing:

            def take(original: Original) -> None:
                if self.source.originals is None:
                    return
                listing.write(json.dumps(asdict(original)) + "\n")
                self.made.originals += 1
                self.made.bytes += original.bytes
                if original.key not in self.kept:
                    new[original.key] = original

            counts = dump.write(self.source.db, folder, take)
        return list(new.values()), counts

    def copy_all(self, new: list[Original]) -> set[str]:
        """Copy what is new; the keys of what was gone before it could be copied."""
        gone: set[str] = set()
        with ThreadPoolExecutor(COPIERS) as pool:
            outcomes = pool.map(lambda each: _copy(self.source.originals, self.repository, each), new)
            for done, (original, outcome) in enumerate(zip(new, outcomes, strict=True), start=1):
                if outcome is CopyOutcome.GONE:
                    gone.add(original.key)
                else:
                    self._note(original, outcome)
                if done % SPEAK_EVERY == 0:
                    self.say(f"{done} of {len(new)} originals copied")
        return gone

    def _note(self, original: Original, outcome: CopyOutcome) -> None:
        if outcome is CopyOutcome.DAMAGED:
            self.made.damaged.append(original.key)
        self.kept.add(original.key)
        self.made.copied += 1
        self.made.bytes_copied += original.bytes


def _copy(originals: Storage | None, repository: Repository, original: Original) -> CopyOutcome:
    """Copy one original. A damaged one is kept too: it is all that is left of that picture."""
    if originals is None:
        return CopyOutcome.GONE
    try:
        with originals.local(original.key) as path:
            whole = hash_of(path) == original.sha256
            repository.put(repository.originals, original.key, path)
    except NotFound:
        return CopyOutcome.GONE
    return CopyOutcome.WHOLE if whole else CopyOutcome.DAMAGED


@contextmanager
def _no_part_left(repository: Repository, snapshot: str) -> Iterator[None]:
    """Take the files of a snapshot that fails away again: on a full disk they are in the way. Originals stay whole."""
    try:
        yield
    except (OSError, PicturerailError):
        with suppress(OSError, PicturerailError):
            repository.snapshots.delete(snapshot)
        raise


def _finish(
    source: SnapshotSource, repository: Repository, folder: Path, counts: dict[str, int], made: Made
) -> None:
    """Keep the database, the small files and the list of originals; the manifest last."""
    files = {f"data/{name}": path for name, path in _small_files(source.data)}
    files |= {path.name: path for path in folder.iterdir()}
    kept: dict[str, dict[str, Any]] = {}
    for number, (name, path) in enumerate(sorted(files.items())):
        key = f"{made.snapshot}/{number:04}"
        kept[name] = {"key": key, "bytes": path.stat().st_size, "sha256": hash_of(path)}
        repository.put(repository.snapshots, key, path)
    manifest = {
        "format": FORMAT,
        "snapshot": made.snapshot,
        "program": __version__,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "collections": counts,
        "originals": {
            "count": made.originals,
            "bytes": made.bytes,
            "missing": made.missing,
            "damaged": made.damaged,
        },
        "files": kept,
    }
    written = folder / MANIFEST
    written.write_text(json.dumps(manifest, indent=1))
    repository.put(repository.snapshots, f"{made.snapshot}/{MANIFEST}", written)


def originals_of(path: Path) -> Iterator[Original]:
    """The originals that a snapshot's list names."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield Original(**json.loads(line))


def _small_files(data: Path) -> Iterator[tuple[str, Path]]:
    """Keys, settings and certificates: what stands in the data folder beside pictures and database."""
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data)
        kept = name.parts[0] not in LEFT_OUT and not any(part.startswith(".") for part in name.parts)
        if kept and path.is_file() and not path.is_symlink() and path.suffix != ".log":
            yield name.as_posix(), path


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
