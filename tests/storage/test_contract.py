"""The one suite that every storage must pass."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from picturerail.errors import NotFound, Unavailable
from picturerail.media.stores import derived_store, original_store
from picturerail.settings import load
from picturerail.storage import keys
from picturerail.storage.base import Storage
from picturerail.storage.filesystem import FileStorage
from picturerail.storage.objects import ObjectStorage


@pytest.fixture(params=["folder", "S3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A folder, and a real SeaweedFS: nothing but the place differs."""
    if request.param == "folder":
        return FileStorage(tmp_path / "store")
    return ObjectStorage(request.getfixturevalue("s3_url"), tmp_path.name, tmp_path, name="It")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def make(content: bytes) -> Path:
        path = tmp_path / f"source-{os.urandom(8).hex()}"
        path.write_bytes(content)
        return path

    return make


def read(storage: Storage, key: str) -> bytes:
    with storage.open(key) as stored:
        return stored.read()


def test_what_was_put_is_there_and_the_source_is_used_up(
    storage: Storage, file: Callable[[bytes], Path]
) -> None:
    source = file(b"picture")
    storage.put("ab/key", source)
    assert read(storage, "ab/key") == b"picture"
    assert not source.exists()
    with storage.local("ab/key") as path:
        assert path.read_bytes() == b"picture"


def test_put_again_replaces_whole(storage: Storage, file: Callable[[bytes], Path]) -> None:
    storage.put("ab/key", file(b"the first, longer one"))
    storage.put("ab/key", file(b"second"))
    assert read(storage, "ab/key") == b"second"


def test_a_mark_changes_with_each_removal_and_with_nothing_else(
    storage: Storage, file: Callable[[bytes], Path]
) -> None:
    """Or there is none, where others may remove without telling."""
    marks = [storage.mark()]
    if marks == [None]:
        return
    storage.put("ab/key", file(b"picture"))
    assert storage.mark() == marks[0]
    for prefix in ("ab/key", "ab/key", "ab"):  # a removal that was broken off is told when it is done again
        storage.delete(prefix)
        marks.append(storage.mark())
    assert len(set(marks)) == 4


def test_what_is_there_may_be_there(storage: Storage, file: Callable[[bytes], Path]) -> None:
    """And of what is not, a storage on this machine knows it."""
    storage.put("ab/key", file(b"picture"))
    assert storage.may_hold("ab/key")
    storage.delete("ab/key")
    assert storage.may_hold("ab/key") is not isinstance(storage, FileStorage)


def test_a_reader_keeps_what_it_opened(storage: Storage, file: Callable[[bytes], Path]) -> None:
    storage.put("ab/key", file(b"first"))
    with storage.open("ab/key") as stored:
        storage.put("ab/key", file(b"second"))
        assert stored.read() == b"first"


def test_missing_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.open("no/such")
    with pytest.raises(NotFound), storage.local("no/such"):
        pass


def test_delete_removes_one_or_all_below(storage: Storage, file: Callable[[bytes], Path]) -> None:
    for key in ("ab/one", "ab/two/x.jpg", "ab/two/y.jpg", "cd/three"):
        storage.put(key, file(b"."))
    assert storage.delete("ab/one") == 1
    assert storage.delete("ab/two") == 2
    assert storage.delete("ab/two") == 0
    assert {stored.key for stored in storage.list()} == {"cd/three"}


def test_list_tells_key_size_and_time(storage: Storage, file: Callable[[bytes], Path]) -> None:
    storage.put("ab/one", file(b"12345"))
    storage.put("cd/two", file(b"1"))
    (one,) = storage.list("ab")
    assert (one.key, one.bytes) == ("ab/one", 5)
    assert one.modified > 1_600_000_000
    assert list(storage.list("zz")) == []


def test_puts_and_deletes_at_once_tear_nothing(storage: Storage, file: Callable[[bytes], Path]) -> None:
    contents = {bytes([letter]) * 50_000 for letter in b"abcd"}
    seen: set[bytes] = set()

    def write(content: bytes) -> None:
        for _ in range(25):
            storage.put("ab/x/key", file(content))

    def remove() -> None:
        for _ in range(50):
            storage.delete("ab/x")
            try:
                seen.add(read(storage, "ab/x/key"))
            except NotFound:
                seen.add(b"")

    with ThreadPoolExecutor() as threads:
        done = [threads.submit(write, content) for content in contents] + [threads.submit(remove)]
    for each in done:
        each.result()
    storage.put("ab/x/key", file(b"last"))
    assert read(storage, "ab/x/key") == b"last"
    assert seen <= contents | {b""}


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/passwd", "a//b", ".hidden", "a/.", "", "a\0b"])
def test_keys_that_are_no_keys_are_refused(storage: Storage, key: str, file: Callable[[bytes], Path]) -> None:
    with pytest.raises((ValueError, NotFound)):
        storage.put(key, file(b"x"))
    with pytest.raises((ValueError, NotFound)):
        storage.open(key)


def test_planted_links_are_not_followed(tmp_path: Path, file: Callable[[bytes], Path]) -> None:
    storage = FileStorage(tmp_path / "store")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tmp_path / "store" / "ab").symlink_to(outside)
    (tmp_path / "store" / "cd").mkdir()
    (tmp_path / "store" / "cd" / "link").symlink_to(outside / "secret")
    for key in ("ab/secret", "cd/link"):
        with pytest.raises(NotFound):
            storage.open(key)
    with pytest.raises(NotFound):
        storage.put("ab/new", file(b"x"))
    storage.delete("cd/link")
    assert list(storage.list()) == []
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path, file: Callable[[bytes], Path]) -> None:
    storage = FileStorage(tmp_path / "store")
    (tmp_path / "store" / "ab").write_text("a file where a folder must be")
    source = file(b"x")
    with pytest.raises(Unavailable) as refused:
        storage.put("ab/key", source)
    assert refused.value.retry_after


def test_bytes_are_synced_before_the_name_and_the_folder_after(
    tmp_path: Path, file: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def record_fsync(handle: int) -> None:
        order.append(f"fsync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        fsync(handle)

    def record_replace(path: Path, target: Path) -> Path:
        order.append(f"rename {target.name}")
        return replace(path, target)

    storage = FileStorage(tmp_path / "store")
    source = file(b"x")
    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    storage.put("ab/key", source)
    assert order[-3:] == [f"fsync {source.name}", "rename key", "fsync ab"]
    assert order[:-3] == ["fsync store"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "%2e%2e%2f", "a\0b", "\r\n", "．．／", "\ud800", "x" * 10_000, ""]
)
def test_names_of_people_never_reach_a_path(name: str) -> None:
    key = keys.derived(keys.new_original(), name, "jpg")
    assert set(key) <= set("0123456789abcdef/.jpg")
    assert set(keys.chunked_upload(name)) <= set("0123456789abcdef")
    assert 0 <= keys.lock(name) < 2**60


def test_ids_come_in_order_and_tell_nothing_apart_from_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for milliseconds in (0, 1, 1_796_014_819_000, 1_796_014_819_001, 2**48 - 1):
        monkeypatch.setattr(time, "time_ns", partial(int, milliseconds * 1_000_000))
        made.append((keys.time_ordered(), keys.new_original()))
        assert {len(keys.time_ordered()), len(keys.new_original())} == {32, 35}
    assert [token for token, _ in made] == sorted(token for token, _ in made)
    assert len({token[12:] for token, _ in made}) == len(made)
    assert all(keys.original_of(keys.derived(original, "w_1", "jpg")) == original for _, original in made)


def test_originals_of_a_quarter_of_an_hour_lie_in_all_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = set()
    for second in range(1800):
        monkeypatch.setattr(time, "time_ns", partial(int, (1_796_014_819 + second) * 1_000_000_000))
        folders.add(keys.new_original()[:3])
    assert len(folders) == 256


def test_derived_keys_tell_everything_apart() -> None:
    original, other = keys.new_original(), keys.new_original()
    made = {keys.derived(o, i, e) for o in (original, other) for i in ("w_1", "w_2") for e in ("jpg", "png")}
    assert len(made) == 8
    assert keys.original_of(keys.derived(original, "w_1", "jpg")) == original
    with pytest.raises(ValueError, match="extension"):
        keys.derived(original, "w_1", "../x")
    with pytest.raises(ValueError, match="original"):
        keys.derived("../x", "w_1", "jpg")


@pytest.mark.parametrize(("durable", "synced"), [(True, True), (False, False)])
def test_only_what_must_last_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool, synced: bool
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    source = tmp_path / "source"
    source.write_bytes(b"x")
    FileStorage(tmp_path / "store", durable=durable).put("ab/x", source)
    assert bool(calls) is synced


def test_originals_are_synced_and_derived_images_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    settings = load({"PICTURERAIL_DATA": str(tmp_path)})
    for store, synced in ((original_store(settings), True), (derived_store(settings), False)):
        calls.clear()
        source = tmp_path / "source"
        source.write_bytes(b"x")
        store.put("ab/x", source)
        assert bool(calls) is synced
