"""What a page has handed out stops when who got it may see it no more: every address, within two seconds."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import users
from tests.gallery.access.test_bytes import added, shown, sizes
from tests.gallery.access.test_leaks import viewer_of
from tests.gallery.access.test_share_bytes import called, closes_soon, handed_out, shared, statuses
from tests.gallery.access.test_shares import album
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, post
from tests.gallery.test_api import Script
from tests.service import Service, wait_until

PASSWORD = "a password for who looks on"
ENDS = {  # who sees less after it
    "group left": ["ada"],
    "group removed": ["ada"],
    "album taken": ["ada"],
    "taken off": ["ada", "bob"],
    "album deleted": ["ada", "bob"],
    "moved out": ["ada", "bob"],
    "role": ["ada"],
    "disable": ["ada"],
    "remove": ["ada"],
    "sign-out": ["ada"],
}


@pytest.fixture(scope="module")
def script(service: Service) -> Script:
    return signed_in(service, service.owner_email, service.owner_password)


def signed_in(service: Service, email: str, password: str) -> Script:
    browser = Browser(service.url)
    browser.sign_in(email, password)
    return Script(service, browser)


def viewer(service: Service, name: str) -> Script:
    service.add_user(f"{name}@example.com", "viewer", PASSWORD)
    return signed_in(service, f"{name}@example.com", PASSWORD)


@pytest.mark.parametrize("end", ["private", pytest.param("trash", marks=pytest.mark.slow)])
def test_an_unlisted_picture_that_is_hidden_closes_what_everybody_got(
    script: Script, service: Service, end: str
) -> None:
    """By its page, and by a link to a search; who got it by a link to itself keeps it."""
    picture, word = added(script, "unlisted"), f"hellebore{end}"
    called(
        script,
        "PATCH",
        f"/api/v1/pictures/{picture['id']}",
        {"description": word, "updated_at": picture["updated_at"]},
    )
    stranger = Script(service, Browser(service.url))
    by_page, own = sizes(stranger, picture), sizes(script, picture)
    by_search = handed_out(service, shared(script, q=word), picture)
    by_link = handed_out(service, shared(script, picture=picture["id"]), picture)

    def hide() -> None:
        if end == "private":
            shown(script, picture, "private")
        else:
            called(script, "DELETE", f"/api/v1/pictures/{picture['id']}")

    closes_soon(service, [*by_page, *by_search], hide)
    if end == "private":
        assert statuses(service, [*own, *by_link, *sizes(script, picture)]) == {200}
        shown(script, picture, "unlisted")
    else:
        called(script, "POST", f"/api/v1/pictures/{picture['id']}/restore")
    wait_until(lambda: statuses(service, [*by_page, *by_search]) == {200})


@pytest.mark.parametrize(
    "end",
    [
        "group left",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ("group removed", "album taken", "taken off", "album deleted")
        ),
    ],
)
def test_what_is_taken_from_somebody_closes_what_they_got(script: Script, service: Service, end: str) -> None:
    """And nothing that others got, nor what they see from then on."""
    name = end.replace(" ", "-")
    picture, kept = added(script, "private"), added(script, "unlisted")
    album = called(script, "POST", "/api/v1/albums", {"title": name, "visibility": "private"})["album"]
    called(script, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture["id"]]})
    ada, bob = viewer(service, f"ada-{name}"), viewer(service, f"bob-{name}")
    emails = [f"{each}-{name}@example.com" for each in ("ada", "bob")]
    group = called(script, "POST", "/api/v1/groups", {"name": name})["group"]
    called(script, "PATCH", f"/api/v1/groups/{group['id']}", {"add": emails[:1]})
    called(script, "POST", f"/api/v1/albums/{album['id']}/viewers", {"add": [name, emails[1]]})
    hers, his, owners = (sizes(each, picture) for each in (ada, bob, script))

    def take() -> dict[str, Any]:
        if end == "group left":
            return called(script, "PATCH", f"/api/v1/groups/{group['id']}", {"remove": emails[:1]})
        if end == "group removed":
            return called(script, "DELETE", f"/api/v1/groups/{group['id']}")
        if end == "album taken":
            return called(script, "POST", f"/api/v1/albums/{album['id']}/viewers", {"remove": [name]})
        if end == "taken off":
            fill = f"/api/v1/albums/{album['id']}/pictures"
            return called(script, "POST", fill, {"remove": [picture["id"]]})
        return called(script, "DELETE", f"/api/v1/albums/{album['id']}")

    closes_soon(service, hers, take)
    assert statuses(service, owners) == {200}
    lost_by_all = end in ("taken off", "album deleted")
    assert (statuses(service, his) == {200}) != lost_by_all
    assert ada.browser.get(f"/gallery/{picture['id']}").status == 404
    assert statuses(service, sizes(ada, kept)) == {200}


@pytest.mark.parametrize(
    "how", [pytest.param(each, marks=pytest.mark.slow) for each in ("role", "disable", "remove")]
)
def test_an_account_that_ends_or_falls_closes_what_it_got(script: Script, service: Service, how: str) -> None:
    picture, email = added(script, "private"), f"editor-{how}@example.com"
    service.add_user(email, "editor", PASSWORD)
    addresses = sizes(signed_in(service, email, PASSWORD), picture)
    extra = {"role": ["viewer"], "disable": [], "remove": ["--pictures", "keep"]}[how]
    closes_soon(service, addresses, lambda: service.run("user", how, email, *extra))
    assert statuses(service, sizes(script, picture)) == {200}


@pytest.mark.parametrize("end", ENDS)
def test_whoever_sees_less_gets_other_addresses(
    app: Flask, owner: FlaskClient, make: Maker, database: Database, end: str
) -> None:
    """The same ends, by what is written down: whose name of before is closed, and nobody else's."""
    for name in ("ada", "bob", "eve"):
        viewer_of(app, database, name)
    people = {name: users.user_of(database, f"{name}@example.com") for name in ("ada", "bob", "eve")}
    picture = make(visibility="private").id
    outer = album(owner, "Outer", visibility="private")
    inner = album(owner, "Inner", picture, visibility="private", parent=outer)
    group = json_of(call(owner, "POST", "/api/v1/groups", {"name": "Family"}))["group"]["id"]
    call(owner, "PATCH", f"/api/v1/groups/{group}", {"add": [people["ada"].email]})
    call(owner, "POST", f"/api/v1/albums/{outer}/viewers", {"add": ["family", people["bob"].email]})
    assert database.revoked_tokens.count_documents({}) == 0
    calls: dict[str, tuple[str, str, Any]] = {
        "group left": ("PATCH", f"/api/v1/groups/{group}", {"remove": [people["ada"].email]}),
        "group removed": ("DELETE", f"/api/v1/groups/{group}", None),
        "album taken": ("POST", f"/api/v1/albums/{outer}/viewers", {"remove": ["family"]}),
        "taken off": ("POST", f"/api/v1/albums/{inner}/pictures", {"remove": [picture]}),
        "album deleted": ("DELETE", f"/api/v1/albums/{inner}", None),
        "moved out": ("PATCH", f"/api/v1/albums/{inner}", {"parent": None}),
    }
    if end in calls:
        assert call(owner, *calls[end]).status_code == 200
    else:
        form = {"role": {"role": "contributor"}, "remove": {"pictures": "keep"}}.get(end, {})
        assert post(owner, f"/people/{people['ada'].id}/{end}", **form).status_code == 303
    closed = {each["_id"] for each in database.revoked_tokens.find() if each["_id"].startswith("/person/")}
    again = {f"/person/{people['ada'].id}.1"} if end == "remove" else set()  # shut first, and gone at last
    assert closed == {f"/person/{people[name].id}.0" for name in ENDS[end]} | again
    known = {each["email"]: each.get("withdrawals", 0) for each in database.users.find()}
    assert all(known.get(people[name].email, 1) == 1 for name in ENDS[end])


def test_links_are_found_by_what_they_link_to(database: Database) -> None:
    """Each change of an album or the trash asks for them."""
    for field in ("album", "picture"):
        plan = database.command(
            "explain", {"find": "shares", "filter": {field: {"$in": ["5" * 24]}}}, verbosity="queryPlanner"
        )
        assert f"{field}_1" in str(plan["queryPlanner"]["winningPlan"])
