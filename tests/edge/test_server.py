"""What an edge is beside a cache: which names and methods it serves, what passes through it, TLS, limits."""

import ssl
import subprocess
import urllib.request
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tests.edge.client import PICTURE, get
from tests.edge.conftest import SECRET, SITE, Running, start_edge
from tests.edge.origin import Answer, Origin, picture


def test_pages_pass_with_their_cookies_and_are_not_kept(edge: Running, origin: Origin) -> None:
    page = {"Content-Type": "text/html", "Set-Cookie": "a=b", "Cache-Control": "public, max-age=9"}
    origin.answer = lambda asked: Answer(headers=page, body=asked.headers.get("cookie", "").encode())
    for who in ("me", "you"):
        _, headers, body = get(
            edge, "/account/x.jpg", {"Cookie": who, "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil"}
        )
        assert (body, headers["Set-Cookie"]) == (who.encode(), "a=b")
    last = origin.asked[-1].headers
    assert (last["x-edge-client"], last["x-edge-scheme"]) == ("127.0.0.1", "http")
    assert not {name for name in last if "forwarded" in name}


def test_uploads_pass_through(edge: Running, origin: Origin) -> None:
    origin.answer = lambda asked: Answer(headers={"Content-Type": "application/json"}, body=b"{}")
    request = urllib.request.Request(
        f"{edge.url}/v1_1/picturerail/image/upload", data=b"x" * 3_000_000, headers={"Host": SITE}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    assert origin.asked[-1].headers["content-length"] == "3000000"


def test_all_chunks_of_an_upload_go_to_one_app(origin: Origin, tmp_path: Path) -> None:
    with Origin() as second:
        edge = start_edge(tmp_path, origin.address, more_origins=(second.address,))
        try:
            for upload in range(8):
                before = len(origin.asked), len(second.asked)
                for _ in range(4):
                    get(
                        edge,
                        "/v1_1/picturerail/image/upload",
                        {"X-Unique-Upload-Id": f"upload-{upload}"},
                        "POST",
                    )
                gained = len(origin.asked) - before[0], len(second.asked) - before[1]
                assert sorted(gained) == [0, 4]
            assert origin.asked, "and the uploads are spread"
            assert second.asked
        finally:
            edge.close()


@pytest.mark.parametrize("host", ["evil.example", "pictures.example.evil.example", ""])
def test_other_names_are_not_served(edge: Running, origin: Origin, host: str) -> None:
    assert get(edge, PICTURE, {"Host": host})[0] in (400, 421)
    assert origin.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PURGE"])
def test_visitors_only_read_pictures(edge: Running, origin: Origin, method: str) -> None:
    get(edge, PICTURE)
    assert get(edge, PICTURE, {"X-Edge-Secret": SECRET}, method)[0] == 405
    assert get(edge, PICTURE)[1]["X-Cache"] == "HIT"


def test_scripts_of_other_sites_are_told_that_they_may_load_pictures(edge: Running, origin: Origin) -> None:
    status, headers, _ = get(edge, PICTURE, {"Origin": "https://other.example"}, "OPTIONS")
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "if-none-match" in headers["Access-Control-Allow-Headers"]
    assert get(edge, "/static/page.js", {}, "OPTIONS")[0] == 405
    assert origin.asked == []


def test_text_is_packed_with_brotli_and_pictures_are_not(edge: Running, origin: Origin) -> None:
    origin.answer = lambda asked: Answer(headers={"Content-Type": "text/html"}, body=b"word " * 2000)
    _, headers, body = get(edge, "/gallery/", {"Accept-Encoding": "gzip, br"})
    assert headers["Content-Encoding"] == "br"
    assert len(body) < 200
    origin.answer = picture
    assert get(edge, PICTURE, {"Accept-Encoding": "br"})[1]["Content-Encoding"] is None


def test_tls_and_http2(origin: Origin, tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    edge = start_edge(tmp_path, origin.address, certificate=certificate[0], key=certificate[1])
    try:
        said = subprocess.run(
            [
                "curl",
                "-s",
                "--http2",
                "--cacert",
                certificate[0],
                "-H",
                f"Host: {SITE}",
                "-o",
                tmp_path / "out",
                "-w",
                "%{http_version} %{http_code}",
                f"https://{edge.edge.listen}{PICTURE}",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout == "2 200"
        context = ssl.create_default_context(cafile=str(certificate[0]))
        host, _, port = edge.edge.listen.partition(":")
        HTTPSConnection(host, int(port), context=context).connect()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(
            "AES128-SHA:AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"
        )
        with pytest.raises(ssl.SSLError):
            HTTPSConnection(host, int(port), context=context).connect()
    finally:
        edge.close()


def test_rates_and_connections_are_limited(origin: Origin, tmp_path: Path) -> None:
    edge = start_edge(tmp_path, origin.address, rate=10, connections=2)
    try:
        statuses = [get(edge, PICTURE)[0] for _ in range(60)]
        assert set(statuses) == {200, 429}
        assert statuses.count(200) <= 40
    finally:
        edge.close()
