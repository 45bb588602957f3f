"""Accounts as owners and commands handle them: invited, shut, given another role, forgotten passwords, removed."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.accounts import create_user, passwords, users
from tests.gallery.conftest import PASSWORD, Maker, post, signed_in, token
from tests.service import Service

LINK = re.compile(r'value="http://[^"/]+(/(?:join|reset)/[^"]+)"')


@pytest.fixture
def editor(app: Flask, database: Database) -> FlaskClient:
    return signed_in(app, database, "editor")


def account(database: Database, role: str) -> users.User:
    return next(each for each in users.list_users(database) if each.role == role)


def enters(app: Flask, email: str, password: str) -> bool:
    return int(post(app.test_client(), "/sign-in", email=email, password=password).status_code) == 303


def test_an_invitation_makes_one_account_of_the_role_it_was_for(
    app: Flask, owner: FlaskClient, database: Database
) -> None:
    page = post(owner, "/people/invite", email="Ada@Example.com", role="contributor")
    found = LINK.search(page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    ada = app.test_client()
    assert "ada@example.com" in ada.get(found[1]).text
    weak = post(ada, found[1], password="0123456789", email="ada@example.com")
    assert weak.status_code == 400
    assert "ada@example.com" in weak.text, "as before: whose password it is, for password managers, too"
    assert "first that somebody would guess" in weak.text
    assert post(ada, found[1], password=PASSWORD).status_code == 303
    assert ada.get("/upload/").status_code == 200
    assert ada.get("/people/").status_code == 403
    assert app.test_client().get(found[1]).status_code == 404
    assert enters(app, "ada@example.com", PASSWORD)
    again = post(owner, "/people/invite", email="ada@example.com", role="viewer")
    assert again.status_code == 400
    assert "has an account already" in again.text


@pytest.mark.parametrize("change", ["disable", "sign-out", "remove", "role"])
def test_an_open_browser_loses_what_was_taken_with_its_next_click(
    owner: FlaskClient, editor: FlaskClient, database: Database, change: str
) -> None:
    assert editor.get("/upload/").status_code == 200
    who = account(database, "editor")
    forms = {"remove": {"pictures": "keep"}, "role": {"role": "viewer"}}
    assert post(owner, f"/people/{who.id}/{change}", **forms.get(change, {})).status_code == 303
    assert editor.get("/upload/").status_code == 303
    assert editor.get("/api/v1/pictures").status_code == 200


def test_a_disabled_account_cannot_sign_in_until_it_is_enabled(
    app: Flask, owner: FlaskClient, editor: FlaskClient, database: Database
) -> None:
    who = account(database, "editor")
    link = LINK.search(post(owner, f"/people/{who.id}/reset").text)
    assert link
    post(owner, f"/people/{who.id}/disable")
    assert not enters(app, who.email, PASSWORD)
    post(owner, f"/people/{who.id}/enable")
    assert enters(app, who.email, PASSWORD)
    assert app.test_client().get(link[1]).status_code == 404, "whoever got hold of a link before is out, too"


@pytest.mark.parametrize("change", ["disable", "remove", "role"])
def test_links_of_an_owner_who_is_none_any_more_open_nothing(
    app: Flask, owner: FlaskClient, editor: FlaskClient, database: Database, change: str
) -> None:
    second = users.create_user(database, "second@example.com", "owner", PASSWORD)
    theirs = app.test_client()
    post(theirs, "/sign-in", email=second.email, password=PASSWORD)
    pages = [
        post(theirs, "/people/invite", email="door@example.com", role="owner"),
        post(theirs, f"/people/{account(database, 'editor').id}/reset"),
    ]
    links = [found[1] for page in pages if (found := LINK.search(page.text))]
    visitor = app.test_client()
    assert [visitor.get(link).status_code for link in links] == [200, 200]
    forms = {"remove": {"pictures": "keep"}, "role": {"role": "editor"}}
    assert post(owner, f"/people/{second.id}/{change}", **forms.get(change, {})).status_code == 303
    assert [visitor.get(link).status_code for link in links] == [404, 404]
    assert [post(visitor, link, password="another fine password").status_code for link in links] == [404, 404]


def test_an_invitation_does_not_bring_somebody_removed_back(
    app: Flask, owner: FlaskClient, database: Database
) -> None:
    link = LINK.search(post(owner, "/people/invite", email="ada@example.com", role="editor").text)
    assert link
    ada = users.create_user(database, "ada@example.com", "viewer", PASSWORD)
    post(owner, f"/people/{ada.id}/remove", pictures="keep")
    assert app.test_client().get(link[1]).status_code == 404


def test_a_new_password_by_a_link_ends_every_session(
    app: Flask, owner: FlaskClient, editor: FlaskClient, database: Database
) -> None:
    who = account(database, "editor")
    first = LINK.search(post(owner, f"/people/{who.id}/reset").text)
    second = LINK.search(post(owner, f"/people/{who.id}/reset").text)
    assert first
    assert second
    visitor = app.test_client()
    assert visitor.get(first[1]).status_code == 404
    assert post(visitor, second[1], password="another fine password").status_code == 303
    assert editor.get("/upload/").status_code == 303
    assert not enters(app, who.email, PASSWORD)
    assert enters(app, who.email, "another fine password")
    assert visitor.get(second[1]).status_code == 404


def test_of_two_who_use_a_link_at_one_moment_one_comes_in(
    app: Flask, owner: FlaskClient, editor: FlaskClient, database: Database
) -> None:
    who = account(database, "editor")
    link = LINK.search(post(owner, f"/people/{who.id}/reset").text)
    assert link
    browsers = [app.test_client() for _ in range(4)]

    def come(number: int) -> int:
        data = {"password": f"fine password {number} of one", "csrf_token": token(browsers[number])}
        return browsers[number].post(link[1], data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(come, range(4)))
    assert sorted(answers) == [303, 404, 404, 404]
    assert enters(app, who.email, f"fine password {answers.index(303)} of one")


@pytest.mark.parametrize(
    ("change", "form"), [("role", {"role": "editor"}), ("disable", {}), ("remove", {"pictures": "keep"})]
)
def test_the_only_owner_stays(
    owner: FlaskClient, database: Database, change: str, form: dict[str, str]
) -> None:
    who = account(database, "owner")
    refused = post(owner, f"/people/{who.id}/{change}", **form)
    assert refused.status_code == 409
    assert "only owner" in refused.text
    assert account(database, "owner").disabled is False
    create_user(database, "second@example.com", "owner", PASSWORD)
    assert post(owner, f"/people/{who.id}/{change}", **form).status_code == 303


def test_pictures_of_somebody_removed_stay_go_or_are_given(
    owner: FlaskClient, database: Database, make: Maker
) -> None:
    for pictures, state, heir in (
        ("keep", "live", None),
        ("trash", "trash", None),
        ("given", "live", "heir"),
    ):
        leaver = create_user(database, f"{pictures}@example.com", "contributor", PASSWORD)
        picture = make(owner=str(leaver.id))
        wanted = pictures
        if heir:
            wanted = "heir@example.com"
            heir = str(create_user(database, wanted, "contributor", PASSWORD).id)
        assert post(owner, f"/people/{leaver.id}/remove", pictures=wanted).status_code == 303
        kept: Any = database.gallery.find_one({"public_id": picture.public_id})
        assert kept["state"] == state
        assert kept["owner"] == (heir or str(leaver.id))


@pytest.mark.parametrize(
    "password",
    [
        "0123456789",
        " " * 10,
        "password12",
        "ｐａｓｓｗｏｒｄ１２",
        "ⓠⓦⓔⓡⓣⓨⓤⓘⓞⓟ",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "picturerail",
        "ada@example",
        "letmein1234",
        "souljagirl031",  # leaked, and of no pattern
        "thopsiqwerty",
        "ThopsiQwerty",
    ],
)
def test_what_somebody_would_guess_first_is_no_password(password: str) -> None:
    with pytest.raises(BadRequest, match="would guess"):
        passwords.checked_password(password, "ada@example.com")


@pytest.mark.parametrize("password", [PASSWORD, "Zwölf Boxkämpfer jagen", "ภูเก็ตในหน้าฝน", "x7#Lq9!vT2"])
def test_a_few_words_in_any_script_are_one(password: str) -> None:
    assert passwords.checked_password(password, "ada@example.com") == password


def test_one_sees_and_ends_ones_own_sessions(app: Flask, database: Database) -> None:
    user = create_user(database, "ada@example.com", "viewer", PASSWORD)
    here, there = app.test_client(), app.test_client()
    agents = ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "curl/8.0")
    for client, agent in zip((here, there), agents, strict=True):
        client.environ_base["HTTP_USER_AGENT"] = agent
        post(client, "/sign-in", email=user.email, password=PASSWORD)
    page = here.get("/account").text
    assert "Firefox on Linux" in page
    assert "curl/8.0" in page
    assert post(here, "/account/sessions/end").status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_the_same_by_commands(service: Service) -> None:
    service.add_user("grace@example.com", "editor", "a password for grace")
    assert "grace@example.com" in service.run("user", "list")
    service.run("user", "role", "grace@example.com", "viewer")
    assert re.search(r"viewer +grace@example.com", service.run("user", "list"))
    service.run("user", "disable", "grace@example.com")
    assert "disabled" in service.run("user", "list")
    service.run("user", "enable", "grace@example.com")
    assert f"{service.url}/reset/" in service.run("user", "reset", "grace@example.com")
    service.run("user", "reset", "grace@example.com", "--password-stdin", stdin="a newer password\n")
    assert "0 sessions ended" in service.run("user", "sessions", "grace@example.com", "--end")
    service.run("user", "remove", "grace@example.com", "--pictures", "keep")
    assert "grace@example.com" not in service.run("user", "list")
