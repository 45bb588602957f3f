"""The limit on guessing passwords."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from picturerail.database import Database
from picturerail.errors import TooManyRequests
from picturerail.gallery.accounts import users
from picturerail.gallery.accounts.throttle import SignInThrottle
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from tests.gallery.access.conftest import EMAIL
from tests.gallery.conftest import PASSWORD, call, json_of, post, signed_in, token


@pytest.fixture
def strict(settings: Settings, cloud: CloudAccess, database: Database) -> Flask:
    return create_app(replace(settings, sign_in_tries=10), cloud)


def guess(app: Flask, email: str, address: str, password: str = "wrong password") -> int:
    client = app.test_client()
    environ = {"REMOTE_ADDR": address}
    form = {"email": email, "password": password, "csrf_token": token(client)}
    return client.post("/sign-in", data=form, environ_base=environ).status_code


def test_guesses_are_limited_for_an_account_from_any_address(strict: Flask, ada: users.User) -> None:
    answers = [guess(strict, EMAIL, f"10.0.0.{n}") for n in range(30)]
    assert answers == [401] * 10 + [429] * 20
    assert guess(strict, EMAIL, "10.0.1.1", PASSWORD) == 429


def spellings(email: str) -> list[str]:
    """The same address with full-width letters here and there, capitals, and spaces around it."""
    wide = [chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in email]
    one_wide = ["".join([*email[:at], wide[at], *email[at + 1 :]]) for at in range(len(email))]
    return [
        *one_wide,
        "".join(wide),
        email.upper(),
        "".join(wide).upper(),
        f" {email} ",
        f"\u3000{email}\u00a0",
    ]


def test_guesses_are_counted_for_an_account_whatever_its_spelling(strict: Flask, ada: users.User) -> None:
    answers = [guess(strict, email, f"10.0.2.{n}") for n, email in enumerate(spellings(EMAIL))]
    assert answers == [401] * 10 + [429] * (len(answers) - 10)
    assert guess(strict, spellings(EMAIL)[0], "10.0.3.1", PASSWORD) == 429


def test_every_spelling_that_signs_in_is_counted_as_one(strict: Flask, database: Database) -> None:
    """Letters that case folding makes two of, a combining accent, a Greek sigma at the end."""
    for number, (kept, written) in enumerate(
        [
            ("straße@x.example", "STRASSE@x.example"),
            ("é@x.example", "E\u0301@x.example"),
            ("ς@x.example", "Σ@x.example"),
        ]
    ):
        users.create_user(database, kept, "viewer", PASSWORD)
        assert guess(strict, written, f"10.1.{number}.1", PASSWORD) == 303
        answers = [guess(strict, [kept, written][n % 2], f"10.2.{number}.{n}") for n in range(12)]
        assert answers == [401] * 10 + [429] * 2


def test_guesses_are_limited_for_an_address_over_any_accounts(strict: Flask, ada: users.User) -> None:
    answers = [guess(strict, f"p{n}@example.com", "10.0.0.1") for n in range(30)]
    assert answers == [401] * 10 + [429] * 20
    assert guess(strict, EMAIL, "10.0.0.2", PASSWORD) == 303


def test_one_household_in_ipv6_is_one_address(strict: Flask, ada: users.User) -> None:
    answers = [guess(strict, f"p{n}@example.com", f"2001:db8:0:1::{n:x}") for n in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert guess(strict, "q@example.com", "2001:db8:0:2::1") == 401


def test_forwarded_addresses_are_not_believed(strict: Flask, ada: users.User) -> None:
    answers = []
    for n in range(12):
        client = strict.test_client()
        form = {"email": f"p{n}@example.com", "password": "wrong password", "csrf_token": token(client)}
        answers.append(
            client.post("/sign-in", data=form, headers={"X-Forwarded-For": f"10.1.1.{n}"}).status_code
        )
    assert answers == [401] * 10 + [429] * 2


def test_success_does_not_count(strict: Flask, ada: users.User) -> None:
    assert [guess(strict, EMAIL, "10.0.0.1", PASSWORD) for _ in range(25)] == [303] * 25


def test_the_limit_holds_over_processes(
    strict: Flask, settings: Settings, cloud: CloudAccess, ada: users.User
) -> None:
    other = create_app(replace(settings, sign_in_tries=10), cloud)
    answers = [guess((strict, other)[n % 2], EMAIL, "10.0.0.1") for n in range(14)]
    assert answers == [401] * 10 + [429] * 4


def test_a_burst_does_not_slip_through(strict: Flask, ada: users.User) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: guess(strict, EMAIL, f"10.0.0.{n}"), range(40)))
    assert sorted(answers) == [401] * 10 + [429] * 30


def test_when_to_come_back_is_said(strict: Flask, ada: users.User) -> None:
    for _ in range(10):
        guess(strict, EMAIL, "10.0.0.1")
    client = strict.test_client()
    answer = post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Too many tries. Please wait" in answer.text
    assert '<a class="btn btn-primary" href="/sign-in">Try again</a>' in answer.text


def test_a_clock_that_is_put_back_locks_nobody_out(
    strict: Flask, ada: users.User, database: Database
) -> None:
    """What was counted before it was put back ends hours from now, and counts no more."""
    assert [guess(strict, EMAIL, "10.0.0.1") for _ in range(11)] == [401] * 10 + [429]
    for counter in database.sign_in_tries.find():
        ends = {"$set": {"expireAt": counter["expireAt"] + timedelta(hours=2)}}
        database.sign_in_tries.update_one({"_id": counter["_id"]}, ends)
    assert guess(strict, EMAIL, "10.0.0.1", PASSWORD) == 303
    assert [guess(strict, EMAIL, "10.0.0.1") for _ in range(11)] == [401] * 10 + [429], (
        "and the limit holds again"
    )


def test_the_door_of_a_link_and_the_sign_in_do_not_shut_each_other(
    strict: Flask, ada: users.User, database: Database
) -> None:
    """A client who mistypes an album's password signs in afterwards, and the other way round."""
    owner = signed_in(strict, database, "owner")

    def link() -> str:
        asked = {"q": "heron", "password": "quarry"}
        url = json_of(call(owner, "POST", "/api/v1/shares", asked))["share"]["url"]
        return str(url[url.index("/s/") :])

    def knock(address: str, path: str, password: str) -> int:
        client = strict.test_client()
        form = {"password": password, "csrf_token": token(client)}
        return client.post(path, data=form, environ_base={"REMOTE_ADDR": address}).status_code

    there = link()
    assert [knock("10.0.0.1", there, "x") for _ in range(11)] == [401] * 10 + [429]
    assert guess(strict, EMAIL, "10.0.0.1", PASSWORD) == 303
    assert [guess(strict, f"{n}@example.com", "10.0.0.2") for n in range(11)] == [401] * 10 + [429]
    assert knock("10.0.0.2", link(), "quarry") == 303
    assert knock("10.0.0.1", link(), "quarry") == 429, "tries at all links of a place are counted"


def test_a_short_password_of_a_link_is_not_guessed_and_its_guests_still_come_in(database: Database) -> None:
    """Of two tries a minute; what a minute allows begins anew before each, as if one had passed."""
    doors = SignInThrottle(database.client, 2, place="door")

    def judged(*addresses: str) -> list[str]:
        return [refusal(address) for address in addresses]

    def refusal(address: str) -> str:
        database.sign_in_tries.delete_many({"_id": {"$regex": "minute$"}})
        try:
            doors.count_try("share:a", address)
        except TooManyRequests as error:
            return f"{error} {error.retry_after}"
        return ""

    for _ in range(3):
        *taken, hour = judged(*["10.0.0.1"] * 7)
        assert taken == [""] * 6
        assert re.fullmatch(r"Too many tries\. Please wait (59|60) minutes\. 3[56]\d\d", hour)
        database.sign_in_tries.delete_many({"_id": {"$regex": "hour$"}})
    *taken, day = judged(*["10.0.0.1"] * 3)
    assert taken == [""] * 2
    assert re.fullmatch(r"Too many tries\. Please wait 24 hours\. 86\d{3}", day)
    assert judged("10.0.0.2") == [""], "one place shuts out itself alone"
    assert not any(judged(*(f"2001:db8:{n:x}::1" for n in range(79))))
    crowd = judged(*["10.0.0.2"] * 4), judged(*(f"2001:db8:ff:{n:x}::1" for n in range(4)))
    assert [list(map(bool, place)) for place in crowd] == [[False] * 3 + [True]] * 2, (
        "each place has three left"
    )
    for _ in range(5):
        assert judged("10.0.0.3") == [""], "who knows the password comes and goes"
        doors.take_back("share:a", "10.0.0.3")


def test_who_is_refused_costs_the_account_nothing(strict: Flask, ada: users.User) -> None:
    assert [guess(strict, f"p{n}@example.com", "10.0.0.1") for n in range(10)] == [401] * 10
    assert [guess(strict, EMAIL, "10.0.0.1") for _ in range(10)] == [429] * 10
    assert guess(strict, EMAIL, "10.0.0.2", PASSWORD) == 303
