"""Who may do what on every route, forged requests, injected operators and markup, redirects, headers."""

import gzip
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from picturerail.database import Database
from picturerail.gallery.accounts import create_user
from tests.gallery.conftest import PASSWORD, ROLES, Maker, call, post, token

ID = "5f0f0f0f0f0f0f0f0f0f0f0f"

# Each route and method: the least role that may use it.
ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/"): "visitor",
    ("GET", "/gallery/"): "visitor",
    ("GET", f"/gallery/{ID}"): "visitor",
    ("GET", f"/gallery/{ID}/download"): "visitor",
    ("GET", f"/gallery/{ID}/file"): "visitor",
    ("GET", "/gallery/feed.atom"): "visitor",
    ("GET", "/oembed"): "visitor",
    ("GET", "/sign-in"): "visitor",
    ("POST", "/sign-in"): "visitor",
    ("POST", "/sign-out"): "visitor",
    ("GET", "/setup/abc"): "visitor",
    ("POST", "/setup/abc"): "visitor",
    ("GET", "/healthz"): "visitor",
    ("GET", "/readyz"): "visitor",
    ("GET", "/metrics"): "visitor",
    ("GET", "/api/v1/openapi.json"): "visitor",
    ("GET", "/api/v1/pictures"): "visitor",
    ("GET", f"/api/v1/pictures/{ID}"): "visitor",
    ("GET", "/account"): "viewer",
    ("POST", "/account"): "viewer",
    ("GET", "/upload/"): "editor",
    ("POST", "/upload/"): "editor",
    ("GET", f"/gallery/{ID}/edit"): "editor",
    ("POST", f"/gallery/{ID}/edit"): "editor",
    ("POST", f"/gallery/{ID}/delete"): "editor",
    ("POST", f"/gallery/{ID}/restore"): "editor",
    ("POST", f"/gallery/{ID}/keep"): "editor",
    ("POST", f"/gallery/{ID}/skip"): "editor",
    ("GET", "/trash/"): "editor",
    ("POST", "/trash/empty"): "owner",
    ("POST", "/api/v1/uploads/signature"): "editor",
    ("POST", "/api/v1/pictures"): "editor",
    ("PATCH", f"/api/v1/pictures/{ID}"): "editor",
    ("DELETE", f"/api/v1/pictures/{ID}"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/restore"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/keep"): "editor",
    ("POST", f"/api/v1/pictures/{ID}/skip"): "editor",
}
CHANGING = [route for route in ROUTES if route[0] != "GET"]


def json_of(answer: TestResponse) -> Any:
    """The body of an answer of the API."""
    assert answer.content_type == "application/json"
    return answer.json


def snapshot(database: Database) -> str:
    """Everything that a request could change."""
    kept = {name: list(database[name].find({}).sort("_id", 1)) for name in ("gallery", "users")}
    return str(kept)


def test_the_table_names_every_route(app: Flask) -> None:
    known = {(method, path.replace(ID, "<picture_id>").replace("abc", "<token>")) for method, path in ROUTES}
    real = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert real == known


@pytest.mark.parametrize(
    ("route", "least"),
    ROUTES.items(),
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_roles(
    people: dict[str, FlaskClient], make: Maker, database: Database, route: tuple[str, str], least: str
) -> None:
    method, path = route
    picture = make(state="live")
    path = path.replace(ID, picture.id)
    for role in ROLES[: ROLES.index(least)]:
        before = snapshot(database)
        refused = people[role].open(path, method=method, headers={"X-CSRFToken": token(people[role])})
        assert refused.status_code in ({303, 401} if role == "visitor" else {403}), (
            role,
            refused.status_code,
        )
        if refused.status_code == 303:
            assert refused.location == f"/sign-in?next={path}"
        assert snapshot(database) == before
    for role in ROLES[ROLES.index(least) :]:
        allowed = people[role].open(path, method=method, headers={"X-CSRFToken": token(people[role])})
        assert allowed.status_code not in {401, 403}, (role, allowed.text)
        assert allowed.status_code < 500 or allowed.status_code == 503


@pytest.mark.parametrize("route", CHANGING, ids=" ".join)
def test_forged_requests_change_nothing(
    owner: FlaskClient, make: Maker, database: Database, route: tuple[str, str]
) -> None:
    method, path = route
    picture = make()
    path = path.replace(ID, picture.id)
    good = token(owner)
    body: dict[str, Any] = {"email": "x@y.z", "password": PASSWORD, "description": "forged", "confirm": "yes"}
    before = snapshot(database)
    forgeries: list[TestResponse] = [
        owner.open(path, method=method, data=body),
        owner.open(path, method=method, data=body | {"csrf_token": "x"}),
        owner.open(path, method=method, data=json.dumps(body), content_type="text/plain"),
        owner.open(path, method=method, json=body),
        owner.open(f"{path}?csrf_token={good}", method=method, json=body),
    ]
    foreign = [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost:81",
        "http://localhost@evil.example",
    ]
    for origin in foreign:
        headers = {"Origin": origin, "X-CSRFToken": good}
        forgeries.append(owner.open(path, method=method, data=body, headers=headers))
    forgeries.append(
        owner.open(
            path, method=method, data=body, headers={"Sec-Fetch-Site": "cross-site", "X-CSRFToken": good}
        )
    )
    assert {answer.status_code for answer in forgeries} == {403}
    for override in ({"_method": method}, {"X-HTTP-Method-Override": method}):
        answer = owner.get(path, query_string=override, headers=override)
        assert answer.status_code in {200, 302, 303, 404, 405}
    assert snapshot(database) == before
    assert owner.get("/account").status_code == 200


@pytest.mark.parametrize(
    "route", [route for route in CHANGING if ("GET", route[1]) not in ROUTES], ids=" ".join
)
def test_reading_does_not_change(
    owner: FlaskClient, make: Maker, database: Database, route: tuple[str, str]
) -> None:
    picture = make()
    before = snapshot(database)
    for method in ("GET", "HEAD", "PUT", "TRACE"):
        answer = owner.open(
            route[1].replace(ID, picture.id), method=method, headers={"X-CSRFToken": token(owner)}
        )
        assert answer.status_code in {403, 405}
    assert snapshot(database) == before


def test_our_own_pages_may_send(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = owner.post(f"/gallery/{picture.id}/delete", data={"csrf_token": token(owner)}, headers=headers)
    assert answer.status_code == 303


# ---- operators of the database -----------------------------------------------------------------------------

OPERATORS: list[Any] = [
    {"$ne": None},
    {"$gt": ""},
    {"$regex": "^a"},
    {"$where": "sleep(9999)"},
    {"$in": ["a"]},
    {"$oid": ID},
    {"$date": 0},
    {"$binary": {"base64": "", "subType": "07"}},
    {"__proto__": {"admin": True}},
    ["a"],
    [{"$gt": ""}],
    None,
    True,
    7,
    1e308,
    {"a": {"b": {"c": {}}}},
]


@pytest.mark.parametrize("value", OPERATORS, ids=str)
def test_operators_in_json_are_refused(
    owner: FlaskClient, make: Maker, database: Database, value: Any
) -> None:
    picture = make()
    before = snapshot(database)
    here = f"/api/v1/pictures/{picture.id}"
    bodies: list[tuple[str, str, Any]] = [
        ("PATCH", here, {"description": value, "updated_at": picture.revision}),
        ("PATCH", here, {"description": "x", "updated_at": value}),
        ("PATCH", here, value),
        ("PATCH", here, {"description": "x", "updated_at": picture.revision, "role": value}),
        ("POST", "/api/v1/uploads/signature", {"filename": value, "bytes": 5}),
        ("POST", "/api/v1/pictures", {"answer": value, "filename": "x"}),
        ("POST", "/api/v1/pictures", {"answer": {"public_id": value}, "filename": "x"}),
        ("POST", "/api/v1/pictures", {"answer": {}, "filename": value}),
    ]
    if value != 7:
        bodies.append(("POST", "/api/v1/uploads/signature", {"filename": "x", "bytes": value}))
    for method, path, body in bodies:
        answer = call(owner, method, path, body)
        assert answer.status_code in {400, 403, 415}, (method, path, body, answer.text)
        assert json_of(answer)["error"]["message"]
    assert snapshot(database) == before


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b"1", b'"x"', b'{"a":' * 300 + b"1" + b"}" * 300, b"NaN", b""]
)
def test_broken_json_is_refused(owner: FlaskClient, body: bytes) -> None:
    headers = {"X-CSRFToken": token(owner), "Content-Type": "application/json"}
    assert owner.post("/api/v1/pictures", data=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "form",
    [
        {"email[$ne]": "x", "password[$ne]": "x"},
        {"email": "{'$gt': ''}", "password": "{'$gt': ''}"},
        {"email[]": "x", "password": "x"},
        {"email": "x\0", "password": "\0"},
        {"$where": "1", "email": "' || '1'=='1", "password": "' || '1'=='1"},
    ],
    ids=str,
)
def test_operators_in_forms_are_texts(client: FlaskClient, database: Database, form: dict[str, str]) -> None:
    create_user(database, "ada@example.com", "owner", PASSWORD)
    assert post(client, "/sign-in", **form).status_code in {400, 401}


@pytest.mark.parametrize(
    "query", ["state=trash", "state[$ne]=live", "after[$gt]=0", "limit[$gt]=1", "$where=1", "owner=x"]
)
def test_operators_in_queries_change_no_result(client: FlaskClient, make: Maker, query: str) -> None:
    make(state="trash")
    shown = make()
    answer = client.get(f"/api/v1/pictures?{query}")
    assert [one["id"] for one in json_of(answer)["pictures"]] == [shown.id]


def test_fields_that_are_not_asked_for_are_refused(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    for name in ("owner", "_id", "public_id", "bytes", "state", "created_at", "role", "is_admin"):
        body = {"description": "x", "updated_at": picture.revision, name: "mine"}
        answer = call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", body)
        assert answer.status_code == 400
        assert f"'{name}' is not known here" in json_of(answer)["error"]["message"]
    post(
        owner,
        f"/gallery/{picture.id}/edit",
        description="new",
        updated_at=picture.revision,
        owner="me",
        state="gone",
    )
    [document] = database.gallery.find({})
    assert (document["description"], document["state"], "owner" in document) == ("new", "live", False)


# ---- markup ------------------------------------------------------------------------------------------------

MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "'/><svg/onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "\u2028\u2029\u202e<b>",
    "<!--",
    "]]>",
    "\\u003cscript\\u003e",
    "`${alert(1)}`",
]


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_texts_stays_text(people: dict[str, FlaskClient], make: Maker, markup: str) -> None:
    live = make(
        description=markup, filename=markup, color=markup, thumbhash=markup, format=markup, public_id=markup
    )
    make(description=markup, filename=markup, state="trash")
    editor = people["editor"]
    pages = ["/", "/gallery/", f"/gallery/{live.id}", f"/gallery/{live.id}/edit", "/trash/", "/upload/"]
    for path in pages:
        text = editor.get(path).text
        assert (
            "49" not in re.sub(r"[0-9a-f]{24}|\d{3,}|nonce=\S+|csrf\S+|value=\S+|content=\S+", "", text)
            or markup[:5] != "{{7*7"
        )
        for harmful in ("<script>alert", "<img src=x", "<svg/onload", " onmouseover='alert", "<b>"):
            assert harmful not in text
        assert text.count("<script") == 1
    told = editor.get(f"/api/v1/pictures/{live.id}")
    assert told.content_type == "application/json"
    assert json_of(told)["picture"]["description"] == markup
    deleted = editor.post(
        f"/gallery/{live.id}/delete", data={"csrf_token": token(editor)}, follow_redirects=True
    )
    assert "<script>alert" not in deleted.text


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_addresses_stays_text(client: FlaskClient, markup: str) -> None:
    for path in (
        f"/{quote(markup)}",
        f"/gallery/{quote(markup)}",
        f"/gallery/?after={quote(markup)}",
        f"/sign-in?next={quote(markup)}",
    ):
        text = client.get(path).text
        assert text.count("<script") == 1
        assert "onerror=alert" not in text.replace("&#34;&gt;&lt;img src=x onerror=alert", "")


def test_markup_in_an_address_given_back_by_the_form(client: FlaskClient) -> None:
    page = post(client, "/sign-in", email='"><script>alert(1)</script>', password="wrong password")
    assert page.text.count("<script") == 1


# ---- redirects ---------------------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example",
    "http:evil.example",
    "https:/evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "//evil.example/gallery/",
    "/..//evil.example",
    "/.//evil.example",
    "/gallery/..//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/gallery/\\..\\..\\evil.example",
    "@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "/\x00/evil.example",
    "／／evil.example",
    "/／evil.example",
    "http://localhost@evil.example",
    "http://localhost/",
    "/\u2028/evil",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_sign_in_goes_nowhere_else(
    client: FlaskClient, owner: FlaskClient, database: Database, address: str
) -> None:
    create_user(database, "ada@example.com", "owner", PASSWORD)
    answer = post(client, "/sign-in", email="ada@example.com", password=PASSWORD, next=address)
    assert (answer.status_code, answer.location) == (303, "/gallery/")
    assert owner.get("/sign-in", query_string={"next": address}).location == "/gallery/"


@pytest.mark.parametrize(
    "address", ["/upload/", "/gallery/?after=5f&page=2", "/trash/?x=//y", f"/gallery/{ID}"]
)
def test_sign_in_goes_on_where_one_came_from(client: FlaskClient, database: Database, address: str) -> None:
    create_user(database, "ada@example.com", "owner", PASSWORD)
    assert (
        post(client, "/sign-in", email="ada@example.com", password=PASSWORD, next=address).location == address
    )


# ---- headers -----------------------------------------------------------------------------------------------


def test_every_class_of_answer_is_protected(
    app: Flask, client: FlaskClient, owner: FlaskClient, make: Maker
) -> None:
    picture = make()
    answers = [
        client.get("/"),
        client.get("/nowhere"),
        client.get("/upload/"),
        client.get("/api/v1/pictures"),
        client.get("/api/v1/nowhere"),
        client.get("/healthz"),
        client.get(f"/gallery/{picture.id}/download"),
        client.get("/static/nothing.css"),
        client.post("/sign-in"),
        client.put("/"),
        client.options("/gallery/"),
        owner.get("/account"),
        owner.get("/gallery/"),
    ]
    assert {answer.status_code for answer in answers} >= {200, 302, 303, 403, 404, 405}
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Cache-Control" in headers


def test_no_request_id_is_taken_from_outside(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] != "mine"


def test_pages_of_people_are_nobody_elses(client: FlaskClient, owner: FlaskClient) -> None:
    visitors, owners = client.get("/gallery/"), owner.get("/gallery/")
    assert "Cookie" in visitors.headers["Vary"]
    assert "Cookie" in owners.headers["Vary"]
    assert visitors.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in visitors.headers
    assert owners.headers["Cache-Control"] == "private, no-cache"
    for path in ("/account", "/sign-in"):
        assert owner.get(path).headers["Cache-Control"] in {"no-store", "private, no-cache"}
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_pages_hold_no_script_and_no_style_that_the_policy_would_stop(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make()
    for path in (
        "/",
        "/gallery/",
        f"/gallery/{picture.id}",
        "/upload/",
        "/trash/",
        "/sign-in",
        "/account",
        "/nowhere",
    ):
        answer = people["editor"].get(path)
        assert re.findall(r"<script(?![^>]* src=)", answer.text) == []
        assert (
            re.findall(r"<[^>]*\s(?:on\w+|style)\s*=", re.sub(r"data-picture='[^']*'", "", answer.text)) == []
        )
        assert re.findall(r"(?:src|href|action)=\"https?://(?!127\.0\.0\.1)", answer.text) == []
        nonces = set(re.findall(r'<style nonce="([^"]+)"', answer.text))
        for nonce in nonces:
            assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert (
        people["editor"].get("/").headers["Content-Security-Policy"]
        != answer.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"])
def test_metrics_are_for_this_machine_only(client: FlaskClient, header: str) -> None:
    own = client.get("/metrics")
    assert 'picturerail_pictures{state="live"} 0' in own.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost:1@evil", "a" * 300, "x y", ""])
def test_no_address_is_made_from_the_host_header(client: FlaskClient, make: Maker, host: str) -> None:
    picture = make()
    answer = client.get(f"/gallery/{picture.id}", headers={"Host": host, "X-Forwarded-Host": host})
    assert answer.status_code in {200, 400}
    if host:
        assert host not in answer.text


def test_large_bodies_are_refused(client: FlaskClient) -> None:
    for body in ({"email": "x" * 600_000, "password": "x"}, {f"f{n}": "x" for n in range(100_000)}):
        answer = client.post("/sign-in", data=body)
        assert answer.status_code == 413
        assert "the limit is 256 kB" in answer.text


def test_what_visitors_load_is_compressed_and_what_holds_a_token_is_not(
    client: FlaskClient, owner: FlaskClient, make: Maker
) -> None:
    for _ in range(10):
        make()
    asked = {"Accept-Encoding": "gzip, br"}
    plain, packed = client.get("/gallery/"), client.get("/gallery/", headers=asked)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data).count(b"<img") == plain.data.count(b"<img")
    for personal in (owner.get("/gallery/", headers=asked), client.get("/sign-in", headers=asked)):
        assert "Content-Encoding" not in personal.headers


def test_built_files_are_compressed_and_kept_for_ever(client: FlaskClient) -> None:
    [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/").text)
    plain, packed = client.get(style), client.get(style, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, packed):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
    again = client.get(style, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code in {200, 304}
