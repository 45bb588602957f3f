"""The second step at sign-in: codes of an app, each once; recovery codes; and no way around it."""

import math
import re
import time
from typing import Any

import pyotp
import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import totp, users
from picturerail.gallery.accounts.throttle import SignInThrottle
from tests.gallery.access.conftest import EMAIL
from tests.gallery.access.test_people import LINK
from tests.gallery.conftest import PASSWORD, post, signed_in

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that codes are of; it stands until a test moves it."""
    moment = [time.time() // 30 * 30 + 5]
    monkeypatch.setattr(time, "time", lambda: moment[0])
    return moment


@pytest.fixture
def browser(app: Flask, ada: users.User) -> FlaskClient:
    """A browser in which Ada is signed in."""
    client = app.test_client()
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
    return client


def code_at(secret: str, moment: float) -> str:
    return pyotp.TOTP(secret).at(int(moment))


def set_up(browser: FlaskClient, clock: list[float]) -> tuple[str, list[str]]:
    """The secret and the recovery codes of an account that is asked for a second step from now on."""
    page = browser.get("/account/second-step").text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    salt = re.search(r'name="salt" value="([^"]+)"', page)
    assert secret
    assert salt
    made = secret[1].replace(" ", "")
    done = post(
        browser, "/account/second-step", salt=salt[1], code=code_at(made, clock[0]), password=PASSWORD
    )
    assert done.status_code == 200, done.text
    assert done.headers["Cache-Control"] == "no-store"
    return made, re.findall(r"<code>([^<]+)</code>", done.text)


def steps_in(app: Flask, code: str) -> FlaskClient | None:
    """A browser that tells the password and then this code; None when it is not let in."""
    client = app.test_client()
    first = post(client, "/sign-in", email=EMAIL, password=PASSWORD, next="/albums/")
    assert first.location == "/sign-in/code"
    assert client.get("/account").status_code == 303  # not yet
    answer = post(client, "/sign-in/code", code=code)
    if answer.status_code == 401:
        assert "not right" in answer.text
        assert client.get("/account").status_code == 303
        return None
    assert (answer.status_code, answer.location) == (303, "/albums/")
    assert client.get("/account").status_code == 200
    return client


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_codes_are_those_of_the_standard(clock: list[float], moment: int, code: str) -> None:
    clock[0] = moment
    assert totp.step_of(RFC_SECRET, code) == moment // 30
    clock[0] = moment + 30
    assert totp.step_of(RFC_SECRET, f"{code[:3]} {code[3:]}") == moment // 30
    assert totp.step_of(RFC_SECRET, code, after=moment // 30) is None
    clock[0] = moment + 61
    assert totp.step_of(RFC_SECRET, code) is None


def test_a_code_of_the_app_lets_in_once(app: Flask, browser: FlaskClient, clock: list[float]) -> None:
    secret, _ = set_up(browser, clock)
    assert steps_in(app, code_at(secret, clock[0])) is None  # that one was used to set it up
    clock[0] += 30
    assert steps_in(app, code_at(secret, clock[0])) is not None
    assert steps_in(app, code_at(secret, clock[0])) is None
    for wrong in ("000000", "", "x" * 90, "１２３４５６", "é"):
        assert steps_in(app, wrong) is None


def test_each_recovery_code_lets_in_once_and_is_kept_as_a_hash(
    app: Flask, browser: FlaskClient, clock: list[float], database: Database
) -> None:
    secret, codes = set_up(browser, clock)
    assert len(set(codes)) == totp.RECOVERY_CODES
    letters = len(set(totp._ALPHABET))
    assert all(len(code.replace("-", "")) * math.log2(letters) >= 128 for code in codes)
    kept = str(list(database.users.find())) + str(list(database.activity.find()))
    for told in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert told not in kept
    assert steps_in(app, codes[3].upper().replace("-", " ")) is not None
    assert steps_in(app, codes[3]) is None
    assert steps_in(app, codes[4]) is not None


def test_setting_it_up_needs_the_password_and_a_right_code_and_ends_other_sessions(
    app: Flask, browser: FlaskClient, clock: list[float], database: Database
) -> None:
    other = app.test_client()
    post(other, "/sign-in", email=EMAIL, password=PASSWORD)
    salt, user = totp.new_salt(), users.user_of(database, EMAIL)
    good = code_at(totp.secret_of(user.id, salt, "a secret for tests only"), clock[0])
    for form in (
        {"salt": salt, "code": good, "password": "wrong"},
        {"salt": salt, "code": "000000", "password": PASSWORD},
        {"salt": totp.new_salt(), "code": good, "password": PASSWORD},
        {"salt": "x", "code": good, "password": PASSWORD},
    ):
        assert post(browser, "/account/second-step", **form).status_code == 400
    assert users.user_of(database, EMAIL).totp is None
    set_up(browser, clock)
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_what_lets_in_is_changed_by_who_takes_both_steps_again(
    app: Flask, browser: FlaskClient, clock: list[float], database: Database
) -> None:
    secret, codes = set_up(browser, clock)
    before = database.users.find_one({"email": EMAIL})
    changes: dict[str, dict[str, str]] = {
        "/account": {"new_password": "another fine password"},
        "/account/passkeys": {"credential": "{}"},
        "/account/passkeys/remove": {"id": "A"},
        "/account/second-step/off": {},
    }
    for path, fields in changes.items():
        assert (
            'name="code"' in browser.get("/account/second-step" if path.endswith("off") else "/account").text
        )
        for proof in ({}, {"code": "000000"}, {"code": code_at(secret, clock[0])}):  # that one was used
            refused = post(browser, path, password=PASSWORD, **fields, **proof)
            assert refused.status_code == 400
            assert "code of the second step" in refused.text
        assert post(browser, path, password="wrong", code=codes[0], **fields).status_code == 400
    again = {"salt": totp.new_salt(), "code": codes[0], "password": PASSWORD}
    assert post(browser, "/account/second-step", **again).status_code == 409
    assert database.users.find_one({"email": EMAIL}) == before
    clock[0] += 30
    new = {"password": PASSWORD, "new_password": "another fine password"}
    assert post(browser, "/account", **new, code=code_at(secret, clock[0])).status_code == 303
    off = {"password": "another fine password", "code": codes[0]}
    assert post(browser, "/account/second-step/off", **off).status_code == 303
    entered = post(app.test_client(), "/sign-in", email=EMAIL, password="another fine password")
    assert entered.location == "/gallery/"


def test_a_link_for_a_new_password_takes_it_off_when_it_is_used(
    app: Flask, browser: FlaskClient, clock: list[float], database: Database
) -> None:
    set_up(browser, clock)
    link = LINK.search(
        post(signed_in(app, database, "owner"), f"/people/{users.user_of(database, EMAIL).id}/reset").text
    )
    assert link
    assert users.user_of(database, EMAIL).totp
    client = app.test_client()
    assert post(client, link[1], password="another fine password").status_code == 303
    assert client.get("/account").status_code == 200
    assert users.user_of(database, EMAIL).totp is None


def test_a_password_that_was_told_is_forgotten(
    app: Flask, browser: FlaskClient, clock: list[float], database: Database
) -> None:
    secret, _ = set_up(browser, clock)
    late, shut = app.test_client(), app.test_client()
    for client in (late, shut):
        post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    clock[0] += 601
    assert late.get("/sign-in/code").location == "/sign-in"
    assert post(late, "/sign-in/code", code=code_at(secret, clock[0])).location == "/sign-in"
    clock[0] -= 500
    users.set_password(database, users.user_of(database, EMAIL), "another fine password")
    assert post(shut, "/sign-in/code", code=code_at(secret, clock[0])).location == "/sign-in"
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


def test_codes_are_guessed_no_faster_than_passwords(
    database: Database, app: Flask, browser: FlaskClient, clock: list[float]
) -> None:
    set_up(browser, clock)
    throttle: Any = SignInThrottle(database.client, 5)
    services = app.extensions["picturerail"]
    app.extensions["picturerail"] = type(services)(**{**vars(services), "throttle": throttle})
    client = app.test_client()
    post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    statuses = [post(client, "/sign-in/code", code="000000").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_the_secret_is_of_the_site_the_account_and_the_salt() -> None:
    one = totp.secret_of(ObjectId("5" * 24), "0" * 32, "key")
    others = [
        totp.secret_of(ObjectId("5" * 24), "0" * 32, "other key"),
        totp.secret_of(ObjectId("6" * 24), "0" * 32, "key"),
        totp.secret_of(ObjectId("5" * 24), "1" * 32, "key"),
    ]
    assert len(one) == 32
    assert one not in others
    assert pyotp.parse_uri(totp.address_of(one, EMAIL, "Our: pictures")).secret == one
