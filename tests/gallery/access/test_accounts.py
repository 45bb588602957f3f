"""Accounts: sign-in, sessions, the first owner, passwords, and the limit on guessing."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.accounts import create_user, sessions, setup, setup_token, users
from picturerail.gallery.accounts.passwords import NOBODY
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from tests.gallery.access.conftest import EMAIL
from tests.gallery.conftest import PASSWORD, post, signed_in, token


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, way_back: str = "") -> int:
    return int(post(client, "/sign-in", email=email, password=password, next=way_back).status_code)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def cookie(client: FlaskClient, name: str = "picturerail") -> str:
    found = client.get_cookie(name)
    return found.value if found else ""


# ---- sign-in -----------------------------------------------------------------------------------------------


def test_sign_in_and_out(client: FlaskClient, ada: users.User, database: Database) -> None:
    assert sign_in(client) == 303
    assert is_in(client)
    old = cookie(client)
    left = post(client, "/sign-out")
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert not is_in(client)
    client.set_cookie("picturerail", old)
    assert not is_in(client)
    assert database.sessions.count_documents({}) == 0


@pytest.mark.parametrize("email", ["ADA@Example.com", "  ada@example.com ", "ａｄａ@example.com"])
def test_one_address_in_many_spellings_is_one_account(
    client: FlaskClient, ada: users.User, email: str
) -> None:
    assert sign_in(client, email) == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong password"),
        ("eve@example.com", PASSWORD),
        ("", ""),
        (EMAIL, ""),
        ("x" * 254, "y" * 4096),
    ],
)
def test_a_wrong_guess_says_nothing_about_which_half_was_wrong(
    client: FlaskClient, ada: users.User, email: str, password: str
) -> None:
    answer = post(client, "/sign-in", email=email, password=password)
    assert answer.status_code == 401
    assert "That address and password do not belong together." in answer.text
    assert not is_in(client)


def test_unknown_accounts_take_as_long_as_known_ones(client: FlaskClient, ada: users.User) -> None:
    def seconds(email: str) -> float:
        start = time.process_time()
        users.check_sign_in(database, email, "wrong password")
        return time.process_time() - start

    database = client.application.extensions["picturerail"].mongo.db
    known, unknown = [], []
    for _ in range(15):
        known.append(seconds(EMAIL))
        unknown.append(seconds("nobody@example.com"))
    assert 0.5 < median(known) / median(unknown) < 2, (
        "without a password to compare with it takes a hundredth"
    )


def test_cookies_are_kept_from_scripts_and_other_sites(client: FlaskClient, ada: users.User) -> None:
    answer = post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    [session] = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("picturerail=")]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Path=/" in session
    assert "Secure" not in session
    for value in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in value


@pytest.mark.parametrize("public_url", ["https://pictures.example", ""])
def test_cookies_under_tls_are_bound_to_host_and_tls(
    settings: Settings, cloud: CloudAccess, ada: users.User, database: Database, public_url: str
) -> None:
    """Also where only a proxy says that visitors come by it; that the whole host is, says its operator alone."""
    app = create_app(replace(settings, public_url=public_url), cloud)
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://pictures.example")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    answer = client.post(
        "/sign-in",
        base_url="https://pictures.example",
        headers={"Referer": "https://pictures.example/sign-in"},
        data={"email": EMAIL, "password": PASSWORD, "csrf_token": found[1]},
    )
    assert answer.status_code == 303
    kept = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    assert len(kept) == 3
    for value in kept:
        assert value.startswith("__Host-")
        assert "; Secure" in value
        assert "Domain" not in value
    assert client.get("/account", base_url="https://pictures.example").status_code == 200
    assert answer.headers.get("Strict-Transport-Security", "").startswith("max-age=31536000") == bool(
        public_url
    )
    assert client.get("/", base_url="https://evil.example").status_code == (400 if public_url else 200)


@pytest.mark.parametrize(
    ("host", "referer", "status"),
    [
        ("pictures.example", "https://pictures.example/sign-in", 303),
        ("127.0.0.1:8000", "https://pictures.example/sign-in", 303),  # a proxy that asks by a name of its own
        ("127.0.0.1:8000", "https://evil.example/", 403),
        ("127.0.0.1:8000", "https://[", 303),  # no address: the form's token speaks
    ],
)
@pytest.mark.usefixtures("ada")
def test_a_form_is_compared_with_the_address_that_visitors_see(
    settings: Settings, cloud: CloudAccess, host: str, referer: str, status: int
) -> None:
    client = create_app(replace(settings, public_url="https://pictures.example"), cloud).test_client()
    page = client.get("/sign-in", base_url=f"https://{host}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    answer = client.post(
        "/sign-in",
        base_url=f"https://{host}",
        headers={"Referer": referer},
        data={"email": EMAIL, "password": PASSWORD, "csrf_token": found[1]},
    )
    assert answer.status_code == status


def test_the_token_changes_at_sign_in_and_one_from_before_is_worth_nothing(
    client: FlaskClient, ada: users.User
) -> None:
    planted = "A" * 43
    client.set_cookie("picturerail", planted)
    assert sign_in(client) == 303
    first = cookie(client)
    assert first != planted
    sign_in(client)
    assert cookie(client) != first
    client.set_cookie("picturerail", first)
    assert not is_in(client)


def test_only_a_hash_of_the_token_is_kept(client: FlaskClient, ada: users.User, database: Database) -> None:
    sign_in(client)
    [document] = database.sessions.find({})
    assert cookie(client) not in str(document)
    assert re.fullmatch(r"[\w-]{43}", cookie(client))  # 256 bits


@pytest.mark.parametrize("value", ["", "x", "A" * 43, "A" * 10_000, "é", "{'$ne': null}", "..", "\x7f"])
def test_made_up_tokens_are_nobody(client: FlaskClient, ada: users.User, value: str) -> None:
    client.set_cookie("picturerail", value)
    assert not is_in(client)
    assert client.get("/gallery/").status_code == 200


def test_a_session_ends_after_its_days(client: FlaskClient, ada: users.User, database: Database) -> None:
    sign_in(client)
    database.sessions.update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    assert not is_in(client)


def test_a_session_that_nobody_uses_ends_sooner(
    client: FlaskClient, ada: users.User, database: Database, settings: Settings
) -> None:
    sign_in(client)
    left = timedelta(days=settings.session_idle_days)
    assert left < timedelta(days=settings.session_days)
    database.sessions.update_many({}, {"$set": {"used_at": now() - left + timedelta(hours=1)}})
    assert is_in(client)  # which is a use
    database.sessions.update_many({}, {"$set": {"used_at": now() - left - timedelta(hours=1)}})
    assert sessions.sessions_of(database, ada) == []
    assert not is_in(client)


def test_a_form_that_was_signed_by_somebody_else_is_refused(client: FlaskClient, ada: users.User) -> None:
    mine = token(client)
    for forged in ("", "x", mine[:-1], f"{mine}x", mine.swapcase(), token(client.application.test_client())):
        answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": forged})
        assert answer.status_code == 403
    assert not is_in(client)


# ---- passwords ---------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(app: Flask, ada: users.User, database: Database) -> None:
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client)
    before = cookie(here)
    answer = post(here, "/account", password=PASSWORD, new_password="another long password")
    assert answer.status_code == 303
    assert is_in(here)
    assert cookie(here) != before
    assert not is_in(there)
    assert database.sessions.count_documents({}) == 1
    assert sign_in(there) == 401
    assert sign_in(there, password="another long password") == 303


def test_sessions_are_void_even_if_the_program_dies_before_it_deletes_them(
    app: Flask, ada: users.User, database: Database
) -> None:
    client = app.test_client()
    sign_in(client)
    users.change_password(database, ada.id, PASSWORD, "another long password")
    assert not is_in(client)


@pytest.mark.parametrize(
    ("present", "new", "words"),
    [
        ("wrong", "another long password", "not right"),
        (PASSWORD, "short", "at least 10"),
        (PASSWORD, "x" * 1025, "at most 1024"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_an_unfit_one(
    app: Flask, ada: users.User, present: str, new: str, words: str
) -> None:
    client = app.test_client()
    sign_in(client)
    answer = post(client, "/account", password=present, new_password=new)
    assert answer.status_code == 400
    assert words in answer.text
    assert sign_in(app.test_client()) == 303


def test_a_password_is_taken_as_it_is_typed_however_long_and_old(
    client: FlaskClient, database: Database
) -> None:
    password = "Correct-horse battery staple, ภูเก็ต " * 20
    user = create_user(database, EMAIL, "viewer", password)
    database.users.update_one({"_id": user.id}, {"$set": {"created_at": now() - timedelta(days=9000)}})
    for changed in (password[:-1], password.lower(), password.strip(), password[:64], f"{password}x"):
        assert sign_in(client, password=changed) == 401
    assert sign_in(client, password=password) == 303


def test_fields_for_passwords_hide_them_and_leave_managers_alone(
    client: FlaskClient, app: Flask, ada: users.User
) -> None:
    asked = client.get("/sign-in").text
    inputs = re.findall(r"<input[^>]*>", asked)
    names = {name for field in inputs for name in re.findall(r' name="(\w+)"', field)}
    assert names - {"csrf_token", "next", "credential", "q"} == {"email", "password"}
    sign_in(client)
    for page in (asked, client.get("/account").text, client.get("/account/second-step").text):
        fields = [field for field in re.findall(r"<input[^>]*>", page) if "password" in field]
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(?:current|new)-password"', field)
        assert "onpaste" not in page


def test_every_page_lets_one_sign_out(client: FlaskClient, ada: users.User) -> None:
    sign_in(client)
    for path in ("/", "/gallery/", "/account", "/upload/", "/people/", "/trash/", "/albums/", "/nowhere"):
        assert 'action="/sign-out"' in client.get(path).text, path


def test_passwords_are_kept_as_argon2id(ada: users.User) -> None:
    assert ada.password.startswith("$argon2id$")
    assert NOBODY.startswith("$argon2id$v=19$m=19456,t=2,p=1$"), "made before these tests made hashes quick"


@pytest.mark.parametrize(
    ("email", "role", "password"),
    [
        ("no address", "owner", PASSWORD),
        ("a@b@c", "owner", PASSWORD),
        ("a" * 251 + "@b.c", "owner", PASSWORD),
        ("<a>@b.c", "owner", PASSWORD),
        (EMAIL, "king", PASSWORD),
        (EMAIL, "owner", "short"),
        (EMAIL, "owner", "x" * 2000),
    ],
)
def test_unfit_accounts_are_refused(database: Database, email: str, role: str, password: str) -> None:
    with pytest.raises(BadRequest):
        create_user(database, email, role, password)


def test_an_address_has_one_account(database: Database, ada: users.User) -> None:
    with pytest.raises(Conflict):
        create_user(database, "Ada@EXAMPLE.com", "viewer", PASSWORD)


# ---- the first owner ---------------------------------------------------------------------------------------


def test_the_setup_link_makes_the_owner_once(app: Flask, database: Database) -> None:
    link = f"/setup/{setup_token(database)}"
    client = app.test_client()
    page = client.get(link)
    assert page.status_code == 200
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token(client)}
    assert client.post(link, data=form | {"password": "short"}).status_code == 400
    answer = client.post(link, data=form)
    assert answer.location == "/upload/"
    assert "owner" in client.get("/account").text
    again = app.test_client()
    assert again.get(link).status_code == 404
    assert post(again, link, email="eve@example.com", password=PASSWORD).status_code == 404
    assert database.users.count_documents({}) == 1
    assert setup_token(database) is None


def test_of_many_at_one_moment_one_becomes_owner(database: Database) -> None:
    link = setup_token(database)
    assert link

    def attempt(number: int) -> bool:
        try:
            setup.use_setup(database, link, f"p{number}@example.com", PASSWORD)
        except Exception:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert database.users.count_documents({}) == 1


def test_a_new_link_replaces_the_old_and_an_account_ends_them_all(app: Flask, database: Database) -> None:
    old, new = setup_token(database), setup_token(database)
    client = app.test_client()
    assert [client.get(f"/setup/{link}").status_code for link in (old, new, "x", "A" * 32)] == [
        404,
        200,
        404,
        404,
    ]
    create_user(database, EMAIL, "owner", PASSWORD)
    assert client.get(f"/setup/{new}").status_code == 404


def test_a_session_token_is_no_setup_token_and_the_other_way_round(
    app: Flask, ada: users.User, database: Database
) -> None:
    database.users.delete_many({})
    link = setup_token(database)
    client = app.test_client()
    client.set_cookie("picturerail", link or "")
    assert not is_in(client)
    session = sessions.start_session(database, ada, 1)
    assert client.get(f"/setup/{session}").status_code == 404


# ---- roles -------------------------------------------------------------------------------------------------


def test_a_viewer_may_only_look(app: Flask, database: Database) -> None:
    viewer = signed_in(app, database, "viewer")
    assert viewer.get("/gallery/").status_code == 200
    assert viewer.get("/upload/").status_code == 403
