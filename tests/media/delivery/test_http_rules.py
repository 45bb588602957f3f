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
from tests.http_rules import Ask, check_conditions, check_methods, check_ranges
from tests.media.http import Got, send
from tests.media_service import MediaService

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


def test_conditions(ask: Ask) -> None:
    check_conditions(ask)


def test_ranges(ask: Ask) -> None:
    check_ranges(ask)


def test_methods(ask: Ask) -> None:
    check_methods(ask)


def test_a_path_of_no_picture_knows_the_same_methods(cloud: MediaService) -> None:
    got = send(f"{cloud.delivery}/image/upload/w_10/none.jpg", "POST", b"{}")
    assert (got.status, got.headers["content-type"].partition(";")[0]) == (405, "text/plain")


@pytest.mark.parametrize(
    ("method", "path", "ways"),
    [
        ("GET", "image/upload", "OPTIONS, POST, PUT"),
        ("PATCH", "raw/upload", "OPTIONS, POST, PUT"),
        ("DELETE", "ping", "GET, HEAD, OPTIONS"),
        ("DELETE", "resources/search", "GET, HEAD, OPTIONS, POST, PUT"),
        ("GET", "image/destroy", "OPTIONS, POST"),
        ("PATCH", "metadata_fields/a", "DELETE, GET, HEAD, OPTIONS, PUT"),
    ],
)
def test_an_endpoint_says_which_methods_it_has(
    cloud: MediaService, method: str, path: str, ways: str
) -> None:
    got = send(f"{cloud.url}/v1_1/cloud/{path}", method)
    assert (got.status, got.headers["allow"]) == (405, ways)
    assert ways in json.loads(got.body)["error"]["message"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("cloud/none", ""),
        ("cloud/image/upload_large", "X-Unique-Upload-Id"),
        ("cloud/raw/upload_large", "X-Unique-Upload-Id"),
        ("cloud/live_streams", "live video"),
        ("cloud/video/concat", "video"),
        ("provisioning/accounts/a/sub_accounts/b/access_keys", "one service is one cloud"),
        ("cloud/access_keys", "one service is one cloud"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_endpoint_is_missing_and_says_why(
    cloud: MediaService, method: str, path: str, why: str
) -> None:
    got = send(f"{cloud.url}/v1_1/{path}", method)
    assert (got.status, "allow" in got.headers) == (404, False)
    assert why in json.loads(got.body)["error"]["message"]


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
