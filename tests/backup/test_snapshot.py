"""What a snapshot does when things change while it is made, and which snapshots stay."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from picturerail.backup.repository import Repository, scratch_folder
from picturerail.backup.retention import prune
from picturerail.backup.snapshot import Made, SnapshotSource, make
from picturerail.backup.verification import verify
from picturerail.database import Database
from picturerail.storage import keys
from picturerail.storage.filesystem import FileStorage


class Library:
    """Originals in a folder, and the documents that name them."""

    def __init__(self, db: Database, data: Path) -> None:
        self.db, self.data = db, data
        self.originals = FileStorage(data / "originals")

    def add(self, content: bytes) -> str:
        key, path = keys.new_original(), self.data / secrets.token_hex(8)
        path.write_bytes(content)
        self.originals.put(key, path)
        self.db["assets"].insert_one(
            {
                "resource_type": "image",
                "type": "upload",
                "public_id": key,
                "asset_id": key,
                "original": key,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        return key

    def remove(self, key: str) -> None:
        self.db["assets"].delete_one({"original": key})
        self.originals.delete(key)


@pytest.fixture
def library(database: Database, tmp_path: Path) -> Library:
    (tmp_path / "data").mkdir()
    return Library(database, tmp_path / "data")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with scratch_folder(tmp_path) as scratch:
        yield Repository.of(str(tmp_path / "backup"), scratch, create=True)


def back_up(library: Library, repository: Repository, originals: FileStorage | None = None) -> Made:
    source = SnapshotSource(library.db, originals or library.originals, library.data)
    return make(source, repository, lambda _: None)


def test_an_original_that_is_deleted_under_the_copy_is_no_loss(
    library: Library, repository: Repository
) -> None:
    stays, goes = library.add(b"stays"), library.add(b"goes")

    class Vanishing(FileStorage):
        @contextmanager
        def local(self, key: str) -> Iterator[Path]:
            library.remove(goes)
            with super().local(key) as path:
                yield path

    made = back_up(library, repository, Vanishing(library.data / "originals"))
    assert made.missing == []
    assert {stored.key for stored in repository.originals.list()} == {stays}
    assert list(verify(repository)) == []


def test_what_is_lost_or_damaged_already_is_told(library: Library, repository: Repository) -> None:
    lost, damaged = library.add(b"lost"), library.add(b"damaged")
    library.originals.delete(lost)
    (library.data / "originals" / damaged).write_bytes(b"changed")
    made = back_up(library, repository)
    assert (made.missing, made.damaged) == ([lost], [damaged])
    assert list(verify(repository)) == []  # the backup is what was there


def test_the_newest_snapshots_stay_with_all_that_they_name(library: Library, repository: Repository) -> None:
    first = library.add(b"first")
    back_up(library, repository)
    library.remove(first)
    second = library.add(b"second")
    back_up(library, repository)
    assert {stored.key for stored in repository.originals.list()} == {first, second}
    assert prune(repository, 1) == 1
    assert {stored.key for stored in repository.originals.list()} == {second}
    assert len(repository.manifests()) == 1
    assert list(verify(repository)) == []


class FullDisk(FileStorage):
    """A disk with room for one more file."""

    room = 1

    def put(self, key: str, source: Path) -> None:
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= 1
        super().put(key, source)


def test_a_snapshot_for_which_the_disk_has_no_room_leaves_nothing_but_originals(
    library: Library, repository: Repository, tmp_path: Path
) -> None:
    key = library.add(b"one")
    source = SnapshotSource(library.db, library.originals, library.data)
    full = replace(repository, snapshots=FullDisk(tmp_path / "backup" / "snapshots"))
    with pytest.raises(OSError, match="No space left"):
        make(source, full, print)
    assert not list(full.snapshots.list())
    assert [each.key for each in repository.originals.list()] == [key], "the next run need not copy it again"
    assert make(source, repository, print).copied == 0
    assert not list(verify(repository))


def test_a_changed_byte_is_found(library: Library, repository: Repository) -> None:
    key = library.add(b"a picture")
    back_up(library, repository)
    (Path(repository.originals.root) / key).write_bytes(b"A picture")  # type: ignore[attr-defined]
    assert list(verify(repository)) == [f"original {key} is missing or damaged"]
