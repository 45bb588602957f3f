"""The JSON API as the page's code uses it: straight to the media service, and back to the gallery."""

import io
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata

from picturerail.database import Database
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.filter import in_state
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, signed_in, token
from tests.gallery.test_uploads import fresh
from tests.service import Service

ID = re.compile(r"[0-9a-f]{24}")


@dataclass
class Script:
    """What runs in an owner's page."""

    service: Service
    browser: Browser

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        return self._ask(method, path, data, "application/json")

    def post_form(self, fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[int, Any]:
        body, kind = encode_multipart_formdata([*fields.items(), *files.items()])
        return self._ask("POST", "/api/v1/pictures", body, kind)

    def _ask(self, method: str, path: str, data: bytes | None, kind: str) -> tuple[int, Any]:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.jar)
        headers = {"Content-Type": kind, "X-CSRFToken": self.browser.token(), "Cookie": cookies}
        request = urllib.request.Request(self.service.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def send(self, content: bytes, filename: str) -> dict[str, Any]:
        """Ask for a signature and send the file to the media service, which needs no cookie."""
        status, permit = self.call(
            "POST", "/api/v1/uploads/signature", {"filename": filename, "bytes": len(content)}
        )
        assert status == 200, permit
        fields = [*permit["params"].items(), ("file", (filename, content))]
        body, kind = encode_multipart_formdata(fields)
        address = self.service.url + permit["url"] if permit["url"].startswith("/") else permit["url"]
        request = urllib.request.Request(address, body, {"Content-Type": kind}, method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            sent: dict[str, Any] = json.loads(answer.read())
        return sent

    def add(self, answer: dict[str, Any], filename: str = "x.jpg", description: str = "") -> tuple[int, Any]:
        return self.call(
            "POST", "/api/v1/pictures", {"answer": answer, "filename": filename, "description": description}
        )


@pytest.fixture(scope="module")
def script(service: Service) -> Script:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return Script(service, browser)


def test_upload_by_script(script: Script) -> None:
    content = fresh(900, 600)
    answer = script.send(content, "дом.jpg")
    status, told = script.add(answer, "дом.jpg", "A house")
    picture = told["picture"]
    assert status == 201
    assert (picture["width"], picture["height"], picture["bytes"]) == (900, 600, len(content))
    assert (picture["description"], picture["filename"], picture["state"]) == ("A house", "дом.jpg", "live")
    assert ID.fullmatch(picture["id"])
    assert re.fullmatch(r"gallery/[a-z0-9]{20}", picture["public_id"])
    assert picture["url"].startswith(script.service.url)
    assert script.browser.get(picture["url"]).body == content
    assert picture["image"]["widths"] == [640, 900]
    assert script.browser.get(picture["page"]).status == 200
    assert script.add(answer, "дом.jpg", "again") == (200, told)


def test_a_file_in_one_call(script: Script) -> None:
    content = fresh(640, 480)
    _, made = script.call("POST", "/api/v1/albums", {"title": "By form"})
    album = made["album"]["id"]
    said = {
        "description": "ปลาคาร์ฟ",
        "tags": "pond, fish",
        "visibility": "private",
        "album": album,
        "filename": "",
    }
    status, told = script.post_form(said, {"file": ("плод.jpg", content)})
    picture = told["picture"]
    assert status == 201
    assert (picture["description"], picture["filename"], picture["tags"]) == (
        "ปลาคาร์ฟ",
        "плод.jpg",
        ["pond", "fish"],
    )
    assert (picture["visibility"], picture["albums"], picture["bytes"]) == ("private", [album], len(content))
    assert Browser(script.service.url).get(picture["page"]).status == 404
    status, told = script.post_form({"filename": "b.jpg"}, {"file": ("a.jpg", content)})
    assert (status, told["duplicate_of"]["id"]) == (409, picture["id"])
    assert script.call("POST", f"/api/v1/pictures/{told['held_id']}/skip")[0] == 200


@pytest.mark.parametrize(
    ("fields", "files", "detail"),
    [
        ({}, [], "'file' is missing."),
        ({"file": "a.jpg"}, [], "'file' must be one file."),
        ({}, [b"x", b"y"], "'file' must be one file."),
        ({}, [b""], "the file is empty."),
        ({"visibility": "secret"}, [b"x"], "'visibility' must be one of public, unlisted, private."),
        ({"colour": "red"}, [b"x"], "'colour' is not known here. Known: description, tags, file,"),
        ({"description": "x" * 2001}, [b"x"], "A description may have at most 2,000 characters"),
    ],
    ids=("nothing", "text", "two", "empty", "visibility", "strange", "long"),
)
def test_a_form_that_does_not_fit_is_refused_by_name(
    owner: FlaskClient, fields: dict[str, str], files: list[bytes], detail: str
) -> None:
    sent = {**fields, "file": [(io.BytesIO(each), "a.jpg") for each in files] or fields.get("file", "")}
    headers = {"X-CSRFToken": token(owner)}
    refused = owner.post("/api/v1/pictures", data=sent, headers=headers, content_type="multipart/form-data")
    assert refused.status_code == 400
    assert detail in json_of(refused)["detail"]


def test_a_form_is_read_whose_file_is_named_in_an_old_encoding(owner: FlaskClient) -> None:
    """As curl sends it on Windows: the whole form was empty for it."""
    told = b'--b\r\nContent-Disposition: form-data; name="tags"\r\n\r\nsea\r\n'
    for name in (b"\xe9t\xe9.jpg", "海.jpg".encode("cp932")):
        body = (
            told
            + b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
            + name
            + b'"\r\n\r\n\r\n--b--\r\n'
        )
        headers = {"X-CSRFToken": token(owner), "Content-Type": "multipart/form-data; boundary=b"}
        assert (
            json_of(owner.post("/api/v1/pictures", data=body, headers=headers))["detail"]
            == "the file is empty."
        )


def test_a_long_text_is_refused_where_a_long_file_is_not(owner: FlaskClient) -> None:
    refused = call(owner, "POST", "/api/v1/pictures", {"answer": {"a": "x" * 300_000}})
    assert refused.status_code == 413


def test_the_same_bytes_are_told_with_what_is_there(script: Script) -> None:
    content = fresh()
    _, first = script.add(script.send(content, "a.jpg"), "a.jpg")
    status, told = script.add(script.send(content, "b.jpg"), "b.jpg", "the other")
    assert status == 409
    assert told["detail"] == "This picture is already in the gallery. Keep both, or skip the new one?"
    assert told["duplicate_of"] == first["picture"]
    held = told["held_id"]
    assert script.call("GET", f"/api/v1/pictures/{held}")[0] == 404
    status, kept = script.call("POST", f"/api/v1/pictures/{held}/keep")
    assert (status, kept["picture"]["description"]) == (200, "the other")
    assert script.call("POST", f"/api/v1/pictures/{held}/skip")[0] == 404
    _, third = script.add(script.send(content, "c.jpg"), "c.jpg")
    assert script.call("POST", f"/api/v1/pictures/{third['held_id']}/skip") == (
        200,
        {"skipped": third["held_id"]},
    )
    assert script.call("POST", f"/api/v1/pictures/{third['held_id']}/keep")[0] == 404


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"signature": "0" * 64},
        {"version": 1},
        {"public_id": "gallery/aaaaaaaaaaaaaaaaaaaa"},
        {"public_id": "../../etc/passwd"},
        {"width": -1},
        {"width": 10**30},
        {"height": "600"},
        {"bytes": True},
        {"format": 7},
    ],
    ids=str,
)
def test_an_answer_that_the_cloud_did_not_give_is_refused(script: Script, change: dict[str, Any]) -> None:
    answer = script.send(fresh(), "x.jpg")
    before = script.call("GET", "/api/v1/pictures?limit=1")
    assert script.add({**answer, **change})[0] in {400, 403}
    assert script.call("GET", "/api/v1/pictures?limit=1") == before
    assert script.add(answer)[0] == 201


def test_addresses_in_an_answer_are_not_believed(script: Script) -> None:
    answer = script.send(fresh(), "x.jpg")
    evil = {"url": "https://evil.example/x", "secure_url": "javascript:alert(1)", "_id": "x", "owner": "me"}
    status, told = script.add(
        {**answer, **evil, "colors": [["</style>", 1]], "info": {"picturerail": {"thumbhash": "'"}}}
    )
    assert status == 201
    assert told["picture"]["url"].startswith(script.service.url)
    assert told["picture"]["color"] is None
    assert told["picture"]["thumbhash"] is None


def test_an_answer_belongs_to_who_uploaded(app: Flask, database: Database, cloud: CloudAccess) -> None:
    one, other = (signed_in(app, database, "editor") for _ in range(2))
    answer = {
        "public_id": "gallery/" + "a" * 20,
        "version": 17,
        "width": 4,
        "height": 3,
        "format": "jpg",
        "bytes": 9,
    }
    from picturerail.signing import sign_response

    answer["signature"] = sign_response(str(answer["public_id"]), 17, cloud.api_secret)
    body = {"answer": answer, "filename": "x.jpg"}
    assert call(one, "POST", "/api/v1/pictures", body).status_code == 201
    assert call(other, "POST", "/api/v1/pictures", body).status_code == 403


def test_an_answer_does_not_bring_back_what_was_deleted(script: Script) -> None:
    answer = script.send(fresh(), "x.jpg")
    _, told = script.add(answer)
    assert script.call("DELETE", f"/api/v1/pictures/{told['picture']['id']}")[0] == 200
    assert script.add(answer)[0] == 409
    assert script.call("GET", f"/api/v1/pictures/{told['picture']['id']}")[0] == 404


def test_too_large_is_refused_before_sending(owner: FlaskClient) -> None:
    ask = {"filename": "big.jpg", "bytes": 100 * 1024 * 1024 + 1}
    answer = call(owner, "POST", "/api/v1/uploads/signature", ask)
    assert answer.status_code == 413
    assert "limit of 100 MB" in answer.json["detail"]
    assert call(owner, "POST", "/api/v1/uploads/signature", {"filename": "x", "bytes": 0}).status_code == 400


def test_list_by_cursor(client: FlaskClient, make: Maker) -> None:
    newest_first = [make().id for _ in range(25)][::-1]
    seen, after = [], ""
    while True:
        told = client.get(f"/api/v1/pictures?limit=10{after}").json or {}
        seen += [one["id"] for one in told["pictures"]]
        if told["next"] is None:
            break
        after = f"&after={told['next']}"
    assert seen == newest_first


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "1e2", "9" * 30, "", "٣"])
def test_an_unfit_limit_is_refused(client: FlaskClient, limit: str) -> None:
    answer = client.get(f"/api/v1/pictures?limit={limit}")
    assert answer.status_code == 400


def test_edit_with_conflict(owner: FlaskClient, make: Maker, database: Database) -> None:
    picture = make()
    here = f"/api/v1/pictures/{picture.id}"
    first = call(owner, "PATCH", here, {"description": "first", "updated_at": picture.revision})
    assert first.status_code == 200
    assert first.json["picture"]["description"] == "first"
    late = call(owner, "PATCH", here, {"description": "late", "updated_at": picture.revision})
    assert late.status_code == 409
    assert late.json["picture"] == first.json["picture"]
    assert late.json["status"] == 409
    again = call(
        owner, "PATCH", here, {"description": "late", "updated_at": first.json["picture"]["updated_at"]}
    )
    assert again.status_code == 200
    assert lookup.find(database, picture.id, in_state("live")).description == "late"


def test_what_is_refused_changes_nothing(owner: FlaskClient, make: Maker, database: Database) -> None:
    picture, good = make(visibility="private"), {"visibility": "public", "taken_at": "2020-01-01"}
    here, stale = f"/api/v1/pictures/{picture.id}", {"updated_at": "2020-01-01T00:00:00.000+00:00"}
    before = database.gallery.find_one({})
    for status, body in (
        (409, {**good, **stale, "description": "late"}),
        (409, {"visibility": "public", **stale}),
        (400, {**good, "edit": "no"}),
        (400, {"description": "x", "updated_at": picture.revision, "visibility": "public", "taken_at": "no"}),
        (400, {"description": "x", **good}),
        (400, {"updated_at": picture.revision}),
    ):
        assert call(owner, "PATCH", here, body).status_code == status, body
        assert database.gallery.find_one({}) == before, body
    whole = {"description": "x", "updated_at": picture.revision, "edit": "a_90", **good}
    now = call(owner, "PATCH", here, whole).json["picture"]
    assert [now[name] for name in ("description", "edit", "visibility")] == ["x", "a_90", "public"]


def test_delete_and_restore(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    here = f"/api/v1/pictures/{picture.id}"
    deleted = call(owner, "DELETE", here)
    assert deleted.json["undo"] == f"{here}/restore"
    assert owner.get(here).status_code == 404
    assert call(owner, "POST", deleted.json["undo"]).json["picture"]["state"] == "live"
    assert owner.get(here).status_code == 200


def test_everybody_may_ask_what_can_be_sent(client: FlaskClient) -> None:
    for path in ("/api/v1/pictures", "/api/v1/shares"):
        answer = client.options(path)
        assert (answer.status_code, "POST" in answer.headers["Allow"], answer.data) == (200, True, b"")


def test_errors_have_one_shape(app: Flask, client: FlaskClient, owner: FlaskClient) -> None:
    answers = {
        400: client.get("/api/v1/pictures?limit=x"),
        401: call(client, "POST", "/api/v1/uploads/signature", {}),
        403: client.post("/api/v1/uploads/signature", headers={"Origin": "https://evil.example"}),
        404: client.get("/api/v1/nowhere"),
        405: call(owner, "PUT", "/api/v1/pictures"),
        413: owner.post("/api/v1/pictures", data=b"x" * 300_000, headers={"X-CSRFToken": "x"}),
    }
    for status, answer in answers.items():
        assert answer.status_code in {status, 403}
        assert answer.content_type == "application/problem+json"
        assert set(answer.json) == {"title", "status", "detail", "request_id", "type"}
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]
        assert answer.json["detail"].endswith((".", "?"))
        assert answer.headers["Cache-Control"] == "no-store"


def test_openapi_names_every_route_of_the_api(app: Flask, client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json or {}
    described = {
        (method.upper(), path)
        for path, calls in told["paths"].items()
        for method in calls
        if method != "parameters"
    }
    real = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == real


def test_openapi_describes_what_a_picture_has(client: FlaskClient, make: Maker) -> None:
    make()
    told = client.get("/api/v1/openapi.json").json or {}
    [picture] = (client.get("/api/v1/pictures").json or {})["pictures"]
    assert set(told["components"]["schemas"]["PublicPicture"]["properties"]) == set(picture)
