"""The token of forms: signed once a minute for each browser, and good for that browser alone."""

import re
from random import Random
from time import monotonic
from typing import Any

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from picturerail.gallery.web import form_cookie
from tests.gallery.conftest import Maker, json_of, opened, post


def _token(client: FlaskClient, path: str = "/albums/new") -> str:
    found = set(re.findall(r'csrf.token" (?:content|value)="([^"]+)"', opened(client, path).text))
    assert len(found) == 1
    return str(found.pop())


def test_a_browser_gets_the_same_token_for_a_minute(
    people: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = people["owner"], people["editor"]
    first, theirs = _token(one), _token(other)
    assert first != theirs
    monkeypatch.setattr(form_cookie, "generate_csrf", lambda: "another")
    assert _token(one) == first
    assert json_of(one.get("/api/v1/session"))["csrf_token"] == first
    assert _token(other) == theirs
    monkeypatch.setattr(form_cookie, "monotonic", lambda: monotonic() + form_cookie.SAME_SECONDS + 1)
    assert _token(one) == "another"


def test_a_token_opens_nothing_for_another_browser(people: dict[str, FlaskClient]) -> None:
    """Nor for the same one, when it has signed out and in again: its cookie holds something else then."""
    one, other = people["owner"], people["editor"]
    mine, theirs = _token(one), _token(other)
    form = {"title": "Boats", "visibility": "public"}
    assert other.post("/albums/new", data={**form, "csrf_token": mine}).status_code == 403
    assert one.post("/albums/new", data={**form, "csrf_token": theirs}).status_code == 403
    assert one.post("/albums/new", data={**form, "csrf_token": mine}).status_code == 303
    one.delete_cookie("picturerail-form")
    assert _token(one) != mine
    assert one.post("/albums/new", data={**form, "csrf_token": mine}).status_code == 403


def test_who_has_a_cookie_that_hides_all_others_is_told_so(client: FlaskClient) -> None:
    """Another program at the same host sets it, with letters beyond ASCII: the door cannot read what is beside it."""
    browser = client.application.test_client(use_cookies=False)
    for cookie, sentence in (("", "cookies of this host"), ("theme=dark", "has expired")):
        answer = browser.post("/sign-in", data={"email": "a"}, environ_overrides={"HTTP_COOKIE": cookie})
        assert answer.status_code == 403
        assert sentence in answer.text


def test_a_cookie_is_read_once_a_minute(
    people: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds for one page only, a notice, is shown once all the same; one that was changed opens nothing."""
    read: list[str] = []
    load = URLSafeTimedSerializer.loads

    def noted(signer: URLSafeTimedSerializer, text: str, *args: Any, **named: Any) -> Any:
        if signer.salt == b"cookie-session":
            read.append(text)
        return load(signer, text, *args, **named)

    owner = people["owner"]
    token = _token(owner)
    _token(owner)
    monkeypatch.setattr(URLSafeTimedSerializer, "loads", noted)
    assert (_token(owner), read) == (token, [])
    made = owner.post("/albums/new", data={"title": "Boats", "visibility": "public", "csrf_token": token})
    assert [opened(owner, made.location).text.count("flash-text") for _ in range(2)] == [1, 0]
    read.clear()
    owner.set_cookie("picturerail-form", "changed")
    assert _token(owner) != token
    assert read == ["changed"]


def test_what_is_told_comes_however_long_it_is(owner: FlaskClient, make: Maker) -> None:
    """Browsers keep no cookie, and nginx takes no head, of more than 4,096 characters: of either all would be lost."""
    random = Random(1)
    tags = ",".join("".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(40)) for _ in range(29))
    ids = [make().id, *(f"{random.randrange(16**24):024x}" for _ in range(99))]
    for back in ("/albums/", f"/gallery/?q={'%E0%B8%81' * 200}"):
        answer = post(owner, "/selection/", action="tag", tags=tags, back=back, id=ids)
        assert answer.location == back
        assert sum(len(name) + len(value) + 4 for name, value in answer.headers) < 4000
        told = opened(owner, "/albums/").text
        assert "1 picture is tagged" in told
        assert "99 pictures had been deleted already." in told


def test_no_answer_leads_where_its_head_would_be_too_long(owner: FlaskClient, make: Maker) -> None:
    picture, back = make(), f"/gallery/?q={'%E0%B8%81' * 400}"
    answer = post(owner, "/selection/", action="tag", tags="a", back=back, id=picture.id)
    assert answer.location == "/gallery/?select=1"
