"""Operators of the database, markup, and addresses of other sites, in every place where a text comes in."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import create_user
from tests.gallery.conftest import PASSWORD, Maker, call, json_of, post, snapshot, token

ID = "5f0f0f0f0f0f0f0f0f0f0f0f"


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
        assert json_of(answer)["detail"]
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
        assert f"'{name}' is not known here" in json_of(answer)["detail"]
    post(
        owner,
        f"/gallery/{picture.id}/edit",
        description="new",
        updated_at=picture.revision,
        owner="me",
        state="deleted",
    )
    [document] = database.gallery.find({})
    assert (document["description"], document["state"], "owner" in document) == ("new", "live", False)


# ---- markup ------------------------------------------------------------------------------------------------

CALCULATED = str(7777 * 7777)
SCRIPTS = 2  # of every page: the theme, before anything is painted, and all others
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "'/><svg/onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{7777*7777}}{% raw %}${7777*7777}#{7777*7777}",
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
        assert CALCULATED not in text
        for harmful in ("<script>alert", "<img src=x", "<svg/onload", " onmouseover='alert", "<b>"):
            assert harmful not in text
        assert text.count("<script") == SCRIPTS
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
        assert text.count("<script") == SCRIPTS
        assert "onerror=alert" not in text.replace("&#34;&gt;&lt;img src=x onerror=alert", "")


def test_markup_in_an_address_given_back_by_the_form(client: FlaskClient) -> None:
    page = post(client, "/sign-in", email='"><script>alert(1)</script>', password="wrong password")
    assert page.text.count("<script") == SCRIPTS


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


def test_no_address_makes_an_answer_that_proxies_refuse(client: FlaskClient) -> None:
    assert client.get("/shares/?x=" + "ก" * 20).location.startswith("/sign-in?next=/shares/")
    assert client.get("/shares/?x=" + "ก" * 2000).location == "/sign-in"


@pytest.mark.parametrize(
    "address", ["/upload/", "/gallery/?after=5f&page=2", "/trash/?x=//y", f"/gallery/{ID}"]
)
def test_sign_in_goes_on_where_one_came_from(client: FlaskClient, database: Database, address: str) -> None:
    create_user(database, "ada@example.com", "owner", PASSWORD)
    assert (
        post(client, "/sign-in", email="ada@example.com", password=PASSWORD, next=address).location == address
    )


def test_names_are_one_line_without_control_characters(owner: FlaskClient) -> None:
    """They stand in logs, lists and titles: an escape begins a colour there, and a NUL ends what is read of a line."""
    written, kept = "Ann\x00a \x1b[31m &\u2028Ben\x07", "Anna [31m & Ben"
    share = json_of(call(owner, "POST", "/api/v1/shares", {"q": "sea", "name": written}))["share"]
    group = json_of(call(owner, "POST", "/api/v1/groups", {"name": written}))["group"]
    assert (share["name"], group["name"]) == (kept, kept)
