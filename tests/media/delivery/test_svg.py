"""SVG over HTTP: pictures of it in any size and format; the file itself to be saved only."""

import json
import uuid
from typing import Any

import pytest

from tests.files import opened
from tests.media.http import send, signed, upload
from tests.media_service import MediaService

LOGO = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">
<script>alert(1)</script><rect width="20" height="20" fill="red"/></svg>"""


@pytest.fixture(scope="module")
def logo(cloud: MediaService) -> dict[str, Any]:
    got = upload(cloud, signed(cloud, public_id=f"s/{uuid.uuid4().hex}"), LOGO)
    assert got.status == 200, got.body
    asset: dict[str, Any] = json.loads(got.body)
    return asset


def test_upload_tells_what_it_is(logo: dict[str, Any]) -> None:
    assert (logo["resource_type"], logo["format"], logo["width"], logo["height"]) == ("image", "svg", 40, 20)


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("w_400/{}", "*/*", "PNG"),
        ("w_400/{}.png", "*/*", "PNG"),
        ("f_auto,w_400/{}", "image/avif,image/webp,*/*", "AVIF"),
        ("f_auto,w_400/{}", "image/webp,*/*", "WEBP"),
        ("f_auto,w_400/{}.svg", "*/*", "PNG"),
        ("w_400/{}.svg", "*/*", "PNG"),
    ],
)
def test_pictures_of_a_drawing(
    cloud: MediaService, logo: dict[str, Any], path: str, accept: str, kind: str
) -> None:
    got = send(f"{cloud.delivery}/image/upload/{path.format(logo['public_id'])}", headers={"Accept": accept})
    assert got.status == 200, got.body
    picture = opened(got.body)
    assert (picture.format, picture.size) == (kind, (400, 200))
    assert picture.convert("RGBA").getpixel((10, 10)) == pytest.approx((255, 0, 0, 255), abs=6)


@pytest.mark.parametrize("ending", ["", ".svg"])
def test_the_drawing_itself_is_saved_not_shown(
    cloud: MediaService, logo: dict[str, Any], ending: str
) -> None:
    got = send(f"{cloud.delivery}/image/upload/v1/{logo['public_id']}{ending}")
    assert (got.status, got.body) == (200, LOGO)
    assert got.headers["content-type"] == "image/svg+xml"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
