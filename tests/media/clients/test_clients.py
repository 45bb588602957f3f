"""Clients of other languages, call by call: what each sends, and what it reads in the answer.

Each file beside this one is a client, with its calls in order. `{me}` is a name that nobody else has, `{x}` what an
earlier call kept as x. A call with `sign` is signed; others come by Basic authentication, but for those of delivery.
"""

import base64
import json
import tomllib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.files import jpeg, opened
from tests.media.http import Got, form, send, signed
from tests.media_service import MediaService

FOLDER = Path(__file__).parent
CLIENTS = sorted(path.stem for path in FOLDER.glob("*.toml"))
BASIC = "Basic " + base64.b64encode(b"123456789:the secret").decode()
PICTURE = jpeg(60, 40)


@dataclass(frozen=True)
class Call:
    """One request, and what is expected of its answer."""

    name: str
    method: str
    path: str  # below /v1_1/cloud/, or whole
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    form: dict[str, Any] | None = None
    multipart: dict[str, Any] | None = None
    file: str = ""  # the name of a picture of 60 x 40
    body: str = ""  # "picture": it is the whole body
    sign: bool = False
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)  # by places such as resources.0.tags; # counts
    absent: tuple[str, ...] = ()
    picture: dict[str, Any] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)  # headers
    keep: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_client_sends_is_understood(cloud: MediaService, client: str) -> None:
    known = {"me": f"{client}{uuid.uuid4().hex[:12]}"}
    calls = tomllib.loads((FOLDER / f"{client}.toml").read_text())["call"]
    for written in calls:
        call = Call(**_filled(written, known))
        got = _sent(cloud, call)
        shown = f"{client}: {call.name}: {got.status} {got.body[:500]!r}"
        assert got.status == call.status, shown
        _compare(call, got, shown)
        answer = json.loads(got.body) if call.keep else {}
        known |= {name: str(_at(answer, place)) for name, place in call.keep.items()}


def test_every_client_is_here() -> None:
    assert {
        "node",
        "java",
        "dart",
        "ruby",
        "php",
        "go",
        "wordpress",
        "dotnet",
        "rails",
        "django",
        "cld",
        "url_gen",
        "unpic",
        "next",
    } <= set(CLIENTS)


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {_filled(name, known): _filled(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace(f"{{{name}}}", text)
    return value


def _sent(cloud: MediaService, call: Call) -> Got:
    def own(params: dict[str, Any] | None) -> dict[str, Any]:
        return signed(cloud, **(params or {})) if call.sign else params or {}

    headers, query, body = dict(call.headers), call.query, None
    if call.body:
        query, body = own(query), PICTURE
    elif call.json is not None:
        body = json.dumps(call.json).encode()
        headers.setdefault("Content-Type", "application/json")
    elif call.form is not None:
        body = urlencode(_pairs(own(call.form))).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif call.multipart is not None or call.file:
        body, kind = form(own(call.multipart), PICTURE if call.file else None, call.file)
        headers["Content-Type"] = kind
    elif call.sign:
        query = own(query)
    if not call.sign and not call.path.startswith("/"):
        headers.setdefault("Authorization", BASIC)
    path = quote(call.path if call.path.startswith("/") else f"/v1_1/cloud/{call.path}", safe="/:,%$!?&=+@")
    return send(
        f"{cloud.url}{path}{'?' if query else ''}{urlencode(_pairs(query))}", call.method, body, headers
    )


def _pairs(params: dict[str, Any]) -> list[tuple[str, str]]:
    """Parameters as they stand in a query or a form: a list as name[] again and again."""
    lists = ((name, value) for name, value in params.items() if isinstance(value, list))
    plain = [(name, str(value)) for name, value in params.items() if not isinstance(value, list)]
    return plain + [(f"{name}[]", str(item)) for name, value in lists for item in value]


def _compare(call: Call, got: Got, shown: str) -> None:
    for name, value in call.told.items():
        assert value in got.headers.get(name.lower(), ""), shown
    if call.picture:
        picture = opened(got.body)
        assert picture.format == call.picture.get("format", picture.format), shown
        assert [*picture.size] == call.picture.get("size", [*picture.size]), shown
    if call.answer or call.absent:
        answer = json.loads(got.body)
        for place, value in call.answer.items():
            assert value in ("*", _at(answer, place)), f"{place}: {shown}"
        for place in call.absent:
            with pytest.raises((KeyError, IndexError)):
                _at(answer, place)


def _at(answer: Any, place: str) -> Any:
    """What stands at a place of an answer; # is how many there are, dots in a name are written as //."""
    for step in place.split("."):
        name = step.replace("//", ".")
        if step == "#":
            return len(answer)
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return answer
