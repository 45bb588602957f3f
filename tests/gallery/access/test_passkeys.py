"""Passkeys: each lets its account in, by what it signs now and here, and nobody else."""

import html
import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import passkeys, users
from tests.gallery.access.authenticator import PRESENT, Authenticator
from tests.gallery.access.conftest import EMAIL
from tests.gallery.access.test_people import LINK
from tests.gallery.conftest import PASSWORD, post, signed_in

SITE = "http://localhost"


def options(client: FlaskClient, path: str) -> str:
    found = re.search(r'data-options="([^"]+)"', client.get(path).text)
    assert found
    return html.unescape(found[1])


@pytest.fixture
def browser(app: Flask, ada: users.User) -> FlaskClient:
    """A browser in which Ada is signed in."""
    client = app.test_client()
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
    return client


def added(browser: FlaskClient, key: Authenticator, password: str = PASSWORD) -> Any:
    made = key.create(options(browser, "/account"))
    return post(browser, "/account/passkeys", credential=made, password=password, name="  Ada's <key> ")


def entered(app: Flask, key: Authenticator, credential: str = "") -> bool:
    client = app.test_client()
    told = credential or key.get(options(client, "/sign-in"))
    answer = post(client, "/sign-in/passkey", credential=told, next="/albums/")
    assert answer.status_code in {303, 401}
    assert answer.status_code == 401 or answer.location == "/albums/"
    assert client.get("/account").status_code == (200 if answer.status_code == 303 else 303)
    return bool(answer.status_code == 303)


def test_a_key_that_was_added_lets_in_until_it_is_removed(
    app: Flask, browser: FlaskClient, database: Database
) -> None:
    key, stranger = Authenticator(SITE), Authenticator(SITE)
    assert not entered(app, key)
    assert added(browser, key, "wrong").status_code == 400
    assert not entered(app, key)
    assert added(browser, key).status_code == 303
    page = browser.get("/account").text
    assert "Ada&#39;s &lt;key&gt;" in page
    assert "not used yet" in page
    assert entered(app, key)
    assert entered(app, key)
    assert not entered(app, stranger)
    assert "last used" in browser.get("/account").text
    assert added(browser, key).status_code == 409
    [kept] = database.passkeys.find()
    other = signed_in(app, database, "viewer")
    form = {"id": kept["_id"], "password": PASSWORD}
    assert post(other, "/account/passkeys/remove", **form).status_code == 404
    assert post(browser, "/account/passkeys/remove", **form | {"password": "wrong"}).status_code == 400
    assert entered(app, key)
    assert post(browser, "/account/passkeys/remove", **form).status_code == 303
    assert not entered(app, key)


def test_no_second_step_is_asked_for_since_the_device_has_asked(
    app: Flask, browser: FlaskClient, database: Database
) -> None:
    key, careless = Authenticator(SITE), Authenticator(SITE, flags=PRESENT)
    assert added(browser, careless).status_code == 400  # nobody has shown a finger
    added(browser, key)
    totp = {"salt": "0" * 32, "last": 0, "recovery": []}
    database.users.update_one({"email": EMAIL}, {"$set": {"totp": totp}})
    assert entered(app, key)
    key.flags = PRESENT
    assert not entered(app, key)


def test_what_was_signed_is_good_once_for_here_and_for_some_minutes(
    app: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator(SITE)
    added(browser, key)
    good = key.get(options(app.test_client(), "/sign-in"))
    assert entered(app, key, good)
    assert not entered(app, key, good)
    elsewhere = Authenticator("http://evil.example", key=key.key, id=key.id)
    assert not entered(app, elsewhere)
    asked = json.loads(options(app.test_client(), "/sign-in"))
    for wrong in (
        {**asked, "rpId": "evil.example"},
        {**asked, "challenge": "A" * 54},
        # made for another purpose
        {**asked, "challenge": json.loads(options(browser, "/account"))["challenge"]},
        {**asked, "challenge": ""},
    ):
        assert not entered(app, key, key.get(json.dumps(wrong)))
    late, then = key.get(options(app.test_client(), "/sign-in")), time.time()
    monkeypatch.setattr(time, "time", lambda: then + 700)
    assert not entered(app, key, late)


@pytest.mark.parametrize("end", ["copied", "removed"])
def test_a_key_that_is_copied_or_removed_at_this_moment_does_not_let_in(
    app: Flask, browser: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Of two copies that sign one after the other, or both at once, one comes in."""
    key, use = Authenticator(SITE), passkeys._use
    added(browser, key)
    copy = replace(key)
    assert entered(app, key)
    assert not entered(app, copy)

    def meanwhile(*arguments: Any) -> None:
        use(*arguments)
        monkeypatch.setattr(passkeys, "_use", use)
        if end == "removed":
            database.passkeys.delete_many({})
        else:
            assert entered(app, key)

    monkeypatch.setattr(passkeys, "_use", meanwhile)
    assert not entered(app, copy)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "{}",
        "null",
        '{"response": 1}',
        "[" * 15_000,
        '{"id": "A", "rawId": "A", "type": "public-key", "response": {}}',
    ],
)
def test_nonsense_is_refused(app: Flask, browser: FlaskClient, credential: str) -> None:
    told = post(app.test_client(), "/sign-in/passkey", credential=credential)
    assert told.status_code == 401
    refused = post(browser, "/account/passkeys", credential=credential, password=PASSWORD)
    assert refused.status_code == 400


def test_keys_go_with_the_account_its_right_and_its_password(
    app: Flask, browser: FlaskClient, database: Database
) -> None:
    key, owner = Authenticator(SITE), signed_in(app, database, "owner")
    added(browser, key)
    who = users.user_of(database, EMAIL)
    post(owner, f"/people/{who.id}/disable")
    assert not entered(app, key)
    post(owner, f"/people/{who.id}/enable")
    assert entered(app, key)
    link = LINK.search(post(owner, f"/people/{who.id}/reset").text)
    assert link
    assert post(app.test_client(), link[1], password="another fine password").status_code == 303
    assert not entered(app, key)
    assert database.passkeys.count_documents({}) == 0


def test_a_site_without_a_name_offers_none(client: FlaskClient) -> None:
    assert "data-passkey" in client.get("/sign-in").text
    assert "data-passkey" not in client.get("/sign-in", base_url="http://127.0.0.1").text
