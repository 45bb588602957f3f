"""Delivery type fetch over HTTP: kept, transformed, asked for again, and never led inside."""

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import cloudinary.api
import cloudinary.exceptions
import cloudinary.uploader
import pytest
from cloudinary.utils import cloudinary_url

from picturerail.database import Database
from tests.files import jpeg, opened
from tests.http_rules import check_conditions, check_methods, check_ranges
from tests.media.http import Got, send
from tests.media.remote_host import INSIDE, RemoteHost, canary, reply
from tests.media_service import MediaService
from tests.services import Services

PICTURE, OTHER = jpeg(60, 40), jpeg(30, 30)
MAPPED = "http://pictures.example/images/old logo.jpg?size=1"


@pytest.fixture(scope="module")
def cloud(
    host: RemoteHost,
    services: Services,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MediaService]:
    """One process, so that what it remembers of failures can be seen; what is fetched ages within a second."""
    logo = tmp_path_factory.mktemp("fetch") / "logo.jpg"
    logo.write_bytes(PICTURE)
    more = {"PICTURERAIL_FETCH_MAP": f"{MAPPED}={logo}", "PICTURERAIL_FETCH_FRESH_SECONDS": "1"}
    env = host.may_be_called(4) | more
    with services.media(env, workers=1) as running:
        yield running


def fetch(cloud: MediaService, url: str, transformation: str = "", **options: Any) -> Got:
    middle = f"{transformation}/" if transformation else ""
    return send(f"{cloud.delivery}/image/fetch/{middle}{url}", **options)


def calls(host: RemoteHost, path: str) -> int:
    return len([seen for seen in host.seen if seen[1] == path])


@pytest.mark.parametrize("transformation", ["", "w_30,c_scale,f_png"])
def test_conditions_ranges_and_methods_are_those_of_every_picture(
    cloud: MediaService, host: RemoteHost, transformation: str
) -> None:
    url = host.serve("/rules.jpg", PICTURE)

    def ask(method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return fetch(cloud, url, transformation, method=method, headers=named)

    for check in (check_conditions, check_ranges, check_methods):
        check(ask)


def test_a_remote_picture_is_delivered_and_transformed(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/a.jpg", PICTURE)
    assert fetch(cloud, url).body == PICTURE
    small = fetch(cloud, url, "w_30,c_scale,f_png")
    assert (opened(small.body).width, opened(small.body).format) == (30, "PNG")
    assert calls(host, "/a.jpg") == 1


def test_every_spelling_of_a_url_is_one_asset(
    cloud: MediaService, host: RemoteHost, records: Database
) -> None:
    url = host.serve("/b.jpg?x=1&y=2", PICTURE)
    merged = url.replace("http://", "http:/")
    for spelling in (
        url,
        quote(url, safe=""),
        url.replace("?", "%3F"),
        merged,
        url + "&_a=BAAAA",
        url.replace("http", "HTTP"),
    ):
        assert fetch(cloud, spelling).body == PICTURE, spelling
    assert calls(host, "/b.jpg?x=1&y=2") >= 1
    assert records["assets"].count_documents({"type": "fetch", "public_id": url}) == 1


def test_the_sdks_urls(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/c.jpg?x=a%20b", PICTURE)
    for options in (
        {},
        {"sign_url": True},
        {"width": 30, "crop": "scale", "fetch_format": "auto", "sign_url": True},
    ):
        made, _ = cloudinary_url(url, **cloud.sdk_config, type="fetch", **options)
        got = send(made)
        assert got.status == 200, (made, got.body)
        assert opened(got.body).width == options.get("width", 60)


def test_a_mapped_address_needs_no_network(cloud: MediaService) -> None:
    assert fetch(cloud, quote(MAPPED, safe="")).body == PICTURE


def test_an_aged_picture_is_asked_for_again_and_replaced(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/d.jpg", PICTURE, ETag='"1"')
    assert opened(fetch(cloud, url, "c_scale,w_20").body).size == (20, 13)
    time.sleep(1.1)
    host.serve("/d.jpg", b"", 304, ETag='"1"')
    assert fetch(cloud, url).body == PICTURE
    assert host.seen[-1][2]["if-none-match"] == '"1"'
    time.sleep(1.1)
    host.serve("/d.jpg", OTHER, ETag='"2"')
    assert fetch(cloud, url).body == OTHER
    assert opened(fetch(cloud, url, "c_scale,w_20").body).size == (20, 20)


def test_what_is_kept_outlives_its_host(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/e.jpg", PICTURE)
    fetch(cloud, url)
    time.sleep(1.1)
    host.serve("/e.jpg", b"", 500)
    before = calls(host, "/e.jpg")
    for _ in range(3):
        assert fetch(cloud, url).body == PICTURE
    assert calls(host, "/e.jpg") == before + 1


@pytest.mark.parametrize(("status", "expected"), [(404, 404), (410, 404), (500, 400), (403, 400), (204, 400)])
def test_failures_are_4xx_and_remembered_shortly(
    cloud: MediaService, host: RemoteHost, status: int, expected: int
) -> None:
    path = f"/missing-{status}.jpg"
    url = host.serve(path, b"", status)
    for _ in range(3):
        got = fetch(cloud, url)
        assert got.status == expected
        assert got.headers["cache-control"] == "no-store"
        assert "Error in loading" in got.headers["x-cld-error"]
    assert calls(host, path) == 1


@pytest.mark.parametrize("body", [b"<html><script>alert(1)</script></html>", b"", b"\xff\xd8\xff", b"GIF89a"])
def test_what_is_no_picture_is_refused(cloud: MediaService, host: RemoteHost, body: bytes) -> None:
    got = fetch(cloud, host.serve(f"/bad-{len(body)}.jpg", body, Content_Type="image/jpeg"))
    assert got.status == 400
    assert b"script" not in got.body


def test_many_visitors_make_one_fetch(cloud: MediaService, host: RemoteHost) -> None:
    def slow(request: Any) -> None:
        time.sleep(0.5)
        reply(request, PICTURE, 200, {})

    host.answers["/herd.jpg"] = slow
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: fetch(cloud, f"{host.url}/herd.jpg").status, range(8)))
    assert got == [200] * 8
    assert calls(host, "/herd.jpg") == 1


def test_slow_hosts_do_not_take_all_threads(cloud: MediaService, host: RemoteHost) -> None:
    urls = [host.raw(f"/stall-{number}", lambda connection: time.sleep(8)) for number in range(14)]
    quick = fetch(cloud, host.serve("/quick.jpg", PICTURE))
    assert quick.status == 200
    with ThreadPoolExecutor(14) as pool:
        waiting = [pool.submit(fetch, cloud, url) for url in urls]
        time.sleep(0.5)
        begun = time.monotonic()
        assert send(f"{cloud.url}/v1_1/cloud/ping").status == 401
        assert time.monotonic() - begun < 3
        statuses = {future.result().status for future in waiting}
    assert statuses == {400, 429}


def test_visitors_of_one_slow_picture_do_not_take_all_threads(cloud: MediaService, host: RemoteHost) -> None:
    url = host.raw("/slow", lambda connection: time.sleep(8))
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(fetch, cloud, url) for _ in range(20)]
        time.sleep(0.5)
        begun = time.monotonic()
        assert send(f"{cloud.url}/v1_1/cloud/ping").status == 401
        assert time.monotonic() - begun < 3
        statuses = [future.result().status for future in waiting]
    assert statuses.count(429) == 12
    assert calls(host, "/slow") == 1


@pytest.mark.parametrize("spelling", INSIDE)
def test_nothing_inside_is_called(cloud: MediaService, spelling: str) -> None:
    with canary() as (port, four), canary("::1") as (_, six):
        url = quote(spelling.replace("{port}", str(port)), safe="")
        got = fetch(cloud, url)
        assert got.status in (400, 404)
        assert got.headers["x-cld-error"]
        assert (four, six) == ([], [])


@pytest.mark.parametrize("spelling", INSIDE[::4])
def test_no_layer_calls_inside(cloud: MediaService, host: RemoteHost, spelling: str) -> None:
    below = host.serve("/below.jpg", PICTURE)
    with canary() as (port, four), canary("::1") as (_, six):
        name = base64.urlsafe_b64encode(spelling.replace("{port}", str(port)).encode()).decode()
        got = fetch(cloud, below, f"l_fetch:{name}/fl_layer_apply")
        assert got.status == 400
        assert (four, six) == ([], [])


def test_what_is_kept_is_bounded(services: Services, host: RemoteHost) -> None:
    """Ten pictures where five have room: the newest stay, and any comes back when it is asked for."""
    env = {
        "PICTURERAIL_FETCH_ALLOW": host.netloc,
        "PICTURERAIL_FETCH_BYTES": str(len(PICTURE) * 5),
    }
    with services.media(env, workers=1) as small:
        urls = [host.serve(f"/many-{number}.jpg", PICTURE) for number in range(10)]
        assert {fetch(small, url).status for url in urls} == {200}
        kept = {asset["public_id"] for asset in small.records["assets"].find({"type": "fetch"})}
        assert kept == set(urls[6:])  # five, six: two go; so again at eight and at ten
        assert sum(path.is_file() for path in (small.data / "originals").rglob("[!.]*")) == len(kept)
        assert fetch(small, urls[0]).body == PICTURE


def test_redirects_do_not_lead_inside(cloud: MediaService, host: RemoteHost) -> None:
    with canary() as (port, caught):
        assert fetch(cloud, host.redirect("/go", f"http://127.0.0.1:{port}/")).status == 400
        assert caught == []


@pytest.mark.parametrize("kind", ["raw", "video"])
def test_only_pictures_are_fetched(cloud: MediaService, host: RemoteHost, kind: str) -> None:
    got = send(f"{cloud.delivery}/{kind}/fetch/{host.serve('/f.jpg', PICTURE)}")
    assert got.status == 400
    assert calls(host, "/f.jpg") == 0


def test_the_asset_says_where_it_came_from(cloud: MediaService, host: RemoteHost) -> None:
    url = host.serve("/g.jpg", PICTURE)
    fetch(cloud, url)
    key = base64.b64encode(b"123456789:the secret").decode()
    got = send(
        f"{cloud.url}/v1_1/cloud/resources/image/fetch/{quote(url, safe='')}",
        headers={"Authorization": f"Basic {key}"},
    )
    assert got.status == 200, got.body
    detail = json.loads(got.body)
    assert detail["public_id"] == url
    assert send(detail["url"]).body == PICTURE


@pytest.mark.parametrize("url", ["http://[", "https://[::1/a.jpg", "http://a]b/x.jpg", "http://x:ab/a.jpg"])
def test_what_is_no_address_is_refused_by_every_call(cloud: MediaService, url: str) -> None:
    """By visitors, and by calls that name pictures on other hosts."""
    assert send(f"{cloud.delivery}/image/fetch/{quote(url, safe='')}").status == 400
    named: tuple[Callable[[], Any], ...] = (
        lambda: cloudinary.uploader.upload(url),
        lambda: cloudinary.uploader.multi(urls=[url, url]),
        lambda: cloudinary.uploader.generate_sprite(urls=[url, url]),
        lambda: cloudinary.uploader.explicit(url, type="fetch"),
        lambda: cloudinary.uploader.upload(io.BytesIO(PICTURE), callback=url),
        lambda: cloudinary.api.create_upload_mapping("brackets", template=url),
    )
    for call in named:
        with pytest.raises((cloudinary.exceptions.BadRequest, cloudinary.exceptions.NotFound)):
            call()


def test_the_sizes_of_a_remote_picture_are_made_before_anybody_asks(
    cloud: MediaService, host: RemoteHost
) -> None:
    url = host.serve("/explicit.jpg", PICTURE)
    for _ in range(2):
        told = cloudinary.uploader.explicit(
            url, type="fetch", eager=[{"width": 20, "crop": "scale"}], tags="far"
        )
        assert (told["type"], told["width"], told["tags"]) == ("fetch", 60, ["far"])
    assert opened(fetch(cloud, url, "c_scale,w_20").body).size[0] == 20
    assert calls(host, "/explicit.jpg") >= 1
    gone = host.serve("/explicit-gone.jpg", b"", 404)
    with pytest.raises(cloudinary.exceptions.Error, match="404|Resource not found|not there|answered"):
        cloudinary.uploader.explicit(gone, type="fetch")
    with pytest.raises(cloudinary.exceptions.Error):
        cloudinary.uploader.explicit("http://169.254.169.254/x.jpg", type="fetch")
