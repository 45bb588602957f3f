"""Upload by remote URL, over HTTP: what comes is kept byte by byte, and nothing inside is called."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest

from tests.files import jpeg
from tests.media.http import Got, form, send, signed
from tests.media.remote_host import INSIDE, RemoteHost, canary
from tests.media_service import MediaService
from tests.services import Services

PICTURE = jpeg(30, 20)
MAPPED = "http://pictures.example/images/old_logo.jpg"


@pytest.fixture(scope="module")
def cloud(
    host: RemoteHost,
    services: Services,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MediaService]:
    """A media service that may call `host`, and has one address answered from a file."""
    logo = tmp_path_factory.mktemp("by_url") / "logo.jpg"
    logo.write_bytes(PICTURE)
    more = {"PICTURERAIL_FETCH_MAP": f"{MAPPED}={logo}", "PICTURERAIL_MAX_UPLOAD_BYTES": "1000000"}
    env = host.may_be_called(2) | more
    with services.media(env) as running:
        yield running


def upload_url(cloud: MediaService, url: str) -> Got:
    body, content_type = form({**signed(cloud), "file": url}, None)
    return send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": content_type})


def spooled(cloud: MediaService) -> list[Path]:
    """What lies in the spool itself; parts of uploads that other tests have broken off lie in folders."""
    return [path for path in (cloud.data / "spool").glob("*") if path.is_file()]


def test_the_sdk_uploads_by_url(cloud: MediaService, host: RemoteHost) -> None:
    made = cloudinary.uploader.upload(host.serve("/a/photo.jpg?size=1", PICTURE), **cloud.sdk_config)
    assert (made["width"], made["height"], made["bytes"]) == (30, 20, len(PICTURE))
    assert made["original_filename"] == "photo"
    assert send(made["url"]).body == PICTURE
    assert spooled(cloud) == []


@pytest.mark.parametrize(
    ("path", "known_as"), [("/caf%C3%A9.png", "café"), ("/a%20b.png?x=%2F", "a b"), ("/x%2Fy%0A.png", "y")]
)
def test_the_name_of_a_remote_file_is_read_as_people_write_it(
    cloud: MediaService, host: RemoteHost, path: str, known_as: str
) -> None:
    made = cloudinary.uploader.upload(host.serve(path, PICTURE), **cloud.sdk_config)
    assert made["original_filename"] == known_as


def test_a_name_of_a_remote_file_makes_the_public_id(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/caf%C3%A9.png", PICTURE)
    names = {"use_filename": True, "unique_filename": False}
    assert cloudinary.uploader.upload(url, **names, **cloud.sdk_config)["public_id"] == "café"


def test_a_mapped_address_needs_no_network(cloud: MediaService) -> None:
    assert cloudinary.uploader.upload(MAPPED, **cloud.sdk_config)["bytes"] == len(PICTURE)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_the_url_may_come_in_any_body(cloud: MediaService, host: RemoteHost, kind: str) -> None:
    params = {**signed(cloud), "file": host.serve("/b.jpg", PICTURE)}
    body = json.dumps(params) if kind.endswith("json") else urlencode(params)
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body.encode(), {"Content-Type": kind})
    assert got.status == 200, got.body
    assert json.loads(got.body)["bytes"] == len(PICTURE)


def test_nothing_is_fetched_for_a_stranger(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/secret.jpg", PICTURE)
    body, content_type = form({**signed(cloud), "tags": "added", "file": url}, None)
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": content_type})
    assert got.status == 401
    assert not [path for _, path, _, _ in host.seen if path == "/secret.jpg"]


@pytest.mark.parametrize("spelling", INSIDE)
def test_nothing_inside_is_called(cloud: MediaService, spelling: str) -> None:
    with canary() as (port, four), canary("::1") as (_, six):
        got = upload_url(cloud, spelling.replace("{port}", str(port)))
        assert got.status == 400
        assert got.headers["x-cld-error"]
        assert (four, six) == ([], [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_do_not_lead_inside(cloud: MediaService, host: RemoteHost, status: int) -> None:
    with canary() as (port, caught):
        assert upload_url(cloud, host.redirect("/go", f"http://127.0.0.1:{port}/", status)).status == 400
        assert caught == []


@pytest.mark.parametrize("answer", ["404", "500", "html", "endless", "stall", "short"])
def test_bad_files_are_a_sentence_and_leave_nothing(
    cloud: MediaService, host: RemoteHost, answer: str
) -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    url = {
        "404": lambda: host.serve("/x", b"", 404),
        "500": lambda: host.serve("/x", b"", 500),
        "html": lambda: host.serve(
            "/x", b"<html><script>alert(1)</script></html>", Content_Type="image/jpeg"
        ),
        "endless": lambda: host.raw("/x", lambda c: c.sendall(head + b"\r\n" + bytes(5_000_000))),
        "stall": lambda: host.raw("/x", lambda c: c.recv(1)),
        "short": lambda: host.raw("/x", lambda c: c.sendall(head + b"Content-Length: 9999\r\n\r\nshort")),
    }[answer]()
    got = upload_url(cloud, url)
    assert got.status == 400, got.body
    assert json.loads(got.body)["error"]["message"]
    assert spooled(cloud) == []


def test_the_sdk_raises_what_it_documents(cloud: MediaService, host: RemoteHost) -> None:
    with pytest.raises(BadRequest, match="404 Not Found"):
        cloudinary.uploader.upload(f"{host.url}/nothing", **cloud.sdk_config)
