"""Purges: what edges hold is known, forgotten in time on all of them, and by those that were away too."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from picturerail import processes
from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.edge.format_class import format_class
from picturerail.edge.purging import purger, queue
from picturerail.edge.purging.targets import HttpCdn, Kept, NginxEdge, PurgeFailed
from picturerail.media import cdn
from picturerail.media.asset import Identity
from tests.edge.conftest import SECRET, SITE, Running, settings_of, start_edge
from tests.edge.origin import Answer, Origin, picture
from tests.edge.test_cache import AVIF, PICTURE, WEBP, get
from tests.service import wait_until

ASSET = Identity("image", "upload", "a")
JOBS = 2  # for each purge of a picture: its own copies, and those of pictures on which it lies


@pytest.fixture
def two(origin: Origin, tmp_path: Path) -> Iterator[list[Running]]:
    """Two edges that know nothing of each other."""
    running = [start_edge(tmp_path / name, origin.address, name=name) for name in ("one", "two")]
    yield running
    for edge in running:
        edge.close()


def target(edge: Running) -> NginxEdge:
    return NginxEdge(edge.edge.inner, SECRET, SITE)


def note(db: Database, tmp_path: Path, path: str, accept: str, addresses: str) -> tuple[Any, ...]:
    """An edge asks the origin for `path`; status and headers of the answer."""
    settings = settings_of(tmp_path, edges=addresses, cloud_name="picturerail")

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    raw, _, query = path.partition("?")
    environ = {"PATH_INFO": raw, "REQUEST_METHOD": "GET", "QUERY_STRING": query, "HTTP_ACCEPT": accept}
    environ["picturerail.edge"] = "yes"
    said: list[Any] = []
    cdn.remembering(db, settings, app)(environ, lambda *answer: said.extend(answer))  # type: ignore[arg-type]
    return tuple(said)


def purge(db: Database, tmp_path: Path, running: list[Running], *, soft: bool) -> None:
    addresses = ",".join(edge.edge.inner for edge in running)
    cdn.purge(db, settings_of(tmp_path, edges=addresses), ASSET, soft=soft)


def test_the_class_of_a_copy_is_that_of_nginx(edge: Running, origin: Origin) -> None:
    paths = [PICTURE, "/picturerail/image/upload/w_1,f_auto/a", "/picturerail/image/upload/t_small/a",
             "/picturerail/image/upload/w_1/a.jpg", "/picturerail/image/upload/f_png/a"]  # fmt: skip
    for path in paths:
        for accept in (AVIF, WEBP, "*/*"):
            get(edge, path, {"Accept": accept})
            name = format_class(path, origin.asked[-1].headers["accept"])
            if origin.asked[-1].path == path:
                target(edge).purge([Kept(path, name)], soft=False)
            assert get(edge, path, {"Accept": accept})[1]["X-Cache"] in ("MISS", "HIT")
    target(edge).purge([Kept(PICTURE, "avif")], soft=False)
    assert get(edge, PICTURE, {"Accept": AVIF})[1]["X-Cache"] == "MISS"
    assert get(edge, PICTURE, {"Accept": WEBP})[1]["X-Cache"] == "HIT"


@pytest.mark.parametrize("soft", [True, False])
def test_both_edges_forget_every_copy(
    database: Database, tmp_path: Path, two: list[Running], origin: Origin, soft: bool
) -> None:
    addresses = ",".join(edge.edge.inner for edge in two)
    forms = [(PICTURE, AVIF), (PICTURE, WEBP), ("/picturerail/image/upload/a", "*/*"),
             ("/picturerail/image/upload/w_1/v2/a.png", "*/*"),
             ("/picturerail/image/upload/w_1/b.png", "*/*")]  # fmt: skip
    for path, accept in forms:
        for edge in two:
            get(edge, path, {"Accept": accept})
        note(database, tmp_path, path, origin.asked[-1].headers["accept"], addresses)
    asked = len(origin.asked)
    purge(database, tmp_path, two, soft=soft)
    for edge in two:
        assert purger.deliver(database, target(edge)) == JOBS
    for edge in two:
        caches = [get(edge, path, {"Accept": accept})[1]["X-Cache"] for path, accept in forms]
        assert caches == ["HIT" if soft else "MISS"] * 4 + ["HIT"], "b was not purged"
    assert len(origin.asked) == asked + 8
    time.sleep(queue.AGAIN.total_seconds())
    assert [purger.deliver(database, target(edge)) for edge in two] == [JOBS, JOBS], (
        "a second time, against the race"
    )
    assert database["purges"].count_documents({}) == 0


def test_a_soft_purge_serves_the_old_copy_until_the_new_one_is_there(edge: Running, origin: Origin) -> None:
    old = get(edge, PICTURE)[2]

    def slow(asked: Any) -> Any:
        answer = picture(asked)
        answer.delay, answer.body = 3.0, b"new"
        return answer

    origin.answer = slow
    refresh = threading.Thread(target=lambda: target(edge).purge([Kept(PICTURE, "other")], soft=True))
    refresh.start()
    assert get(edge, PICTURE)[2] == old
    assert refresh.is_alive()
    refresh.join()
    wait_until(lambda: get(edge, PICTURE)[2] == b"new")


def test_what_cannot_be_refreshed_is_removed(edge: Running, origin: Origin) -> None:
    get(edge, PICTURE)
    origin.stop()
    target(edge).purge([Kept(PICTURE, "other")], soft=True)
    assert get(edge, PICTURE)[0] == 503


def test_an_edge_that_was_away_catches_up(
    database: Database, tmp_path: Path, two: list[Running], origin: Origin
) -> None:
    for edge in two:
        get(edge, PICTURE)
    note(database, tmp_path, PICTURE, "*/*", "x:1")
    processes.stop(two[1].process)
    purge(database, tmp_path, two, soft=False)
    assert purger.deliver(database, target(two[0])) == JOBS
    with pytest.raises(PurgeFailed):
        purger.deliver(database, target(two[1]))
    two[1].restart()
    assert get(two[1], PICTURE)[1]["X-Cache"] == "HIT", "its disk still holds it"
    time.sleep(queue.AGAIN.total_seconds())
    assert purger.deliver(database, target(two[1])) == 2 * JOBS
    assert get(two[1], PICTURE)[1]["X-Cache"] == "MISS"


def test_what_is_gone_stays_gone(edge: Running, origin: Origin) -> None:
    """An open file of a removed copy must not be served again, also while nginx still loads its cache."""
    for _ in range(3):
        get(edge, PICTURE)
    origin.answer = lambda asked: Answer(
        404, {"Content-Type": "text/plain", "Cache-Control": "no-store"}, b""
    )
    target(edge).purge([Kept(PICTURE, "other")], soft=False)
    assert [get(edge, PICTURE)[0] for _ in range(6)] == [404] * 6


def test_one_process_delivers_and_another_takes_over(database: Database) -> None:
    assert purger._leads(database, "edge", "first")
    assert not purger._leads(database, "edge", "second")
    assert purger._leads(database, "edge", "first")
    database["edges"].update_one({"_id": "edge"}, {"$set": {"until": datetime.now(UTC)}})
    time.sleep(0.01)
    assert purger._leads(database, "edge", "second")
    assert not purger._leads(database, "edge", "first")


def test_nothing_is_noted_of_strangers_and_failures(database: Database, tmp_path: Path) -> None:
    note(database, tmp_path, "/gallery/", "*/*", "x:1")
    note(database, tmp_path, "/picturerail/image/nonsense/a", "*/*", "x:1")
    note(database, tmp_path, f"{PICTURE}?__cld_token__=x", "*/*", "x:1")
    assert database["edge_copies"].count_documents({}) == 0


def test_what_cannot_be_noted_is_sent_but_not_kept(tmp_path: Path) -> None:
    """A copy that nobody knows of could never be purged."""
    away = database_of(connect("mongodb://127.0.0.1:1/gallery", serverSelectionTimeoutMS=100))
    said = note(away, tmp_path, PICTURE, "*/*", "x:1")
    assert said == ("200 OK", [("X-Accel-Expires", "0")])


class Cdn(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, str, bytes]]
    status = 200

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PURGE = do_POST = _answer

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def http_cdn() -> Iterator[tuple[str, type[Cdn]]]:
    handler = type("Handler", (Cdn,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()


def test_another_cdn_is_purged_by_method_or_by_one_post(http_cdn: tuple[str, type[Cdn]]) -> None:
    url, handler = http_cdn
    copies = [Kept("/p/image/upload/f_auto/a", name) for name in ("avif", "webp")]
    HttpCdn(url, "PURGE", "token").purge(copies, soft=True)
    HttpCdn("https://cdn.example", f"{url}/zones/1/purge", "token").purge(copies, soft=False)
    assert handler.seen == [
        ("PURGE", "/p/image/upload/f_auto/a", "Bearer token", b""),
        (
            "POST",
            "/zones/1/purge",
            "Bearer token",
            b'{"files": ["https://cdn.example/p/image/upload/f_auto/a"]}',
        ),
    ]
    handler.status = 500
    with pytest.raises(PurgeFailed):
        HttpCdn(url, "PURGE", "").purge(copies, soft=False)
