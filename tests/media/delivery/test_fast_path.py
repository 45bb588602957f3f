"""In front of everything: a stored picture that a path is known to lead to."""

import hashlib
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.fastpath import MAX_HELD, FastPath
from picturerail.media.delivery.cache.url_index import MAX_PATH, IndexEntry, Lease, UrlIndex
from picturerail.storage.filesystem import FileStorage

PATH = "/cloud/image/upload/a.jpg"
SENT: tuple[tuple[str, dict[str, str]], ...] = (("GET", {}), ("HEAD", {}), ("GET", {"if-none-match": '"x"'}))


@pytest.fixture
def fast(tmp_path: Path) -> FastPath:
    (tmp_path / "made").write_bytes(b"fast")
    store = FileStorage(tmp_path / "store")
    store.put("ab/made", tmp_path / "made")
    return FastPath(
        lambda *_: [b"slow"], UrlIndex(), BodyCache(store, 10**6), lambda key: None, lambda length: None
    )


def learn(fast: FastPath, path: str = PATH, accept: str | None = None) -> None:
    fast.url_index.learn(path, accept, IndexEntry("ab/made", 4, zlib.crc32(b"fast"), {"ETag": '"x"'}))


def ask(fast: FastPath, path: str = PATH, **environ: str) -> bytes:
    given: dict[str, Any] = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "PATH_INFO": path}
    return b"".join(fast({**given, **environ}, lambda *_: lambda _: None))


def test_what_is_known_is_answered_and_what_is_not_is_passed_on(fast: FastPath) -> None:
    assert ask(fast) == b"slow"
    learn(fast)
    assert ask(fast) == b"fast"
    assert ask(fast, HTTP_IF_NONE_MATCH='"x"') == b""
    assert ask(fast, REQUEST_METHOD="HEAD") == b""


@pytest.mark.parametrize("query", ["_a=BAMAROfk0", "utm_source=mail", "1", "&"])
def test_a_query_that_names_nothing_is_no_matter(fast: FastPath, query: str) -> None:
    """SDKs add one to each address that they build."""
    learn(fast)
    assert ask(fast, QUERY_STRING=query) == b"fast"


def test_another_class_of_browsers_is_passed_on(fast: FastPath) -> None:
    learn(fast, accept="webp")
    assert ask(fast, HTTP_ACCEPT="image/webp") == b"fast"
    assert ask(fast, HTTP_ACCEPT="image/avif,image/webp") == b"slow"


@pytest.mark.parametrize(
    "environ",
    [
        {"QUERY_STRING": "__cld_token__=x"},
        {"QUERY_STRING": "_a=BAMAROfk0&__cld_token__=x"},
        {"QUERY_STRING": "__cld%5ftoken__=x"},
        {"HTTP_RANGE": "bytes=0-3"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_IF_NONE_MATCH": '"y"'},
    ],
)
def test_what_is_not_one_plain_picture_is_passed_on(fast: FastPath, environ: dict[str, str]) -> None:
    learn(fast)
    assert ask(fast, **environ) == b"slow"


def test_a_file_that_has_gone_is_forgotten(fast: FastPath, tmp_path: Path) -> None:
    learn(fast)
    (tmp_path / "store/ab/made").unlink()
    assert ask(fast) == b"slow"
    assert fast.url_index.find("GET", PATH, "", {}) is None


def test_paths_too_long_to_be_linked_to_are_not_learnt(fast: FastPath) -> None:
    usual, long = "/c/" + "a" * (MAX_PATH - 3), "/c/" + "/" * MAX_PATH
    for path in (usual, long):
        learn(fast, path)
    assert ask(fast, usual) == b"fast"
    assert ask(fast, long) == b"slow"


def test_the_door_gets_from_memory_what_is_there_and_small_enough_and_counts_it_once(fast: FastPath) -> None:
    counted: list[int] = []
    fast = replace(fast, count=counted.append)
    learn(fast)
    assert fast.from_memory("GET", PATH, "", {}, 4) is None, "nobody has read it yet"
    fast.read(IndexEntry("ab/made", 4, zlib.crc32(b"fast"), {"ETag": '"x"'}), PATH)
    assert fast.from_memory("GET", PATH, "", {}, 3) is None
    assert not counted
    status, headers, body = fast.from_memory("GET", PATH, "", {}, 4) or (0, [], b"")
    assert (status, body) == (200, b"fast")
    assert ("Content-Length", "4") in headers
    assert counted == [4]
    assert (fast.from_memory("GET", PATH, "", {"if-none-match": '"x"'}, 4) or [0])[0] == 304
    for name in ("range", "if-match", "if-unmodified-since", "if-modified-since"):
        assert fast.from_memory("GET", PATH, "", {name: "x"}, 4) is None


def original(fast: FastPath, tmp_path: Path, content: bytes, lease: Lease) -> FastPath:
    """A path that leads to an original for as long as the lease holds."""
    originals = FileStorage(tmp_path / "originals")
    (tmp_path / "came").write_bytes(content)
    originals.put("ab/came", tmp_path / "came")
    bodies = BodyCache(fast.bodies._store, 10**6, originals)
    checksum = hashlib.sha256(content).hexdigest()
    fast.url_index.learn(PATH, None, IndexEntry("ab/came", len(content), checksum, {"ETag": '"x"'}, lease))
    return replace(fast, bodies=bodies, original_file=lambda key: originals.root / key)


def begun(fast: FastPath) -> Lease:
    lease = Lease.begin(fast.bodies._store)
    assert lease is not None
    return lease


def test_an_original_is_answered_until_anything_is_removed(fast: FastPath, tmp_path: Path) -> None:
    lease = begun(fast)
    kept = original(fast, tmp_path, b"came", lease)
    assert [ask(kept), ask(kept, HTTP_IF_NONE_MATCH='"x"')] == [b"came", b""]
    assert kept.from_memory("GET", PATH, "", {}, 100) is not None
    fast.bodies._store.delete("ab/another")
    assert kept.from_memory("GET", PATH, "", {}, 100) is None
    assert ask(kept) == b"slow"
    assert ask(original(fast, tmp_path, b"came", lease)) == b"slow", "it was looked up before the removal"
    assert ask(original(fast, tmp_path, b"came", begun(fast))) == b"came"


def test_an_original_is_looked_up_again_after_a_while(fast: FastPath, tmp_path: Path) -> None:
    over = begun(fast)._replace(until=time.monotonic() - 1)
    assert ask(original(fast, tmp_path, b"came", over)) == b"slow"


def test_a_damaged_original_is_passed_on(fast: FastPath, tmp_path: Path) -> None:
    kept = original(fast, tmp_path, b"came", begun(fast))
    (tmp_path / "originals" / "ab" / "came").write_bytes(b"cake")
    assert ask(kept) == b"slow"


def test_a_large_original_is_sent_by_its_path_and_never_read(fast: FastPath, tmp_path: Path) -> None:
    content = bytes(MAX_HELD + 1)
    kept = original(fast, tmp_path, content, begun(fast))
    entry = kept.find("GET", PATH, "", {})
    assert entry is not None
    assert kept.whole_file(entry) == tmp_path / "originals" / "ab" / "came"
    assert [kept.head(entry, method, given)[::2] for method, given in SENT] == [
        (200, True),
        (200, False),
        (304, False),
    ]
    assert kept.read(entry, PATH) is None
    assert ask(kept) == b"slow"
