"""Pictures by their addresses on other hosts: the cloud fetches them, and each failure is a sentence at its line."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import BadRequest, TooManyRequests
from picturerail.gallery import cloud as media
from picturerail.gallery.accounts.throttle import AddressLimit
from picturerail.gallery.actions import addresses
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import remote_file
from picturerail.gallery.policy import ApiClient
from picturerail.settings import Settings
from picturerail.visitors import CURRENT, Visitor
from tests.gallery.browser import Browser
from tests.gallery.clouds.test_failures import answering
from tests.gallery.conftest import FAR, signed_in, token
from tests.gallery.test_api import Script
from tests.service import Service


@pytest.fixture(scope="module")
def script(service: Service) -> Script:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return Script(service, browser)


def test_the_form_fetches_some_and_says_why_not_the_others(script: Script) -> None:
    browser = script.browser
    lines = [
        f"{FAR}/boat.jpg",
        "harbour.jpg",
        "/etc/hostname",
        "http://127.0.0.1/inside.jpg",
        f"{FAR}/gone.jpg",
        f"{FAR}/page.html",
        f"{FAR}/boat.jpg",
    ]
    form = {"addresses": "\r\n".join(lines) + "\r\n", "description": "Seen far away", "tags": "far"}
    gone = Path(script.service.env["PICTURERAIL_FETCH_MAP"].partition("gone.jpg=")[2])
    gone.unlink()
    page = browser.post("/upload/", form)
    gone.touch()  # every command of the program looks whether it is there
    assert page.status == 200
    told = page.words.partition("What happened")[2]
    assert f"{FAR}/boat.jpg : added." in told.replace(": added", " : added").replace("  ", " ")
    for line, words in (
        ("harbour.jpg", remote_file.NO_ADDRESS),
        ("/etc/hostname", remote_file.NO_ADDRESS),
        ("http://127.0.0.1/inside.jpg", "it could not be fetched: the host 127.0.0.1 is not a public one."),
        (f"{FAR}/gone.jpg", remote_file.NOTHING_THERE),
        (f"{FAR}/page.html", "this is no picture"),
    ):
        assert f"{line}: {words}" in told.replace(" : ", ": ")
    left = page.text.partition('name="addresses"')[2].partition(">")[2].partition("</textarea>")[0]
    assert left.split() == lines[1:-1], "what failed is written still, what came is not"
    _, found = script.call("GET", "/api/v1/pictures?q=%23far")
    [picture] = found["pictures"]
    assert (picture["filename"], picture["description"]) == ("boat.jpg", "Seen far away")
    assert (picture["width"], picture["height"]) == (300, 200)
    page = browser.post("/upload/", {"addresses": f"{FAR}/boat.jpg"})
    assert "is already in the gallery. Keep both or skip it below." in page.words
    browser.post("/upload/duplicates", {"choice": "skip"})


def test_the_api_takes_an_address_with_all_that_is_said_of_a_file(script: Script) -> None:
    status, made = script.call("POST", "/api/v1/albums", {"title": "From afar"})
    album = made["album"]["id"]
    asked = {
        "url": f"{FAR}/photo?id=7",
        "tags": ["afar"],
        "album": album,
        "visibility": "private",
        "description": "By address",
    }
    status, told = script.call("POST", "/api/v1/pictures", asked)
    assert status == 201, told
    _, told = script.call("GET", f"/api/v1/pictures/{told['picture']['id']}")
    picture = told["picture"]
    assert picture["filename"] == "photo.jpg"
    assert (picture["tags"], picture["albums"], picture["visibility"]) == (["afar"], [album], "private")
    assert picture["taken_at"] == "2024-05-17T18:30:00", "the cloud tells what the camera wrote"
    assert picture["color"]
    assert picture["thumbhash"]
    assert Browser(script.service.url).get(picture["page"]).status == 404, "it is private from the beginning"
    status, told = script.call("POST", "/api/v1/pictures", asked)
    assert (status, told["duplicate_of"]["id"]) == (409, picture["id"])
    script.call("POST", f"/api/v1/pictures/{told['held_id']}/skip")
    wrongs: list[dict[str, Any]] = [
        {},
        {"url": f"{FAR}/boat.jpg", "answer": {}, "filename": "x"},
        {"answer": {}},
    ]
    for wrong in wrongs:
        status, told = script.call("POST", "/api/v1/pictures", wrong)
        assert (status, told["detail"]) == (
            400,
            "Send 'answer' and 'filename' of an upload, or the 'url' of a picture.",
        )


ANSWERS = [
    (400, b"Error in loading https://far.example/a.jpg - 404 Not Found", 400, "nothing at this address"),
    (404, b"Resource not found - https://far.example/a.jpg", 400, "nothing at this address"),
    (400, b"Error in loading https://far.example/a.jpg - it did not answer in time.", 400, "in time"),
    (400, b"Invalid image file", 415, "this is no picture"),
    (400, b"File size too large. Got 12000000. Maximum is 10485760.", 413, "larger than the limit of"),
    (429, b"Too many files are being fetched. Try again shortly.", 429, "Try again shortly"),
    (500, b"General error", 503, "does not answer"),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer[0]} {answer[1].decode()[:20]}")
def test_each_refusal_of_a_cloud_is_a_sentence_about_the_address(
    settings: Settings, cloud: CloudAccess, database: Database, answer: tuple[int, bytes, int, str]
) -> None:
    status, message, expected, words = answer
    with answering(status, b'{"error":{"message":"%s"}}' % message) as port:
        other = replace(cloud, upload_prefix=f"http://127.0.0.1:{port}")
        owner = signed_in(create_app(settings, other), database, "owner")
        told = _ask(owner, "https://far.example/a.jpg")
    assert told.status_code == expected
    assert words in told.json["detail"]
    assert database.gallery.count_documents({}) == 0


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (
            "http://รูปภาพ.example/แมว.jpg?ก=1",
            "http://xn--s3cgfk1fub.example/%E0%B9%81%E0%B8%A1%E0%B8%A7.jpg?%E0%B8%81=1",
        ),
        ("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443/"),
        ("https://น้ำ.example/", "https://xn--q3c4c8cq.example/"),  # a letter that networks write as two
    ],
)
def test_a_host_in_letters_is_called_by_its_name_of_networks(written: str, sent: str) -> None:
    assert remote_file.parse_address(written).url == sent


@pytest.mark.parametrize("host", ["straße.example", "a@รูป.example", "ก" * 70 + ".example"])
def test_a_host_of_which_nobody_knows_that_name_is_refused(host: str) -> None:
    with pytest.raises(BadRequest):
        remote_file.parse_address(f"http://{host}/a.jpg")


def test_nothing_but_an_address_of_the_web_reaches_the_sdk(
    owner: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK opens a text that is no address as a file of this machine."""
    sent = list[str]()
    monkeypatch.setattr(media, "send", lambda *given, **_: sent.append(given[1]))
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"x")
    for text in (
        str(secret),
        f"file://{secret}",
        "s3://b/a.jpg",
        "ftp://a.example/b",
        "data:image/png;base64,AA",
        "",
    ):
        assert _ask(owner, text).json["detail"] == remote_file.NO_ADDRESS
    for text in ("https://user:word@a.example/b", "https://a.example\\@b/", "https://", "http://127.1/"):
        assert _ask(owner, text).status_code == 400
    assert sent == []


def test_what_is_larger_than_the_limit_is_taken_away_again(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account may have another limit than the gallery."""
    gone = list[str]()
    monkeypatch.setattr(media, "send", lambda *_, **__: {"bytes": 2**40})
    monkeypatch.setattr(media, "destroy", lambda *given: gone.append(given[1]))
    assert _ask(owner, "https://a.example/b.jpg").status_code == 413
    assert len(gone) == 1


def test_what_nobody_waits_for_any_more_is_not_added(
    owner: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was left while the other host took its time, with a warning or after Cancel."""
    visitor, gone = Visitor("somebody"), list[tuple[str, str]]()

    def send(*_: object, **__: object) -> dict[str, Any]:
        visitor.leave()
        return {"bytes": 1, "public_id": "gallery/far", "type": "private"}

    monkeypatch.setattr(media, "send", send)
    monkeypatch.setattr(media, "destroy", lambda *given: gone.append(given[1:]))
    before = CURRENT.set(visitor)
    try:
        assert _ask(owner, "https://a.example/b.jpg").status_code == 400
    finally:
        CURRENT.reset(before)
    assert gone == [("gallery/far", "private")]
    assert database.gallery.count_documents({}) == 0


def test_who_may_and_how_often(
    people: dict[str, FlaskClient], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _ask(people["viewer"], "https://a.example/b.jpg").status_code == 403
    assert _ask(people["visitor"], "https://a.example/b.jpg").status_code == 401
    assert 'name="addresses"' in people["contributor"].get("/upload/").text
    one, other = (ApiClient(ObjectId(), name, "write") for name in ("one", "other"))
    limited: Any = AddressLimit(database.client, 2)
    for _ in range(2):
        limited.count(one)
    with pytest.raises(TooManyRequests, match="At most 2 pictures an hour"):
        limited.count(one)
    limited.count(other)
    for _ in range(addresses.MAX_AT_ONCE):
        assert addresses._turns.acquire(blocking=False)
    busy = _ask(people["owner"], "https://a.example/b.jpg")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "3")
    for _ in range(addresses.MAX_AT_ONCE):
        addresses._turns.release()
    assert _ask(people["owner"], "https://a.example/b.jpg").status_code == 503, (
        "a cloud that is away takes no place"
    )
    monkeypatch.setattr("picturerail.gallery.pages.upload.MAX_FETCH_SECONDS", -1)
    form = {"csrf_token": token(people["owner"]), "addresses": "https://a.example/b.jpg"}
    late = people["owner"].post("/upload/", data=form)
    assert late.status_code == 429
    assert "not begun, since those before took too long" in late.text


def _ask(client: FlaskClient, address: str) -> Any:
    return client.post("/api/v1/pictures", json={"url": address}, headers={"X-CSRFToken": token(client)})
