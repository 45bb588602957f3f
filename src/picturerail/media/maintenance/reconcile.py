"""Compare documents and files of the media service, and repair what can be: `picturerail doctor`.

Safe while the server runs: what is younger than an hour may be work in progress, and is left alone.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeAlias, TypeVar

from picturerail.database import Database, Document
from picturerail.errors import NotFound
from picturerail.media.store import backups
from picturerail.media.stores import derived_store, original_store
from picturerail.settings import Settings
from picturerail.spool import hash_file
from picturerail.storage import keys
from picturerail.storage.base import Storage, Stored

GRACE_SECONDS = 3600
CHUNKS_GRACE_SECONDS = 24 * 3600
BATCH = 1000

Item = TypeVar("Item")
Known: TypeAlias = Callable[[list[str]], set[str]]


@dataclass
class ReconcileReport:
    """What was found. `lost` and `damaged` name public_ids; the others name files or records that repair removes."""

    assets: int = 0
    derived: int = 0
    lost: list[str] = field(default_factory=list)  # assets without their bytes
    damaged: list[str] = field(default_factory=list)  # assets whose bytes are not those that came
    orphaned_originals: list[str] = field(default_factory=list)
    orphaned_derived: list[str] = field(default_factory=list)  # files without a record
    stale_records: list[str] = field(default_factory=list)  # records without a good file, or without an asset
    leftovers: list[Path] = field(default_factory=list)  # in the spool

    @property
    def clean(self) -> bool:
        """True when there is nothing to say."""
        return not any(self.findings().values())

    def findings(self) -> dict[str, int]:
        """How many of each kind, in words."""
        return {
            "assets without their original": len(self.lost),
            "assets with a damaged original": len(self.damaged),
            "originals without an asset": len(self.orphaned_originals),
            "derived files without a record": len(self.orphaned_derived),
            "derived records without a good file or an asset": len(self.stale_records),
            "leftover uploads": len(self.leftovers),
        }


def check(
    settings: Settings, db: Database, *, grace: float = GRACE_SECONDS, deep: bool = False
) -> ReconcileReport:
    """Compare everything; files younger than `grace` seconds are left out. `deep` reads and hashes all originals."""
    before = time.time() - grace
    report = ReconcileReport()
    originals, store = original_store(settings), derived_store(settings)
    _check_assets(db, originals, report, deep=deep)
    report.orphaned_originals = list(
        _unknown(originals.list(), before, lambda names: _needed_originals(db, names))
    )
    _check_derived(db, store, before, report)
    report.leftovers = list(_leftovers(settings.spool_folder, before, grace))
    return report


def repair(settings: Settings, db: Database, report: ReconcileReport) -> None:
    """Remove the orphans of a report. Lost and damaged originals stay as they are: only a backup has them."""
    originals, store = original_store(settings), derived_store(settings)
    for key in report.stale_records:
        db["derived"].delete_one({"_id": key})
        store.delete(key)
    for key in report.orphaned_derived:
        if db["derived"].find_one({"_id": key}, {"_id": 1}) is None:
            store.delete(key)
    for key in report.orphaned_originals:
        if not _needed_originals(db, [key]):
            originals.delete(key)
    for path in report.leftovers:
        _remove(path)


def sweep_spool(settings: Settings) -> int:
    """Remove what uploads that were broken off have left; how much it was. Run when a server starts."""
    found = list(_leftovers(settings.spool_folder, time.time() - GRACE_SECONDS, GRACE_SECONDS))
    for path in found:
        _remove(path)
    return len(found)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _check_assets(db: Database, originals: Storage, report: ReconcileReport, *, deep: bool) -> None:
    for asset in db["assets"].find({}, {"public_id": 1, "original": 1, "bytes": 1, "sha256": 1}):
        report.assets += 1
        found = _look(originals, asset, deep=deep)
        if found and _known_originals(db, [asset["original"]]):  # still the same asset
            (report.lost if found == "lost" else report.damaged).append(asset["public_id"])


def _look(originals: Storage, asset: Document, *, deep: bool) -> str:
    try:
        with originals.local(asset["original"]) as path:
            same = path.stat().st_size == asset["bytes"]
            if same and deep:
                same = hash_file(path).sha256 == asset["sha256"]
            return "" if same else "damaged"
    except NotFound:
        return "lost"


def _check_derived(db: Database, store: Storage, before: float, report: ReconcileReport) -> None:
    files = {stored.key: stored for stored in store.list()}
    recorded = set()
    records = db["derived"].find({}, {"bytes": 1, "original": 1})
    for batch in _batches(records):
        known = _known_originals(db, {record["original"] for record in batch})
        for record in batch:
            report.derived += 1
            recorded.add(record["_id"])
            file = files.get(record["_id"])
            if record["original"] not in known or file is None or file.bytes != record["bytes"]:
                report.stale_records.append(record["_id"])
    report.stale_records = _still_stale(db, store, report.stale_records)
    report.orphaned_derived = [
        key for key, file in files.items() if key not in recorded and file.modified < before
    ]


def _still_stale(db: Database, store: Storage, suspects: list[str]) -> list[str]:
    """Look again, one by one: what was made or evicted while we compared is not a finding."""
    return [key for key in suspects if _is_stale(db, store, key)]


def _is_stale(db: Database, store: Storage, key: str) -> bool:
    record = db["derived"].find_one({"_id": key})
    if record is None:
        return False
    try:
        with store.open(key) as file:
            good = file.seek(0, 2) == record["bytes"]
    except NotFound:
        good = False
    return not (good and _known_originals(db, [keys.original_of(key)]))


def _unknown(stored: Iterator[Stored], before: float, known: Known) -> Iterator[str]:
    for batch in _batches(stored):
        old = [each.key for each in batch if each.modified < before]
        there = known(old)
        yield from (key for key in old if key not in there)


def _known_originals(db: Database, originals: Iterable[str]) -> set[str]:
    wanted = list(originals)
    query = {"original": {"$in": wanted}}
    return {asset["original"] for asset in db["assets"].find(query, {"original": 1})}


def _needed_originals(db: Database, originals: Iterable[str]) -> set[str]:
    """Those that an asset or a backup has."""
    wanted = list(originals)
    return _known_originals(db, wanted) | backups.originals(db, wanted)


def _leftovers(spool: Path, before: float, grace: float) -> Iterator[Path]:
    chunks = spool / "chunks"
    for path in spool.iterdir() if spool.exists() else ():
        if path != chunks and path.stat().st_mtime < before:
            yield path
    unfinished = time.time() - max(grace, CHUNKS_GRACE_SECONDS)
    for folder in chunks.iterdir() if chunks.exists() else ():
        if folder.stat().st_mtime < unfinished:
            yield folder


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
