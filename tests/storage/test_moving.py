"""Moving a library from a folder to S3 and back, while it is read and changed, and after being interrupted."""

import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner

from picturerail.cli import main
from picturerail.errors import NotFound
from picturerail.settings import kept_secrets
from picturerail.storage.base import Storage
from picturerail.storage.filesystem import FileStorage
from picturerail.storage.migration import Moved, MovingStorage, move
from picturerail.storage.objects import ObjectStorage


@pytest.fixture
def stores(tmp_path: Path, s3_url: str) -> tuple[Storage, Storage]:
    return FileStorage(tmp_path / "folder"), ObjectStorage(s3_url, tmp_path.name, tmp_path, name="It")


def put(storage: Storage, key: str, content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    storage.put(key, source)


def read(storage: Storage, key: str) -> bytes:
    with storage.open(key) as file:
        return file.read()


def last(steps: Iterable[Moved]) -> Moved:
    *_, done = steps
    return done


@pytest.mark.parametrize("way", ["to S3", "back"])
def test_everything_arrives_and_nothing_is_copied_twice(
    stores: tuple[Storage, Storage], tmp_path: Path, way: str
) -> None:
    old, new = stores if way == "to S3" else stores[::-1]
    library = {f"ab/{number}": os.urandom(number * 5000) for number in range(1, 31)}
    library["ab/large"] = os.urandom(9_000_000)
    for key, content in library.items():
        put(old, key, content, tmp_path)
    interrupted = next(itertools.islice(move(old, new), 9, None))
    assert interrupted.copied == 10
    done = last(move(old, new))
    assert (done.copied, done.there, done.wrong) == (21, 10, 0)
    assert {key: read(new, key) for key in library} == library
    assert last(move(old, new)).copied == 0


def test_it_serves_meanwhile(stores: tuple[Storage, Storage], tmp_path: Path) -> None:
    old, new = stores
    put(old, "ab/old", b"old", tmp_path)
    put(old, "ab/gone", b"gone", tmp_path)
    both = MovingStorage(new, old)
    put(both, "ab/new", b"new", tmp_path)
    assert [read(both, key) for key in ("ab/old", "ab/new")] == [b"old", b"new"]
    assert both.may_hold("ab/old")
    assert both.may_hold("ab/new")
    assert sorted(stored.key for stored in both.list()) == ["ab/gone", "ab/new", "ab/old"]
    assert both.delete("ab/gone") == 1
    last(move(old, new))
    assert sorted(stored.key for stored in new.list()) == ["ab/new", "ab/old"]
    with pytest.raises(NotFound):
        read(both, "ab/gone")
    with both.local("ab/old") as path:
        assert path.read_bytes() == b"old"


def test_what_is_deleted_while_it_is_copied_does_not_come_back(
    stores: tuple[Storage, Storage], tmp_path: Path
) -> None:
    old, new = stores
    put(old, "ab/x", b"x", tmp_path)

    class Unlucky(FileStorage):
        """Somebody deletes the object between reading it and comparing it."""

        def open(self, key: str) -> BinaryIO:
            file = super().open(key)
            old.delete(key)
            return file

    last(move(Unlucky(tmp_path / "folder"), new))
    assert list(new.list()) == []


def test_check_finds_a_copy_that_differs(stores: tuple[Storage, Storage], tmp_path: Path) -> None:
    old, new = stores
    put(old, "ab/x", b"right", tmp_path)
    put(new, "ab/x", b"wrong", tmp_path)
    assert last(move(old, new)).there == 1
    done = last(move(old, new, check=True))
    assert (done.copied, done.wrong) == (1, 0)
    assert read(new, "ab/x") == b"right"


def test_the_command_moves_both_libraries_and_can_empty_the_old_one(
    tmp_path: Path, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, place = tmp_path / "data", s3_url.replace("/?", "?").replace("?", f"/{tmp_path.name}?")
    kept_secrets(data)  # as the first start leaves it
    for folder in ("originals", "derived"):
        put(FileStorage(data / folder), "ab/x", folder.encode(), tmp_path)
    refused = CliRunner().invoke(main, ["storage", "move", "--data", str(data)])
    assert (refused.exit_code, "PICTURERAIL_STORE_BEFORE" in refused.output) == (1, True)
    monkeypatch.setenv("PICTURERAIL_STORE", place)
    monkeypatch.setenv("PICTURERAIL_STORE_BEFORE", "folder")
    done = CliRunner().invoke(main, ["storage", "move", "--delete", "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "originals: 1 copied" in done.output
    for folder in ("originals", "derived"):
        assert read(ObjectStorage(place, folder, tmp_path, name="It"), "ab/x") == folder.encode()
        assert list(FileStorage(data / folder).list()) == []
