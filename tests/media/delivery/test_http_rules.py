"""Conditions, ranges and methods as RFC 9110 has them: the same answers by every way that leads to bytes."""

import json
import uuid
from collections.abc import Callable
from itertools import count
from typing import Any

import cloudinary.uploader
import pytest
from cloudinary.utils import cloudinary_url

from tests.files import jpeg, png
from tests.media.http import Got, send
from tests.media_service import MediaService

LONG_AGO, LATER = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
WAYS = ("original", "raw", "stored", "f_auto", "cold", "private", "layer", "sprite", "style sheet", "list")
WIDTHS = count(100)


@pytest.fixture(scope="module")
def addresses(cloud: MediaService) -> dict[str, Callable[[], str]]:
    """An address of each kind; that of `cold` is another one each time, with the same bytes."""
    cloudinary.config(**cloud.sdk_config)
    name = f"rules{uuid.uuid4().hex}"
    cloudinary.uploader.upload(jpeg(80, 60), public_id=name, tags=name)
    cloudinary.uploader.upload(jpeg(80, 60), public_id=name, type="private")
    raw = cloudinary.uploader.upload(b"words " * 900, public_id=f"{name}.txt", resource_type="raw")
    sprite = cloudinary.uploader.generate_sprite(name)
    delivery = f"{cloud.delivery}/image/upload"
    private, _ = cloudinary_url(name, type="private", sign_url=True, format="jpg", **cloud.sdk_config)
    fixed = {
        "original": f"{delivery}/{name}.jpg",
        "raw": raw["url"],
        "stored": f"{delivery}/c_scale,w_40/{name}.png",
        "f_auto": f"{delivery}/c_scale,f_auto,w_30/{name}",
        "private": private,
        "layer": f"{delivery}/l_{name}/c_scale,w_9/fl_layer_apply/{name}.png",
        "sprite": sprite["image_url"],
        "style sheet": sprite["css_url"],
        "list": sprite["json_url"],
    }
    cold = {"cold": lambda: f"{delivery}/c_limit,w_{next(WIDTHS)}/e_grayscale/{name}.png"}
    return {**{kind: lambda url=url: url for kind, url in fixed.items()}, **cold}  # type: ignore[misc]


Ask = Callable[..., Got]


@pytest.fixture(params=[*WAYS, "stored by the framework"])
def ask(request: pytest.FixtureRequest, addresses: dict[str, Callable[[], str]]) -> Ask:
    """Asks one way; the framework answers itself where a query stands, which the fast way does not know."""
    kind, _, framework = request.param.partition(" by the ")
    query = "?_a=B" if framework else ""

    def send_to(method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return send(f"{addresses[kind]()}{query}", method, headers={"Accept": "image/webp", **named})

    assert send_to().status == 200
    return send_to


def same(got: Got, whole: Got, status: int = 200) -> None:
    assert (got.status, got.headers.get("etag")) == (status, whole.headers["etag"])
    assert got.body == (whole.body if status == 200 else b"")


def test_conditions(ask: Ask) -> None:
    whole = ask()
    etag, modified = whole.headers["etag"], whole.headers["last-modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f"W/{etag}"},
        {"If_None_Match": f'"x", {etag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": modified},
        {"If_Modified_Since": LATER},
        {"If_None_Match": etag, "If_Modified_Since": LONG_AGO},
        {"If_None_Match": etag, "Range": "bytes=0-1"},
        {"If_Match": etag, "If_None_Match": etag},
    ):
        for method in ("GET", "HEAD"):
            got = ask(method, **headers)
            same(got, whole, 304)
            assert "content-type" not in got.headers
            assert got.headers["cache-control"] == whole.headers["cache-control"]
            assert got.headers.get("vary") == whole.headers.get("vary")
    for headers in (
        {"If_None_Match": '"x"'},
        {"If_None_Match": '"x"', "If_Modified_Since": LATER},
        {"If_Modified_Since": LONG_AGO},
        {"If_Modified_Since": "yesterday"},
        {"If_Match": etag},
        {"If_Match": "*"},
        {"If_Match": f'"x", {etag}', "If_Unmodified_Since": LONG_AGO},
        {"If_Unmodified_Since": modified},
        {"If_Unmodified_Since": LATER},
    ):
        same(ask(**headers), whole)
    for headers in (
        {"If_Match": '"x"'},
        {"If_Match": f"W/{etag}"},
        {"If_Match": '"x"', "If_None_Match": etag},
        {"If_Unmodified_Since": LONG_AGO},
        {"If_Unmodified_Since": LONG_AGO, "If_Modified_Since": LATER},
    ):
        got = ask(**headers)
        assert (got.status, got.headers["cache-control"]) == (412, "no-store")


def test_ranges(ask: Ask) -> None:
    whole = ask()
    size, etag = len(whole.body), whole.headers["etag"]
    for asked, part in (
        ("bytes=0-0", slice(0, 1)),
        ("bytes=5-9", slice(5, 10)),
        (f"bytes=9-{size * 9}", slice(9, None)),
        ("bytes=7-", slice(7, None)),
        ("BYTES=-4", slice(size - 4, None)),
        (f"bytes=-{size + 5}", slice(0, None)),
        (f"bytes={size - 1}-{10**25}", slice(size - 1, None)),
    ):
        for more in ({}, {"If_Range": etag}, {"If_Match": etag}):
            got = ask(Range=asked, **more)
            assert (got.status, got.body) == (206, whole.body[part])
            first, last, _ = part.indices(size)
            assert got.headers["content-range"] == f"bytes {first}-{last - 1}/{size}"
            assert got.headers["etag"] == etag
        same(ask(Range=asked, If_Range='"x"'), whole)
        same(ask(Range=asked, If_Range=f"W/{etag}"), whole)
        same(ask(Range=asked, If_Range=LONG_AGO), whole)
        assert ask("HEAD", Range=asked).status == 200
    for asked in (
        "chunks=0-1",
        "bytes=0-0,5-6",
        "bytes=5-4",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes",
        "0-1",
    ):
        same(ask(Range=asked), whole)
    for asked in (f"bytes={size}-", f"bytes={size + 9}-{size + 10}", "bytes=-0"):
        got = ask(Range=asked)
        assert (got.status, got.headers["content-range"]) == (416, f"bytes */{size}")
        same(ask(Range=asked, If_Range='"x"'), whole)


def test_methods(ask: Ask) -> None:
    whole = ask()
    head = ask("HEAD")
    told = ("content-length", "content-type", "etag", "cache-control", "content-disposition", "vary")
    assert {name: head.headers.get(name) for name in told} == {name: whole.headers.get(name) for name in told}
    assert (head.status, head.body) == (200, b"")
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
        got = ask(method)
        assert got.status == 405
        assert {"GET", "HEAD"} <= {name.strip() for name in got.headers["allow"].split(",")}


def test_a_path_of_no_picture_knows_the_same_methods(cloud: MediaService) -> None:
    got = send(f"{cloud.delivery}/image/upload/w_10/none.jpg", "POST", b"{}")
    assert (got.status, got.headers["content-type"].partition(";")[0]) == (405, "text/plain")
    assert send(f"{cloud.url}/v1_1/cloud/none", "POST", b"{}").status == 404


def test_what_is_told_in_place_of_a_picture_has_no_tag(cloud: MediaService, addresses: Any) -> None:
    url = addresses["original"]().replace("/upload/", "/upload/fl_getinfo/")
    whole = send(url)
    assert json.loads(whole.body)["input"]["width"] == 80
    assert send(url, headers={"Range": "bytes=0-3"}).body == whole.body[:4]
    assert send(url, headers={"If-Match": '"x"'}).status == 412


def test_two_files_of_a_length_are_never_glued(cloud: MediaService) -> None:
    name = f"rules{uuid.uuid4().hex}"
    cloudinary.uploader.upload(png(30, 20), public_id=name)
    old = send(f"{cloud.delivery}/image/upload/{name}.png")
    cloudinary.uploader.upload(png(30, 20, 3), public_id=name)
    given = {"Range": "bytes=9-", "If-Range": old.headers["last-modified"]}
    got = send(f"{cloud.delivery}/image/upload/{name}.png", headers=given)
    assert got.status == 200
