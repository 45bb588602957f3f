"""An album or a search comes as one zip, to those who may change its pictures; its length is told before."""

import io
import json
import zipfile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from picturerail.database import Database
from picturerail.gallery.actions import downloads
from picturerail.gallery.pages import archives
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.transfer import picture_archive
from tests.faults.uploads import unique_jpeg
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, token
from tests.gallery.test_albums import fill, made
from tests.service import Service

SEED = 731_000


def test_an_album_and_a_search_come_whole_as_zips(service: Service) -> None:
    """The whole program, with a picture that two albums and one edit change nothing about."""
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    content = {f"zipped{index}.jpg": unique_jpeg(SEED + index, (64, 48)) for index in range(3)}
    files = [("image", name, value) for name, value in content.items()]
    browser.post("/upload/", {"description": "In a zip", "tags": "zipper"}, files)
    ids = browser.get("/gallery/").tiles()[:3][::-1]
    browser.post(f"/gallery/{ids[1]}/turn", {"way": "90"})
    browser.post("/albums/new", {"title": "Zipped away", "description": "Boats", "order": "hand"})
    page = browser.get("/gallery/?select=1").text
    album = page[: page.index(">Zipped away</option>")].rpartition('value="')[2].strip('"')
    browser.post("/albums/selection", {"action": "hang", "album": album, "id": ids[1]})
    browser.post("/albums/selection", {"action": "hang", "album": album, "id": ids[0]})
    page = browser.get("/albums/zipped-away").text
    assert 'href="/albums/zipped-away/zip"' in page
    answer = browser.get("/albums/zipped-away/zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert "zipped-away.zip" in answer.headers["Content-Disposition"]
    names = [f"zipped{index}-{ids[index]}.jpg" for index in (1, 0)]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            names[0],
            f"{names[0]}.xmp",
            names[1],
            f"{names[1]}.xmp",
            "gallery.json",
        ]
        assert archive.read(names[0]) == content["zipped1.jpg"], "not the original"
        assert b"In a zip" in archive.read(f"{names[0]}.xmp")
        about = json.loads(archive.read("gallery.json"))
    assert [(each["title"], each["pictures"]) for each in about["albums"]] == [("Zipped away", names)]
    assert [each["edit"] for each in about["pictures"]] == ["a_90", ""]
    found = browser.get("/gallery/?q=zipper")
    assert 'href="/gallery/zip?q=zipper"' in found.text
    with zipfile.ZipFile(io.BytesIO(browser.get("/gallery/zip?q=zipper").body)) as archive:
        assert len(archive.namelist()) == 7
    ticked = browser.post("/selection/zip", {"id": ids[2], "back": "/gallery/?select=1"})
    with zipfile.ZipFile(io.BytesIO(ticked.body)) as archive:
        assert archive.read(f"zipped2-{ids[2]}.jpg") == content["zipped2.jpg"]
        assert len(archive.namelist()) == 3


def test_one_downloads_what_one_may_change(
    people: dict[str, FlaskClient], owner: FlaskClient, make: Maker
) -> None:
    pictures = [make(description="A lighthouse") for _ in range(2)]
    fill(owner, made(owner), pictures)
    for path in ("/albums/sea/zip", "/gallery/zip?q=lighthouse"):
        assert people["editor"].head(path).status_code == 200
        assert people["contributor"].head(path).status_code == 404, "nothing there is theirs"
        assert people["viewer"].head(path).status_code == 403
        assert people["visitor"].head(path).status_code == 303
    assert owner.head("/gallery/zip?q=nowhere").status_code == 404
    assert owner.head("/gallery/zip").status_code == 400
    for name, offered in (("editor", True), ("viewer", False)):
        assert ("/albums/sea/zip" in people[name].get("/albums/sea").text) is offered
        assert ("/gallery/zip" in people[name].get("/gallery/?q=lighthouse").text) is offered


def test_what_is_ticked_comes_as_one_zip_and_what_does_not_is_told(
    people: dict[str, FlaskClient], make: Maker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "original", lambda _, picture: iter([bytes(picture.bytes)]))
    ticked, other, gone = (make() for _ in range(3))
    lifecycle.trash(database, gone.id)

    def sent(role: str, *ids: str, **fields: str) -> TestResponse:
        form = {"csrf_token": token(people[role]), "id": list(ids), **fields}
        return people[role].post("/selection/zip", data=form)

    answer = sent("editor", ticked.id, gone.id, ticked.id)
    assert "pictures.zip" in answer.headers["Content-Disposition"]
    assert answer.content_length == len(answer.data)
    answer.close()
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        [name] = (each for each in archive.namelist() if each.endswith(".jpg"))
        assert ticked.id in name
        assert other.id not in "".join(archive.namelist())
    page = people["editor"].get("/gallery/?select=1").text
    assert "Not in the zip: 1 picture had been deleted already." in page
    assert 'formaction="/selection/zip"' in page
    assert sent("contributor", ticked.id).status_code == 404, "nothing of it is theirs"
    assert sent("viewer", ticked.id).status_code == 403
    nothing = sent("editor", back="/gallery/?select=1&q=sea")
    assert (nothing.status_code, nothing.location) == (303, "/gallery/?select=1&q=sea")
    too_many = sent("editor", *(f"{n:024x}" for n in range(501)))
    assert too_many.status_code == 400
    assert "At most 500 pictures" in too_many.text


def test_too_many_pictures_and_too_many_downloads_are_told(
    owner: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make(description="A lighthouse")
    path = "/gallery/zip?q=lighthouse"
    monkeypatch.setattr(picture_archive, "MAX_PICTURES", 2)
    assert owner.get(path).status_code == 413
    monkeypatch.setattr(picture_archive, "MAX_PICTURES", 3)
    assert owner.head(path).status_code == 200
    for _ in range(archives.AT_ONCE):
        assert archives._turns.acquire(blocking=False)
    refused = owner.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    for _ in range(archives.AT_ONCE):
        archives._turns.release()
    for _ in range(archives.AT_ONCE + 1):
        assert owner.get(path).status_code == 503, "a cloud that is away is told, and takes no place"
