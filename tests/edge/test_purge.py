"""Purges: what edges hold is known, forgotten in time on all of them, and by those that were away too."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from picturerail import clock, processes
from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.edge.format_class import format_class
from picturerail.edge.purges import purger, queue
from picturerail.edge.purges.targets import CLOCKS_APART, CachedUrl, HttpCdn, NginxEdge, PurgeFailed
from picturerail.jobs import queue as jobs
from picturerail.media import cdn
from picturerail.media.asset import Identity
from tests import purges
from tests.edge.client import AVIF, PICTURE, WEBP, get
from tests.edge.conftest import SECRET, SITE, Running, settings_of, start_edge
from tests.edge.origin import Answer, Origin, picture
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


def deliver(db: Database, edge: Running) -> int:
    """Deliver all that is due to one edge, and say how many jobs that were."""
    before = len(waiting_for(db, edge))
    worker = purger.worker(db, target(edge))
    while worker.step():
        pass
    return before - len(waiting_for(db, edge))


def later(db: Database, seconds: int) -> None:
    """Let time pass for all that waits."""
    db["jobs"].update_many({}, [{"$set": {"due_at": {"$subtract": ["$due_at", seconds * 1000]}}}])


def waiting_for(db: Database, edge: Running) -> list[Any]:
    return list(db["jobs"].find({"kind": queue.kind_of(target(edge))}))


def test_the_class_of_a_copy_is_that_of_nginx(edge: Running, origin: Origin) -> None:
    paths = [PICTURE, "/picturerail/image/upload/w_1,f_auto/a", "/picturerail/image/upload/t_small/a",
             "/picturerail/image/upload/w_1/a.jpg", "/picturerail/image/upload/f_png/a"]  # fmt: skip
    for path in paths:
        for accept in (AVIF, WEBP, "*/*"):
            get(edge, path, {"Accept": accept})
            name = format_class(path, origin.asked[-1].headers["accept"])
            if origin.asked[-1].path == path:
                target(edge).purge([CachedUrl(path, name)], soft=False)
            assert get(edge, path, {"Accept": accept})[1]["X-Cache"] in ("MISS", "HIT")
    target(edge).purge([CachedUrl(PICTURE, "avif")], soft=False)
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
        assert deliver(database, edge) == JOBS
    for edge in two:
        caches = [get(edge, path, {"Accept": accept})[1]["X-Cache"] for path, accept in forms]
        assert caches == ["HIT" if soft else "MISS"] * 4 + ["HIT"], "b was not purged"
    assert len(origin.asked) == asked + 8
    time.sleep(queue.AGAIN.total_seconds())
    assert [deliver(database, edge) for edge in two] == [JOBS, JOBS], "a second time, against the race"
    assert all(purge["older_than"] for purge in purges.waiting(database)), (
        "the looks at slow transfers are left"
    )


def test_what_began_before_a_change_and_arrives_after_it_does_not_stay(
    database: Database, tmp_path: Path, edge: Running, origin: Origin
) -> None:
    """A large picture on a slow way: both purges are over before the edge has received it, and keeps it."""
    arrives = threading.Event()
    origin.answer = lambda asked: Answer(body=b"old", rest=arrives)
    note(database, tmp_path, PICTURE, "*/*", edge.edge.inner)
    visitor = threading.Thread(target=get, args=(edge, PICTURE))
    visitor.start()
    wait_until(lambda: bool(origin.asked))
    origin.answer = lambda asked: Answer(body=b"new")
    purge(database, tmp_path, [edge], soft=False)
    time.sleep(queue.AGAIN.total_seconds())
    deliver(database, edge)
    arrives.set()
    visitor.join()
    assert get(edge, PICTURE)[2] == b"old", "the edge has kept what arrived after the purges"
    later(database, 11)
    deliver(database, edge)
    assert get(edge, PICTURE)[2] == b"new"
    time.sleep(2 * CLOCKS_APART)
    target(edge).purge([CachedUrl(PICTURE, "other")], soft=False)
    assert get(edge, PICTURE)[1]["X-Cache"] == "MISS"
    later(database, 3600)
    deliver(database, edge)
    assert get(edge, PICTURE)[1]["X-Cache"] == "HIT", "what began after the change stays"
    assert purges.waiting(database) == []


def test_a_soft_purge_serves_the_old_copy_until_the_new_one_is_there(edge: Running, origin: Origin) -> None:
    old = get(edge, PICTURE)[2]

    def slow(asked: Any) -> Any:
        answer = picture(asked)
        answer.delay, answer.body = 3.0, b"new"
        return answer

    origin.answer = slow
    refresh = threading.Thread(target=lambda: target(edge).purge([CachedUrl(PICTURE, "other")], soft=True))
    refresh.start()
    assert get(edge, PICTURE)[2] == old
    assert refresh.is_alive()
    refresh.join()
    wait_until(lambda: get(edge, PICTURE)[2] == b"new")


def test_what_cannot_be_refreshed_is_removed(edge: Running, origin: Origin) -> None:
    get(edge, PICTURE)
    origin.stop()
    target(edge).purge([CachedUrl(PICTURE, "other")], soft=True)
    assert get(edge, PICTURE)[0] == 503


def test_an_edge_that_was_away_catches_up(
    database: Database, tmp_path: Path, two: list[Running], origin: Origin
) -> None:
    for edge in two:
        get(edge, PICTURE)
    note(database, tmp_path, PICTURE, "*/*", "x:1")
    processes.stop(two[1].process)
    purge(database, tmp_path, two, soft=False)
    assert [deliver(database, edge) for edge in two] == [JOBS, 0]
    assert "refused" in waiting_for(database, two[1])[0]["reason"]
    two[1].restart()
    assert get(two[1], PICTURE)[1]["X-Cache"] == "HIT", "its disk still holds it"
    time.sleep(queue.AGAIN.total_seconds())
    assert deliver(database, two[1]) == 2 * JOBS
    assert get(two[1], PICTURE)[1]["X-Cache"] == "MISS"


def test_what_is_gone_stays_gone(edge: Running, origin: Origin) -> None:
    """An open file of a removed copy must not be served again, also while nginx still loads its cache."""
    for _ in range(3):
        get(edge, PICTURE)
    origin.answer = lambda asked: Answer(
        404, {"Content-Type": "text/plain", "Cache-Control": "no-store"}, b""
    )
    target(edge).purge([CachedUrl(PICTURE, "other")], soft=False)
    assert [get(edge, PICTURE)[0] for _ in range(6)] == [404] * 6


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
    copies = [CachedUrl("/p/image/upload/f_auto/a", name) for name in ("avif", "webp")]
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


@pytest.mark.parametrize(
    "transformation",
    [
        "l_X/fl_layer_apply",
        "$i_!X!/l_$i/fl_layer_apply",
        "$i_!upload:X!/l_$i/fl_layer_apply",
        "$a_!X!,$i_$a/l_$i/fl_layer_apply",
        "$i_ctx:!logo!/l_$i/fl_layer_apply",
        "d_X.png,w_10",
        "w_10/d_X",
    ],
)
def test_what_shows_another_picture_is_forgotten_with_it(
    database: Database, tmp_path: Path, transformation: str
) -> None:
    note(database, tmp_path, f"/picturerail/image/upload/{transformation}/other.png", "*/*", "x:1")
    note(database, tmp_path, "/picturerail/image/upload/w_10/third.png", "*/*", "x:1")
    cdn.purge(database, settings_of(tmp_path, edges="x:1"), Identity("image", "upload", "X"), soft=True)
    waiting = [queue.Purge(**purge) for purge in purges.waiting(database)]
    assert [copy.path for copy in queue.copies(database, waiting)] == [
        quote(f"/picturerail/image/upload/{transformation}/other.png", safe="/:@!$&'()*+,;=~-._")
    ]


def test_a_kill_between_a_change_and_its_purge_loses_no_purge(
    database: Database, tmp_path: Path, edge: Running, origin: Origin
) -> None:
    """All that a process writes before a change is enough, should it not live to write more."""
    origin.answer = lambda asked: Answer(body=b"old")
    get(edge, PICTURE)
    note(database, tmp_path, PICTURE, "*/*", edge.edge.inner)
    cdn.announce(database, settings_of(tmp_path, edges=edge.edge.inner), ASSET, soft=True)
    origin.answer = lambda asked: Answer(body=b"new")  # the change; nothing is heard of its process any more
    worker = purger.worker(database, target(edge))
    worker.start()
    wait_until(lambda: get(edge, PICTURE)[2] == b"new", 5)


def test_a_purge_is_taken_up_soon_after_its_worker_was_killed(
    database: Database, tmp_path: Path, edge: Running, origin: Origin
) -> None:
    get(edge, PICTURE)
    note(database, tmp_path, PICTURE, "*/*", edge.edge.inner)
    purge(database, tmp_path, [edge], soft=False)
    kind, lease = queue.kind_of(target(edge)), timedelta(seconds=purger.LEASE_SECONDS)
    taken = jobs.take(database, [kind], clock.now(), lease)
    assert taken is not None
    jobs.take_more(database, taken, clock.now(), lease, 100)  # and killed
    assert lease + timedelta(seconds=purger.IDLE_SECONDS) < timedelta(seconds=2)
    assert not purger.worker(database, target(edge)).step()
    later(database, 2)
    assert deliver(database, edge) > 0
    assert get(edge, PICTURE)[1]["X-Cache"] == "MISS"
