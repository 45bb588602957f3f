"""The documents and files that a user of the tutorial already has, and documents of any other shape."""

import re
from dataclasses import replace
from typing import Any

import pytest
from cloudinary import uploader
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import consistency
from picturerail.gallery.pictures.model import Picture, parse_picture
from picturerail.gallery.pictures.view import can_be_edited, show
from picturerail.gallery.tutorial.import_ import adopt_all
from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.conftest import opened


def tutorial_file(settings: Settings, name: str, content: bytes) -> None:
    settings.upload_folder.mkdir(parents=True, exist_ok=True)
    (settings.upload_folder / name).write_bytes(content)


def added(database: Database, **document: Any) -> str:
    return str(database.gallery.insert_one(document).inserted_id)


def test_a_file_of_the_tutorial_is_shown_and_served(
    client: FlaskClient, settings: Settings, database: Database
) -> None:
    tutorial_file(settings, "møte.jpg", content := jpeg(64, 48))
    identity = added(database, filename="møte.jpg", description="Our first upload")
    page = opened(client, "/gallery/")
    assert page.tiles() == [identity]
    assert 'alt="Our first upload"' in page.text
    assert "unsized" in page.text
    assert re.search(r'<img [^>]*width="\d+" height="\d+"', page.text)
    assert "Our first upload" in opened(client, f"/gallery/{identity}").words
    served = client.get(f"/gallery/{identity}/file")
    assert (served.status_code, served.data, served.content_type) == (200, content, "image/jpeg")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in served.headers["Content-Security-Policy"]
    saved = client.get(f"/gallery/{identity}/download")
    assert saved.data == content
    assert (
        saved.headers["Content-Disposition"]
        == "attachment; filename=\"m_te.jpg\"; filename*=UTF-8''m%C3%B8te.jpg"
    )


@pytest.mark.parametrize(
    "filename",
    [
        "../secret.jpg",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/../../secret.jpg",
        "link.jpg",
        "missing.jpg",
        "nul\0.jpg",
        "page.jpg",
        "folder",
    ],
)
def test_nothing_but_pictures_of_the_folder_is_served(
    client: FlaskClient, settings: Settings, database: Database, filename: str
) -> None:
    tutorial_file(settings, "page.jpg", b"<html><script>alert(1)</script>")
    (settings.upload_folder / "folder").mkdir()
    secret = settings.upload_folder.parent / "secret.jpg"
    secret.write_bytes(jpeg(8, 8))
    (settings.upload_folder / "link.jpg").symlink_to(secret)
    identity = added(database, filename=filename, description="x")
    assert client.get(f"/gallery/{identity}/file").status_code == 404
    assert client.get("/gallery/").status_code == 200


def test_an_address_at_cloudinary_is_shown_in_the_right_width(
    client: FlaskClient, database: Database
) -> None:
    identity = added(
        database, url="http://res.cloudinary.com/demo/image/upload/v1/a b.jpg", description="Cloudy"
    )
    answer = client.get("/gallery/")
    assert (
        "https://res.cloudinary.com/demo/image/upload/c_limit,f_auto,q_auto,w_640/v1/a%20b.jpg 640w"
        in answer.text
    )
    assert (
        "img-src 'self' data: blob: https://res.cloudinary.com;" in answer.headers["Content-Security-Policy"]
    )
    assert (
        client.get(f"/gallery/{identity}/download").location
        == "http://res.cloudinary.com/demo/image/upload/v1/a%20b.jpg"
    )
    assert "cloudinary" not in client.get("/sign-in").headers["Content-Security-Policy"]


def test_any_other_address_is_shown_as_it_is(client: FlaskClient, database: Database) -> None:
    added(database, url="https://pictures.example:8443/x.png?a=1&b=2", description="Elsewhere")
    answer = client.get("/gallery/")
    assert 'src="https://pictures.example:8443/x.png?a=1&amp;b=2"' in answer.text
    assert "https://pictures.example:8443;" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host",
    [
        "http://127.0.0.1:8000",  # the site's
        "http://localhost:8123",  # this machine's, at another port than today's
        "http://[::1]:8000",
    ],
)
def test_an_address_at_our_own_cloud_is_shown_in_the_right_width(
    client: FlaskClient, database: Database, host: str
) -> None:
    added(database, url=f"{host}/picturerail/image/upload/v7/a/b%20c.jpg?x", description="Ours")
    answer = client.get("/gallery/")
    assert " /picturerail/image/upload/c_limit,f_auto,q_auto,w_640/v7/a/b%20c.jpg 640w" in answer.text
    assert "img-src 'self' data: blob:;" in answer.headers["Content-Security-Policy"]


def test_our_cloud_by_the_address_of_a_cdn_or_by_a_name_that_we_do_not_know(cloud: CloudAccess) -> None:
    path, step = "/picturerail/image/upload/", "c_limit,f_auto,q_auto,w_{w}"
    behind = replace(cloud, cdn_url="https://cdn.example", site_url="https://pics.example")
    for host, shown in (
        ("https://cdn.example", "https://cdn.example"),
        ("https://PICS.example", "https://cdn.example"),
        ("http://nas.lan:8000", "http://nas.lan:8000"),
    ):
        picture = Picture(id="x", url=f"{host}{path}v1/x.jpg")
        assert show(picture, behind).source == f"{shown}{path}{step}/v1/x.jpg"
        assert can_be_edited(picture, behind)
    other = Picture(id="x", url="https://cdn.example/others/image/upload/v1/x.jpg")
    assert show(other, behind).source == other.url


@pytest.mark.parametrize(
    ("url", "public_id"),
    [
        ("http://127.0.0.1:8000/picturerail/image/upload/v17/folder/sample%20one.jpg", "folder/sample one"),
        ("http://127.0.0.1:8000/picturerail/image/upload/v17/a.b.png", "a.b"),
        ("http://127.0.0.1:8000/picturerail/image/upload/w_20/v17/a.png", ""),  # not its original
        ("http://127.0.0.1:8000/picturerail/raw/upload/v17/a.png", ""),
        ("http://nas.lan:8000/picturerail/image/upload/v17/a.png", ""),  # perhaps another machine's
        ("http://[x/picturerail/image/upload/v17/a.png", ""),
    ],
)
def test_which_asset_an_address_means(cloud: CloudAccess, url: str, public_id: str) -> None:
    assert cloud.public_id_at(url) == public_id


def test_documents_with_addresses_at_our_cloud_are_taken_over(
    database: Database, stranger: CloudAccess, settings: Settings
) -> None:
    answer = uploader.upload(jpeg(60, 40), public_id="tutorial/boat", **stranger.account())
    first = added(database, url=answer["secure_url"], description="Our boat")
    second = added(database, url=answer["secure_url"], description="The same")
    gone = added(database, url=answer["secure_url"].replace("boat", "lost"), description="Lost")
    elsewhere = added(database, url="https://pictures.example/x.png", description="Elsewhere")
    told = {picture.id: problem for picture, problem in adopt_all(database, stranger, None, "private")}
    assert told[first] == ""
    assert "another picture" in told[second]
    assert "not found" in told[gone]
    assert elsewhere not in told
    [picture] = [parse_picture(each) for each in database.gallery.find({"public_id": "tutorial/boat"})]
    assert (picture.id, picture.description, picture.size) == (first, "Our boat", (60, 40))
    assert (picture.filename, picture.etag) == ("boat.jpg", answer["etag"])
    assert consistency.check(database, stranger).without_asset == []
    uploader.destroy("tutorial/boat", **stranger.account())
    assert consistency.check(database, stranger).without_asset == [first]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "//evil.example/x.png",
        "https://a b/x",
        "https://x;script-src *;/y",
        "https://[x/",
        "ftp://x/y",
    ],
)
def test_addresses_that_are_none_are_not_used(client: FlaskClient, database: Database, url: str) -> None:
    identity = added(database, url=url, description="Bad")
    answer = client.get("/gallery/")
    assert f'src="/gallery/{identity}/file"' in answer.text
    assert "img-src 'self' data: blob:;" in answer.headers["Content-Security-Policy"]


def test_documents_of_every_shape_are_survived(client: FlaskClient, database: Database, app: Flask) -> None:
    strange: list[Any] = [None, 7, -1, 2**40, 1.5, True, [], {}, {"$gt": 1}, b"x", "x" * 5000, "\0", "<b>"]
    fields = (
        "url",
        "description",
        "filename",
        "width",
        "height",
        "version",
        "tags",
        "color",
        "created_at",
        "format",
    )
    for name in fields:
        for value in strange:
            added(database, **{name: value})
    path = "/gallery/"
    seen = 0
    while path:
        page = opened(client, path)
        for identity in page.tiles():
            assert client.get(f"/gallery/{identity}").status_code == 200
        seen, path = seen + len(page.tiles()), page.link("next")
    assert seen == len(fields) * len(strange)
