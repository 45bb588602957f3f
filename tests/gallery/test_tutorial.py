"""The documents and files that a user of the tutorial already has, and documents of any other shape."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
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
