"""Conditions, ranges and methods at the gallery's own addresses: the same answers as those for pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.conftest import Maker
from tests.http_rules import LATER, LONG_AGO, check_conditions, check_methods, check_ranges
from tests.media.http import Got

FILES = ("static", "static, gzipped", "file of the tutorial")
PAGES = ("/", "/gallery/", "/gallery/feed.atom", "/sign-in", "/api/v1/pictures", "/api/v1/openapi.json")


@pytest.fixture
def ask_for(client: FlaskClient) -> Callable[..., Got]:
    def ask(path: str, method: str = "GET", **headers: str) -> Got:
        answer = client.open(path, method=method, headers=headers)
        return Got(answer.status_code, {name.lower(): value for name, value in answer.headers}, answer.data)

    return ask


@pytest.fixture(params=FILES)
def ask(
    request: pytest.FixtureRequest, app: Flask, settings: Settings, make: Maker, ask_for: Callable[..., Got]
) -> Callable[..., Got]:
    """Asks for one file."""
    static = next(Path(app.static_folder or "").glob("app.*.css"))
    path = f"/static/{static.name}"
    if request.param == "file of the tutorial":
        settings.upload_folder.mkdir()
        (settings.upload_folder / "boat.jpg").write_bytes(jpeg(300, 200))
        path = f"/gallery/{make(public_id=None, url='', filename='boat.jpg').id}/file"
    encoding = {"Accept_Encoding": "gzip"} if "gzipped" in request.param else {}

    def one(method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in (encoding | headers).items()}
        return ask_for(path, method, **named)

    assert (one().status, one().headers.get("content-encoding")) == (200, encoding.get("Accept_Encoding"))
    return one


def test_files_follow_the_rules(ask: Callable[..., Got]) -> None:
    check_conditions(ask)
    check_ranges(ask)
    check_methods(ask)


@pytest.mark.parametrize("path", PAGES)
def test_pages_follow_the_rules(ask_for: Callable[..., Got], path: str) -> None:
    """They have no tag, so no condition but the wildcard holds, and no part of them is sent."""
    assert "etag" not in ask_for(path).headers
    for headers in (
        {"If-Match": "*"},
        {"If-None-Match": '"x"'},
        {"If-Modified-Since": LATER},
        {"If-Unmodified-Since": LONG_AGO},
        {"Range": "bytes=0-3"},
        {"Range": "bytes=99999999-", "If-Range": '"x"'},
    ):
        got = ask_for(path, **headers)
        assert (got.status, "content-range" in got.headers) == (200, False), headers
    refused = ask_for(path, **{"If-Match": '"x"'})
    assert (refused.status, refused.headers["cache-control"]) == (412, "no-store")
    whole, head = ask_for(path), ask_for(path, "HEAD")
    unlike = ("content-length", "content-security-policy", "x-request-id", "set-cookie", "date")
    assert {name: value for name, value in head.headers.items() if name not in unlike} == {
        name: value for name, value in whole.headers.items() if name not in unlike
    }
    assert (head.status, head.body) == (200, b"")
    for method in ("PUT", "PROPFIND"):
        got = ask_for(path, method)
        assert got.status == 405
        assert {"GET", "HEAD"} <= {name.strip() for name in got.headers["allow"].split(",")}
