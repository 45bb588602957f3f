"""nginx and Caddy by the samples of docs/https.md, in front of a gallery: what visitors get through them."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from cloudinary.utils import api_sign_request

from picturerail import caddy, certificates
from tests.docs.test_proxies import sample
from tests.faults.uploads import account_of, unique_jpeg
from tests.ports import free_port
from tests.service import Service, wait_until
from tests.services import Services

LONG = 40_000_000
LIES = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=http",
    "X-Original-URL": "/evil",
}


@dataclass(frozen=True)
class Front:
    """A gallery as it is reached through a proxy."""

    site: str
    service: Service
    http: urllib3.PoolManager
    account: dict[str, str]

    def get(self, path: str, headers: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", f"{self.site}{path}", headers=headers, redirect=False)

    def call(self, path: str, file: bytes = b"", **params: Any) -> dict[str, Any]:
        """A signed call of the media service."""
        params |= {"timestamp": int(time.time())}
        fields: dict[str, Any] = {name: str(value) for name, value in params.items()} | {
            "signature": api_sign_request(params, self.account["api_secret"]),
            "api_key": self.account["api_key"],
        }
        if file:
            fields["file"] = ("a.jpg", file)
        url = f"{self.site}/v1_1/{self.account['cloud_name']}{path}"
        answer: dict[str, Any] = json.loads(self.http.request("POST", url, fields=fields).data)
        return answer

    def address(self, rest: str) -> str:
        return f"/{self.account['cloud_name']}/image/upload/{rest}"


@pytest.fixture(scope="module")
def behind(services: Services) -> Iterator[tuple[Service, int]]:
    """A program that proxies stand before, one after the other, and their port."""
    port = free_port()
    env = {"PICTURERAIL_PUBLIC_URL": f"https://localhost:{port}", "PICTURERAIL_TRUSTED_PROXIES": "127.0.0.1"}
    with services.owned(env) as service:
        yield service, port


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest,
    behind: tuple[Service, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    folder, (service, port) = tmp_path_factory.mktemp(request.param), behind
    files = certificates.make(folder / "certificates", ())
    site = f"https://localhost:{port}"
    command = _nginx if request.param == "nginx" else _caddy
    process = subprocess.Popen(
        command(folder, port, service.port, str(files.certificate), str(files.key)),
        env={**os.environ, "HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    http = urllib3.PoolManager(ca_certs=str(files.authority), retries=False, timeout=60)
    try:
        wait_until(lambda: _answers(http, site))
        yield Front(site, service, http, account_of(service))
    finally:
        process.terminate()
        process.wait(30)


def _nginx(folder: Path, port: int, behind: int, certificate: str, key: str) -> list[str]:
    text = sample("nginx").replace("/etc/ssl/site.pem", certificate).replace("/etc/ssl/site.key", key)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("pictures.example", "localhost")
    kept = "".join(
        f"{part}_temp_path {folder}/{part};\n"
        for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\nerror_log stderr;\ndaemon off;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}{text.replace('127.0.0.1:8000', f'127.0.0.1:{behind}')}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, behind: int, certificate: str, key: str) -> list[str]:
    text = sample("caddyfile").replace(
        "pictures.example {", f"https://localhost:{port} {{\ntls {certificate} {key}"
    )
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    (folder / "Caddyfile").write_text(f"{{\nadmin off\nauto_https off\n}}\n{text}")
    return [str(caddy.binary()), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _answers(http: urllib3.PoolManager, site: str) -> bool:
    try:
        return http.request("GET", f"{site}/healthz").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def test_conditions_and_ranges_pass(front: Front) -> None:
    front.call("/image/upload", unique_jpeg(8_100_000), public_id="range")
    path = front.address("c_fill,w_200,h_100/range.jpg")
    whole = front.get(path)
    tag = whole.headers["ETag"]
    assert front.get(path, {"If-None-Match": tag}).status == 304
    part = front.get(path, {"Range": "bytes=10-19", "If-Range": tag})
    assert (part.status, part.data) == (206, whole.data[10:20])
    assert front.get(path, {"Range": "bytes=10-19", "If-Range": '"another"'}).data == whole.data
    assert front.get(path, {"Range": "bytes=9999999-"}).status == 416


def test_a_picture_that_changes_between_two_requests_is_the_new_one(front: Front) -> None:
    """Replaced, closed, deleted: a proxy of these samples keeps nothing."""
    front.call("/image/upload", unique_jpeg(8_100_001), public_id="change")
    path = front.address("w_60/change.jpg")
    first = front.get(path)
    front.call("/image/upload", unique_jpeg(8_100_002), public_id="change", invalidate="true")
    second = front.get(path, {"If-None-Match": first.headers["ETag"]})
    assert second.status == 200
    assert second.data != first.data
    closed = json.dumps([{"access_type": "token"}])
    front.call("/image/explicit", public_id="change", type="upload", access_control=closed)
    assert front.get(path, {"If-None-Match": second.headers["ETag"]}).status == 401
    front.call("/image/destroy", public_id="change")
    assert front.get(path, {"If-None-Match": second.headers["ETag"]}).status == 404


def test_a_large_file_comes_and_goes_whole(front: Front) -> None:
    content = os.urandom(LONG)
    url = front.call("/raw/upload", content, public_id="large.bin")["secure_url"]
    assert url.startswith(front.site)
    assert front.http.request("GET", url).data == content


def test_a_long_upload_that_nobody_may_send_is_told_why(front: Front) -> None:
    """Each time: the proxy must not meet a connection that is closed while it sends."""
    told = [front.http.request("POST", f"{front.site}/upload/", body=bytes(LONG)) for _ in range(4)]
    assert [answer.status for answer in told] == [401] * 4
    assert all(b"Please sign in" in answer.data for answer in told)


def test_what_visitors_say_of_the_site_is_not_believed(front: Front) -> None:
    for path in ("/", "/gallery/", "/sign-in", "/gallery/feed.atom"):
        answer = front.get(path, LIES)
        assert answer.status == 200
        assert b"evil" not in answer.data
    cookies = front.get("/sign-in", LIES).headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)
    assert front.get("/gallery", LIES).headers["Location"] == "/gallery/"


def test_people_sign_in_through_it(front: Front) -> None:
    page = front.get("/sign-in")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.data.decode())
    assert token
    cookies = "; ".join(each.partition(";")[0] for each in page.headers.getlist("Set-Cookie"))
    fields = {
        "csrf_token": token[1],
        "email": front.service.owner_email,
        "password": front.service.owner_password,
    }
    answer = front.http.request(
        "POST",
        f"{front.site}/sign-in",
        body=urlencode(fields),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies,
            "Origin": front.site,
            "Referer": f"{front.site}/sign-in",
        },
        redirect=False,
    )
    assert answer.status == 303, answer.data[-2000:]
    assert answer.headers["Location"].startswith("/")
