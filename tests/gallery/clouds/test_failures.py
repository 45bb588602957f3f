"""The database or the cloud is away, slow, or full: a sentence, a time to come back, and healing by itself."""

import errno
import http.server
import io
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail import mongod, processes
from picturerail.database import CLIENT_OPTIONS, Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.gallery import cloud as media
from picturerail.gallery.accounts import throttle
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from picturerail.standstill import SOON
from tests.gallery.conftest import Maker, call, post, signed_in, token
from tests.gallery.test_uploads import fresh
from tests.service import wait_until


class Mongo:
    """A mongod of a test's own, to be stopped and started."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.start()
        self.uri = mongod.uri(data)

    def start(self) -> None:
        self.process = mongod.start(self.data)

    def stop(self) -> None:
        processes.stop(self.process)


# sooner than this answers only who does not look for the database once more
SELECTION = CLIENT_OPTIONS["serverSelectionTimeoutMS"] / 1000 - 0.5

# until a silent server is seen to be one
NOTICED = (SOON["connectTimeoutMS"] + SOON["heartbeatFrequencyMS"]) / 1000


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[Mongo]:
    own = Mongo(tmp_path / "own mongo")
    yield own
    own.stop()


def test_pages_say_that_the_database_is_away_and_heal(
    mongo: Mongo, settings: Settings, cloud: CloudAccess
) -> None:
    app = create_app(replace(settings, mongo_uri=mongo.uri), cloud)
    client = connect(mongo.uri)
    ensure_schema(database_of(client))
    owner, visitor = signed_in(app, database_of(client), "owner"), app.test_client()
    token(owner)
    mongo.stop()
    for who, seconds in ((visitor, 15), (owner, SELECTION)):
        start = time.monotonic()
        answer = who.get("/gallery/")
        assert time.monotonic() - start < seconds
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert "The database does not answer at the moment." in answer.text
        assert answer.headers["X-Request-Id"] in answer.text
        assert 'href="/gallery/">Try again</a>' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get("/api/v1/pictures").json["status"] == 503  # type: ignore[index]
    assert visitor.get("/readyz").status_code == 503
    assert visitor.get("/healthz").status_code == 200
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.get("/nowhere").status_code == 404
    assert post(owner, "/trash/empty", confirm="yes").status_code == 503
    mongo.start()
    wait_until(lambda: owner.get("/upload/").status_code == 200)
    assert visitor.get("/gallery/").status_code == 200
    client.close()


def test_a_database_that_hangs_is_away_too(mongo: Mongo, settings: Settings, cloud: CloudAccess) -> None:
    client = create_app(replace(settings, mongo_uri=mongo.uri), cloud).test_client()
    assert client.get("/readyz").status_code == 200
    os.kill(mongo.process.pid, signal.SIGSTOP)
    try:
        for seconds in (NOTICED + SELECTION, SELECTION, SELECTION):
            start = time.monotonic()
            assert client.get("/gallery/").status_code == 503
            assert time.monotonic() - start < seconds
    finally:
        os.kill(mongo.process.pid, signal.SIGCONT)
    wait_until(lambda: client.get("/gallery/").status_code == 200)


def test_the_app_starts_before_its_database(settings: Settings, cloud: CloudAccess, tmp_path: Path) -> None:
    nowhere = f"mongodb://{str(tmp_path / 'none.sock').replace('/', '%2F')}/gallery"
    app = create_app(replace(settings, mongo_uri=nowhere), cloud)
    assert app.test_client().get("/").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200


def send(owner: FlaskClient, name: str = "boat.jpg") -> tuple[int, str, str | None]:
    form = {"image": (io.BytesIO(fresh()), name), "description": "kept draft", "csrf_token": token(owner)}
    answer = owner.post("/upload/", data=form)
    return answer.status_code, answer.text, answer.headers.get("Retry-After")


def test_a_cloud_that_is_away_leaves_nothing_half_listed(
    owner: FlaskClient, database: Database, make: Maker
) -> None:
    picture = make()
    status, text, again = send(owner)
    assert (status, again) == (503, "5")
    assert (
        "The media service does not answer at the moment. Nothing was changed; please try again shortly."
        in text
    )
    assert "boat.jpg" in text
    assert "kept draft" in text
    assert database.gallery.count_documents({}) == 1
    assert owner.get("/gallery/").status_code == 200
    assert picture.id in owner.get("/gallery/").text


def test_a_cloud_that_never_answers_is_given_up(
    settings: Settings, cloud: CloudAccess, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = replace(cloud, upload_prefix=f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(media, "UPLOAD_SECONDS", 1)
        owner = signed_in(create_app(settings, slow), database, "owner")
        start = time.monotonic()
        status, text, _ = send(owner)
        assert status == 503
        assert "does not answer" in text
        assert time.monotonic() - start < 30
    assert database.gallery.count_documents({}) == 0


# What a cloud answers, and what the uploader is told: status and words.
REFUSALS = [
    (400, b'{"error":{"message":"Invalid image file"}}', 400, "Invalid image file"),
    (413, b'{"error":{"message":"File size too large. Maximum is 10485760."}}', 413, "Maximum is 10485760"),
    (415, b'{"error":{"message":"No picture"}}', 415, "No picture"),
    (401, b'{"error":{"message":"Invalid Signature abc"}}', 503, "does not accept this gallery"),
    (420, b'{"error":{"message":"Rate limited"}}', 503, "does not answer"),
    (500, b'{"error":{"message":"General error"}}', 503, "does not answer"),
    (503, b'{"error":{"message":"later"}}', 503, "does not answer"),
    (502, b"<html>bad gateway", 503, "does not answer"),
    (200, b'{"public_id":"x"}', 400, "media service"),
    (200, b"[]", 503, "does not answer"),
    (200, b"", 503, "does not answer"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal[0]} {refusal[1][:20]}")
def test_each_refusal_of_a_cloud_has_its_meaning(
    settings: Settings, cloud: CloudAccess, database: Database, refusal: tuple[int, bytes, int, str]
) -> None:
    status, body, expected, words = refusal
    with answering(status, body) as port:
        other = replace(cloud, upload_prefix=f"http://127.0.0.1:{port}")
        found, text, _ = send(signed_in(create_app(settings, other), database, "owner"))
    assert found == expected
    assert words in text
    assert "secret" not in text
    assert database.gallery.count_documents({}) == 0


def test_a_file_over_the_limit_is_refused_by_name(
    settings: Settings, cloud: CloudAccess, database: Database
) -> None:
    content = fresh()
    small = create_app(replace(settings, max_upload_bytes=len(content) - 1), cloud)
    status, text, _ = send(signed_in(small, database, "owner"), "too big.jpg")
    assert status == 413
    assert "too big.jpg" in text
    assert "the file is larger than the limit of " in text


@pytest.mark.parametrize(
    "body",
    [
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 10_000 + b"--b--",
        b'--b\r\nContent-Disposition: form-data; name="description"\r\n\r\n'
        + b"x" * 3_000_000
        + b"\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n' + b"\r" * 30_000_000,
    ],
    ids=["parts", "field", "line ends"],
)
def test_multipart_bombs_are_refused_quickly(owner: FlaskClient, body: bytes) -> None:
    start = time.monotonic()
    headers = {"Content-Type": "multipart/form-data; boundary=b", "X-CSRFToken": token(owner)}
    assert owner.post("/upload/", data=body, headers=headers).status_code in {400, 413}
    assert time.monotonic() - start < 10


def test_a_full_disk_is_told(
    app: Flask, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(app.request_class, "_get_file_stream", full)
    status, text, again = send(owner)
    assert (status, again) == (503, "60")
    assert "There is no room for uploads at the moment" in text
    assert database.gallery.count_documents({}) == 0


def test_a_fault_of_ours_is_written_down_and_told_by_its_number(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret in /a/path")

    monkeypatch.setitem(app.view_functions, "pictures.gallery", broken)
    answer = client.get("/gallery/")
    assert answer.status_code == 500
    assert "Something broke here" in answer.text
    assert "secret" not in answer.text
    [number] = re.findall(r"<code>([0-9a-f]{16})</code>", answer.text)
    assert number in caplog.text
    assert "a secret in /a/path" in caplog.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429])
def test_error_pages_have_the_sites_design_and_a_way_on(
    app: Flask, owner: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    client = app.test_client()
    picture = make()
    edit = f"/gallery/{picture.id}/edit"
    answers: dict[int, Callable[[], Any]] = {
        400: lambda: client.get("/gallery/?after=x"),
        403: lambda: client.post("/sign-in"),
        404: lambda: client.get("/nowhere"),
        405: lambda: client.delete("/gallery/", headers={"X-CSRFToken": token(client)}),
        409: lambda: post(owner, edit, description="x", updated_at="2020-01-01"),
        413: lambda: client.post("/sign-in", data={"email": "x" * 600_000}),
        415: lambda: owner.post(
            "/upload/", data={"image": (io.BytesIO(b"x"), "x.txt"), "csrf_token": token(owner)}
        ),
        429: lambda: throttled(app, monkeypatch),
    }
    answer = answers[status]()
    assert answer.status_code == status
    assert '<html lang="en">' in answer.text
    assert 'href="/gallery/"' in answer.text
    assert "<h1" in answer.text
    if status not in {409, 415}:
        assert answer.headers["X-Request-Id"] in answer.text
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def throttled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    client = app.test_client()
    one_try = throttle.SignInThrottle(app.extensions["picturerail"].mongo.cx, 1)
    monkeypatch.setattr(app.extensions["picturerail"].throttle, "_limit", one_try._limit)
    for _ in range(2):
        answer = post(client, "/sign-in", email="x@y.z", password="wrong password")
    return answer


def test_the_api_says_when_the_cloud_is_away(owner: FlaskClient) -> None:
    """A signature needs no cloud; what comes after it is between the browser and the cloud."""
    assert (
        call(owner, "POST", "/api/v1/uploads/signature", {"filename": "x.jpg", "bytes": 5}).status_code == 200
    )


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """A port where every request gets this answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
