"""CLOUDINARY_URL set: our media service stays off, and everything follows that cloud.

The foreign cloud is played by a second whole program, of which only the media service is used.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from urllib3.filepost import encode_multipart_formdata

from picturerail.database import Database
from picturerail.errors import StartupError
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud_account import cloud_access, parse_cloudinary_url
from picturerail.gallery.pictures.model import Picture
from picturerail.settings import Settings
from tests.files import opened
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker
from tests.gallery.test_api import Script
from tests.gallery.test_uploads import fresh, newest, upload
from tests.service import Service
from tests.services import Services


@pytest.fixture(scope="module")
def foreign(service: Service, services: Services) -> Iterator[Service]:
    """The whole program with somebody else's cloud."""
    with services.program({"CLOUDINARY_URL": service.cloudinary_url}) as running:
        running.add_user("owner@example.com", "owner", "correct horse battery")
        yield running


@pytest.fixture(scope="module")
def owner(foreign: Service) -> Browser:
    browser = Browser(foreign.url)
    browser.sign_in(foreign.owner_email, foreign.owner_password)
    return browser


def test_the_own_media_service_stays_off(foreign: Service, owner: Browser) -> None:
    assert owner.get("/v1_1/picturerail/ping").status == 404
    assert "image" not in {path.name for path in (foreign.data / "run").glob("*.sock")}
    assert not list((foreign.data / "run").glob("images*"))


def test_upload_look_and_delete_at_the_foreign_cloud(
    owner: Browser, service: Service, foreign: Service
) -> None:
    content = fresh(1000, 700)
    assert upload(owner, ("boot.jpg", content), description="Far away").status == 200
    identity = newest(owner)
    page = owner.get(f"/gallery/{identity}")
    [source] = re.findall(r'<img src="([^"]+)" srcset="[^"]+" sizes="[^"]+" width="1000"', page.text)
    assert source.startswith(f"{service.url}/picturerail/image/private/c_limit,f_auto,q_auto,w_1000/v")
    assert opened(Browser("").get(source).body).size == (1000, 700)
    policy = page.headers["Content-Security-Policy"]
    assert f"img-src 'self' data: blob: {service.url};" in policy
    assert f"connect-src 'self' {service.url};" in policy
    original = json.loads(owner.get(f"/api/v1/pictures/{identity}").body)["picture"]["url"]
    assert Browser("").get(original).body == content
    saved = owner.get(f"/gallery/{identity}/download")
    assert saved.url.startswith(service.url)
    assert saved.headers["Content-Disposition"] == 'attachment; filename="boot.jpg"'
    owner.post(f"/gallery/{identity}/delete")
    assert owner.get("/gallery/").tiles() == []
    owner.post("/trash/empty", {"confirm": "yes"})
    assert Browser("").get(original).status == 404
    assert Browser("").get(source).status == 404


def test_a_page_may_upload_straight_to_the_foreign_cloud(
    owner: Browser, service: Service, foreign: Service
) -> None:
    script, content = Script(foreign, owner), fresh()
    _, permit = script.call("POST", "/api/v1/uploads/signature", {"filename": "x.jpg", "bytes": len(content)})
    assert urlsplit(permit["url"]).netloc == urlsplit(service.url).netloc
    body, kind = encode_multipart_formdata([*permit["params"].items(), ("file", ("x.jpg", content))])
    headers = {"Content-Type": kind, "Origin": foreign.url}
    request = urllib.request.Request(permit["url"], body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] in {"*", foreign.url}
        sent = json.loads(answer.read())
    assert script.add(sent)[0] == 201
    changed = permit["params"] | {"public_id": "gallery/mine"}
    tampered, kind = encode_multipart_formdata([*changed.items(), ("file", ("x.jpg", content))])
    headers["Content-Type"] = kind
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(
            urllib.request.Request(permit["url"], tampered, headers, method="POST"), timeout=60
        )


@pytest.mark.parametrize(
    ("suffix", "address"),
    [
        ("", "https://res.cloudinary.com/cloud/image/upload/v7/gallery/x.jpg"),
        ("?secure=false", "http://res.cloudinary.com/cloud/image/upload/v7/gallery/x.jpg"),
        ("?cname=127.0.0.1:80", "http://127.0.0.1:80/cloud/image/upload/v7/gallery/x.jpg"),
        ("?secure=true&secure_distribution=h:8443", "https://h:8443/cloud/image/upload/v7/gallery/x.jpg"),
        ("/h:8443?secure=true", "https://h:8443/image/upload/v7/gallery/x.jpg"),
        ("?private_cdn=true", "https://cloud-res.cloudinary.com/image/upload/v7/gallery/x.jpg"),
    ],
)
def test_addresses_follow_the_url_as_in_the_sdk(suffix: str, address: str) -> None:
    cloud = parse_cloudinary_url(f"cloudinary://key:s%40cret@cloud{suffix}")
    assert cloud.api_secret == "s@cret"
    assert cloud.upload_prefix == "https://api.cloudinary.com"
    assert cloud.url("gallery/x", 7, extension="jpg") == address
    assert cloud.delivery_origin() == address.partition("/image")[0].removesuffix("/cloud")


def test_a_cdn_in_front_of_our_own_cloud_is_where_pictures_come_from(
    settings: Settings, database: Database, make: Maker
) -> None:
    behind = replace(settings, cdn_url="https://cdn.example/", public_url="https://pictures.example")
    picture = make()
    client = create_app(behind, cloud_access(behind)).test_client()
    page = client.get("/gallery/", base_url="https://pictures.example")
    address = "https://cdn.example/picturerail/image/upload/c_limit,f_auto,q_auto,w_640/v17/"
    assert f"{address}{picture.public_id} 640w" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://cdn.example;" in policy
    assert "connect-src 'self';" in policy


@pytest.mark.parametrize(
    "url",
    [
        "cloudinary://",
        "cloudinary://key@cloud",
        "cloudinary://key:secret@",
        "cloudinary://k:s@c?upload_prefix=ftp://x",
    ],
)
def test_an_unfit_url_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(StartupError):
        parse_cloudinary_url(url)


def test_the_secret_is_not_shown() -> None:
    assert "hush" not in repr(parse_cloudinary_url("cloudinary://key:hush@cloud"))


def test_a_tutorial_picture_in_the_same_cloud_can_be_deleted_there() -> None:
    from picturerail.gallery.tutorial.files import public_id_at

    cloud = parse_cloudinary_url("cloudinary://key:secret@mine")
    url = "https://res.cloudinary.com/{}/image/upload/v1612345678/folder/sample%20one.jpg"
    assert public_id_at(Picture(id="x", url=url.format("mine")), cloud) == "folder/sample one"
    assert public_id_at(Picture(id="x", url=url.format("yours")), cloud) == ""
