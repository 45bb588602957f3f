"""Conditions, ranges and methods at the gallery's own addresses: the same answers as those for pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.conftest import Maker
from tests.http_rules import PAGES, check_conditions, check_methods, check_page, check_ranges
from tests.media.http import Got

FILES = ("static", "static, gzipped", "file of the tutorial")


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
    def ask(method: str = "GET", **headers: str) -> Got:
        return ask_for(path, method, **{name.replace("_", "-"): value for name, value in headers.items()})

    check_page(ask)
    assert ("etag" in ask().headers) == path.startswith("/api/")


def test_a_list_has_another_tag_when_it_has_changed(ask_for: Callable[..., Got], make: Maker) -> None:
    make()
    before = ask_for("/api/v1/pictures")
    packed = ask_for(
        "/api/v1/pictures", **{"Accept-Encoding": "gzip", "If-None-Match": before.headers["etag"]}
    )
    assert packed.status == 304
    make()
    after = ask_for("/api/v1/pictures", **{"If-None-Match": before.headers["etag"]})
    assert (after.status, after.headers["etag"] == before.headers["etag"]) == (200, False)
