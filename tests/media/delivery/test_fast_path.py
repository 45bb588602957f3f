"""In front of everything: who asks for what somebody else is asking for waits for him."""

import threading
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from picturerail.media.delivery.cache.body_cache import BodyCache
from picturerail.media.delivery.cache.coalescing import Coalescing
from picturerail.media.delivery.cache.fastpath import FastPath
from picturerail.media.delivery.cache.url_index import IndexEntry, UrlIndex
from picturerail.storage.filesystem import FileStorage

CROWD = 12


class App:
    """The application behind: counts its calls, and answers when it is told to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.go_on = threading.Event()
        self.before: Callable[[str], None] = lambda path: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls.append(environ["PATH_INFO"])
        assert self.go_on.wait(10)
        self.before(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"slow"]


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fast(app: App, tmp_path: Path) -> FastPath:
    (tmp_path / "made").write_bytes(b"fast")
    store = FileStorage(tmp_path / "store")
    store.put("ab/made", tmp_path / "made")
    coalescing = Coalescing("/cloud/image/upload/", CROWD - 1, 10)
    return FastPath(
        app, UrlIndex(), BodyCache(store, 10**6), coalescing, lambda key: None, lambda length: None
    )


def crowd(fast: FastPath, app: App, path: str, accept: Iterable[str], **environ: str) -> list[bytes]:
    """What each of many answers is, when all ask before the first is answered."""

    def ask(accept: str) -> bytes:
        given = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "PATH_INFO": path, "HTTP_ACCEPT": accept}
        return b"".join(fast({**given, **environ}, lambda *_: lambda _: None))

    with ThreadPoolExecutor(2 * CROWD) as pool:
        asked = [pool.submit(ask, each) for each in accept]
        threading.Timer(0.3, app.go_on.set).start()
        return [one.result() for one in asked]


def learn(fast: FastPath, path: str, accept: str | None) -> None:
    fast.url_index.learn(path, accept, IndexEntry("ab/made", 4, zlib.crc32(b"fast"), {"ETag": "x"}))


def test_one_goes_on_and_the_others_get_what_it_learnt(fast: FastPath, app: App) -> None:
    app.before = lambda path: learn(fast, path, None)
    got = crowd(fast, app, "/cloud/image/upload/a.jpg", ["*/*"] * CROWD)
    assert len(app.calls) == 1
    assert sorted(got) == [b"fast"] * (CROWD - 1) + [b"slow"]


def test_no_more_wait_than_may(fast: FastPath, app: App) -> None:
    app.before = lambda path: learn(fast, path, None)
    crowd(fast, app, "/cloud/image/upload/a.jpg", ["*/*"] * (CROWD + 3))
    assert len(app.calls) == 4


def test_nothing_learnt_lets_all_go_on(fast: FastPath, app: App) -> None:
    got = crowd(fast, app, "/cloud/image/upload/a.jpg", ["*/*"] * CROWD)
    assert (len(app.calls), got) == (CROWD, [b"slow"] * CROWD)


def test_an_error_of_the_first_does_not_stop_the_others(fast: FastPath, app: App) -> None:
    def fail_once(path: str) -> None:
        app.before = lambda path: None
        raise RuntimeError(path)

    app.before = fail_once
    with pytest.raises(RuntimeError):
        crowd(fast, app, "/cloud/image/upload/a.jpg", ["*/*"] * 2)
    assert crowd(fast, app, "/cloud/image/upload/a.jpg", ["*/*"]) == [b"slow"]


def test_other_formats_do_not_wait(fast: FastPath, app: App) -> None:
    app.before = lambda path: learn(fast, path, "webp")
    crowd(fast, app, "/cloud/image/upload/a", ["image/webp", "image/avif", "*/*"])
    assert len(app.calls) == 3


@pytest.mark.parametrize(
    ("path", "environ"),
    [
        ("/v1_1/cloud/resources/image", {}),
        ("/cloud/image/fetch/https://example.org/a.jpg", {}),
        ("/cloud/image/upload/a.jpg", {"QUERY_STRING": "__cld_token__=x"}),
        ("/cloud/image/upload/a.jpg", {"HTTP_RANGE": "bytes=0-3"}),
        ("/cloud/image/upload/a.jpg", {"REQUEST_METHOD": "POST"}),
    ],
)
def test_what_is_not_one_plain_picture_never_waits(
    fast: FastPath, app: App, path: str, environ: dict[str, str]
) -> None:
    app.before = lambda path: learn(fast, path, None)
    assert crowd(fast, app, path, ["*/*"] * 3, **environ) == [b"slow"] * 3


def test_a_stored_answer_is_plain_values_without_a_web_framework(fast: FastPath) -> None:
    learn(fast, "/cloud/image/upload/a", "webp")
    path, accept = "/cloud/image/upload/a", "image/webp"
    whole = [("Content-Length", "4"), ("ETag", "x")]
    assert fast.answer(path, accept, None, "GET") == (200, whole, b"fast")
    assert fast.answer(path, accept, None, "HEAD") == (200, whole, b"")
    assert fast.answer(path, accept, "x", "GET") == (304, [("ETag", "x")], b"")
    assert fast.answer(path, accept, "y", "GET") is None
    assert fast.answer(path, "*/*", None, "GET") is None
    assert fast.answer("/cloud/image/upload/b", accept, None, "GET") is None
