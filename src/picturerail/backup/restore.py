"""Make a service from a backup, on an empty data folder: the same ids, addresses, accounts and keys.

May be killed and run again: it goes on with the same snapshot, and until it is through `serve` refuses the folder.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from picturerail.backup import dump
from picturerail.backup.dump import Original
from picturerail.backup.repository import SCRATCH, Repository, hash_of
from picturerail.backup.snapshot import ORIGINALS, SPEAK_EVERY, originals_of
from picturerail.data_folder import RESTORING
from picturerail.database import Database
from picturerail.errors import NotFound, StartupError
from picturerail.storage.base import Storage

Say = Callable[[str], None]
EMPTY = ("gallery", "assets", "users")  # collections that an unused database has no documents in
PRIVATE = 0o600
NOTHING = (SCRATCH, "lost+found")  # what lies in an empty folder, too, if it is a disk of its own


@contextmanager
def restoring(data: Path, repository: Repository, snapshot: str | None) -> Iterator[dict[str, Any]]:
    """Mark `data` as being restored until the context ends well; gives the manifest of the snapshot."""
    marker = data / RESTORING
    if marker.is_file():
        begun = _begun(marker)
        if snapshot not in (None, begun):
            raise StartupError(
                f"{data} is being restored from snapshot {begun}: finish that, or empty the folder."
            )
        snapshot = begun
    elif data.exists() and any(each.name not in NOTHING for each in data.iterdir()):
        raise StartupError(
            f"{data} is not empty. A backup is restored into an empty folder; choose it with --data."
        )
    manifest = _chosen(repository, snapshot)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.write_text(json.dumps({"snapshot": manifest["snapshot"]}))
    yield manifest
    marker.unlink()


def _begun(marker: Path) -> str:
    try:
        return str(json.loads(marker.read_text())["snapshot"])
    except (ValueError, TypeError, KeyError) as error:
        raise StartupError(
            f"{marker} does not tell which snapshot was begun. Empty the folder, and restore again."
        ) from error


def restore_files(data: Path, repository: Repository, manifest: dict[str, Any]) -> None:
    """Bring back keys, settings and certificates; to be done before any part is started."""
    for name, kept in manifest["files"].items():
        if name.startswith("data/"):
            target = data / _inside(name.removeprefix("data/"))
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _fetched(repository, kept, name) as file:
                file.chmod(PRIVATE)
                file.replace(target)


def restore_originals(
    originals: Storage, repository: Repository, manifest: dict[str, Any], say: Say
) -> list[str]:
    """Bring back every original; the keys of those that the backup does not hold whole."""
    lost: list[str] = []
    there = {stored.key for stored in originals.list()}
    with _fetched(repository, manifest["files"][ORIGINALS], ORIGINALS) as listing:
        for number, original in enumerate(originals_of(listing), start=1):
            if original.key not in there and not _restore(originals, repository, original):
                lost.append(original.key)
            if number % SPEAK_EVERY == 0:
                say(f"{number} of {manifest['originals']['count']} originals are there")
    return lost


def restore_database(db: Database, repository: Repository, manifest: dict[str, Any], *, begun: bool) -> None:
    """Fill the database, which is to be unused unless the restoring had `begun` before."""
    if not begun and any(db[name].find_one() for name in EMPTY):
        raise StartupError(f"The database {db.name} is in use. A backup is restored into an unused one.")
    with ExitStack() as files:
        collections = {
            name: files.enter_context(_fetched(repository, manifest["files"][f"{name}.bson.gz"], name))
            for name in manifest["collections"]
        }
        dump.load(db, collections)


def _restore(originals: Storage, repository: Repository, original: Original) -> bool:
    try:
        with repository.fetch(repository.originals, original.key) as file:
            whole = hash_of(file) == original.sha256
            originals.put(original.key, file)
    except (NotFound, StartupError):
        return False
    return whole


def _inside(name: str) -> Path:
    """A path that leads nowhere but down, whoever wrote the backup."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise StartupError(f"The backup holds a file of a forbidden name: {name}")
    return path


def _chosen(repository: Repository, snapshot: str | None) -> dict[str, Any]:
    if snapshot is not None:
        return repository.manifest(snapshot)
    manifests = repository.manifests()
    if not manifests:
        raise StartupError("There is no whole snapshot in this backup.")
    return manifests[-1]


@contextmanager
def _fetched(repository: Repository, kept: dict[str, Any], name: str) -> Iterator[Path]:
    with repository.fetch(repository.snapshots, kept["key"]) as file:
        if hash_of(file) != kept["sha256"]:
            raise StartupError(f"{name} is damaged in this backup. Try an older one with --snapshot.")
        yield file
