"""One struct for each body and answer: it checks what comes, names what is wrong, and tells docs and scripts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.errors import BadRequest
from picturerail.gallery.api import schemas, typescript
from picturerail.gallery.api.operations import contract_of
from picturerail.gallery.pictures.text import TEXT_NAMES
from picturerail.schemas.structs import read
from tests.gallery.conftest import call, json_of, token

ROOT = Path(__file__).parents[2]
SIGN = "/api/v1/uploads/signature"
WISH = {"filename": "a.jpg", "bytes": 5}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"filename": None}, "'filename' must be a text."),
        ({"filename": 7}, "'filename' must be a text."),
        ({"filename": {"$ne": ""}}, "'filename' must be a text."),
        ({"filename": "x" * 1001}, "'filename' must be a text of at most 1000 characters."),
        ({"bytes": "5"}, "'bytes' must be a whole number."),
        ({"bytes": 5.5}, "'bytes' must be a whole number."),
        ({"bytes": True}, "'bytes' must be a whole number."),
        ({"bytes": -1}, "'bytes' must be a whole number of at least 0."),
        ({"bytes": 2**70}, "'bytes' must be a whole number of at most 9007199254740991."),
        ({"tags": "a,b"}, "'tags' must be a list."),
        ({"tags": ["a", 7]}, "'tags[1]' must be a text."),
        ({"tags": None}, "'tags' must be a list."),
        ({"tags": ["x" * 41]}, "A tag may have at most 40 characters"),
        ({"description": "x" * 2001}, "A description may have at most 2,000 characters"),
        ({"sha": "abc"}, "'sha' is not known here. Known: "),
        ({"é\n": 1}, "'é\n' is not known here."),
    ],
)
def test_a_wrong_field_is_named(owner: FlaskClient, change: dict[str, Any], sentence: str) -> None:
    answer = call(owner, "POST", SIGN, WISH | change)
    assert answer.status_code == 400
    assert answer.json["detail"].startswith(sentence)


@pytest.mark.parametrize("name", ["filename", "bytes"])
def test_a_missing_field_is_named(owner: FlaskClient, name: str) -> None:
    answer = call(owner, "POST", SIGN, {key: value for key, value in WISH.items() if key != name})
    assert (answer.status_code, answer.json["detail"]) == (400, f"'{name}' is missing.")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("[]", "The body must be a JSON object."),
        ("null", "The body must be a JSON object."),
        ("{", "The body is not JSON that can be read."),
        ("", "The body is not JSON that can be read."),
        ("[" * 100_000, "The body must be a JSON object."),
        ('{"filename": "\\ud800"}', "The body is not JSON that can be read."),
    ],
)
def test_a_body_that_is_no_object_is_refused(owner: FlaskClient, body: str, sentence: str) -> None:
    headers = {"X-CSRFToken": token(owner), "Content-Type": "application/json"}
    answer = owner.post(SIGN, data=body, headers=headers)
    assert (answer.status_code, (answer.json or {})["detail"]) == (400, sentence)


def test_a_time_that_is_none_is_told_how_times_are_written(owner: FlaskClient) -> None:
    refused = call(owner, "POST", "/api/v1/shares", {"q": "sea", "expires_at": "2030-01-31"})
    sentence = "'expires_at' must be a time with its zone, such as 2030-01-31T12:00:00Z."
    assert (refused.status_code, json_of(refused)["detail"]) == (400, sentence)


def test_a_body_without_bottom_is_refused() -> None:
    with pytest.raises(BadRequest, match="not JSON that can be read"):
        read(b'{"filename": "a", "answer": ' + b'{"a": ' * 100_000, schemas.NewPicture)


def test_every_call_says_what_it_takes_and_answers(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert [rule.rule for rule in rules if contract_of(app.view_functions[rule.endpoint]) is None] == []


# a script's, or a browser's
WAYS_IN: list[dict[str, list[str]]] = [{"token": []}, {"session": [], "csrf": []}]


# lists that visitors have no part in
CLOSED = (
    "/api/v1/shares",
    "/api/v1/activity",
    "/api/v1/groups",
    "/api/v1/albums/{album_id}/viewers",
    "/api/v1/lookalikes",
    "/api/v1/pictures/{picture_id}/versions",
)


def test_the_document_is_whole(client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").json or {}
    assert told["openapi"] == "3.1.0"
    named = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
    assert set(_values(told, "$ref")) <= named
    for path, calls in told["paths"].items():
        for method, one in calls.items():
            assert one["summary"], path
            assert ("304" in one["responses"]) == (method == "get"), path
            assert "default" in one["responses"]
            is_open = method == "get" and path not in CLOSED
            assert one.get("security") == (None if is_open else WAYS_IN)
            assert ("requestBody" in one) <= (method in {"post", "patch"})


def _values(value: object, key: str) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _values(inner, key)
    if isinstance(value, dict) and isinstance(value.get(key), str):
        yield value[key]


def test_texts_stand_in_bodies_and_answers() -> None:
    written = {field.name for field in msgspec.structs.fields(schemas.WrittenText)}
    assert written == set(TEXT_NAMES)
    assert written <= {field.name for field in msgspec.structs.fields(schemas.PublicPicture)}


def test_the_types_of_the_scripts_are_current() -> None:
    assert (ROOT / "frontend" / "src" / "api.ts").read_text() == typescript.source(), "run frontend/build.sh"


def test_the_kept_document_is_what_is_served(client: FlaskClient) -> None:
    kept = json.loads((ROOT / "docs" / "reference" / "gallery-api.json").read_text())
    served = client.get("/api/v1/openapi.json").json or {}
    assert kept | {"servers": []} == served | {"servers": []}
