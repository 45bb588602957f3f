"""What the memory of hot pictures holds, and that nothing removed is ever answered from it."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.storage.filesystem import FileStorage

SIZE = 1000


class Watched(FileStorage):
    """A folder that counts how often it is read."""

    reads = 0

    def open(self, key: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
        self.reads += 1
        return super().open(key)


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "store")


def put(store: FileStorage, key: str) -> bytes:
    content = key.encode() * (SIZE // len(key))
    source = store.root.parent / "source"
    source.write_bytes(content)
    store.put(key, source)
    return content


def read(bodies: BodyCache, key: str, content: bytes) -> bytes | None:
    return bodies.read(key, len(content), zlib.crc32(content))


def test_the_second_answer_needs_no_file(store: Watched) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    assert [read(bodies, "ab/one1", content) for _ in range(3)] == [content] * 3
    assert store.reads == 1


def test_what_was_removed_is_not_answered(store: Watched) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    assert read(bodies, "ab/one1", content)
    store.delete("ab")
    assert read(bodies, "ab/one1", content) is None


def test_a_removal_by_another_process_shows_at_once(store: Watched) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    assert read(bodies, "ab/one1", content)
    code = "from picturerail.storage.filesystem import FileStorage; import pathlib, sys; "
    code += "FileStorage(pathlib.Path(sys.argv[1])).delete('ab')"
    subprocess.run([sys.executable, "-c", code, str(store.root)], check=True)
    assert read(bodies, "ab/one1", content) is None


def test_a_removal_while_the_file_is_read_shows(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is taken before the file is opened: bytes read just before they went do not stay."""
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    opened = store.open

    def open_and_remove(key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        file = opened(key)
        store.delete(key)
        return file

    monkeypatch.setattr(store, "open", open_and_remove)
    assert read(bodies, "ab/one1", content) == content
    assert read(bodies, "ab/one1", content) is None


def test_damage_is_never_answered_nor_kept(store: Watched) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    (store.root / "ab/one1").write_bytes(b"x" + content[1:])
    assert read(bodies, "ab/one1", content) is None
    (store.root / "ab/one1").write_bytes(content)
    assert read(bodies, "ab/one1", content) == content


def test_the_memory_is_bounded_and_the_hottest_stay(store: Watched) -> None:
    bodies = BodyCache(store, 20 * SIZE)
    hot = put(store, "ab/hot1")
    for number in range(50):
        key = f"ab/c{number:03}"
        read(bodies, key, put(store, key))
        read(bodies, "ab/hot1", hot)
    assert store.reads == 51  # each of the others once, the hot one once
    kept = sum(len(body.content) for body in bodies._kept.values())
    assert kept == bodies._size <= 20 * SIZE


def test_a_body_too_large_for_the_memory_is_read_each_time(store: Watched) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 10 * SIZE)
    assert [read(bodies, "ab/one1", content) for _ in range(3)] == [content] * 3
    assert store.reads == 3


def test_a_store_without_marks_is_read_each_time(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    content, bodies = put(store, "ab/one1"), BodyCache(store, 100 * SIZE)
    monkeypatch.setattr(store, "mark", lambda: None)
    assert [read(bodies, "ab/one1", content) for _ in range(3)] == [content] * 3
    assert store.reads == 3
