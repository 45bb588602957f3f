"""Share links: each opens just what it says, to whoever has it, for as long as it says."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import segno
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings
from tests.gallery.access import leak_matrix
from tests.gallery.conftest import Maker, call, json_of, opened, post, signed_in

LET_THROUGH = 503  # to the cloud, which is away in this test


def shared(owner: FlaskClient, **asked: Any) -> dict[str, Any]:
    """A new link, and the path of its address."""
    answer = call(owner, "POST", "/api/v1/shares", asked)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = json_of(answer)["share"]
    return {**told, "path": told["url"].removeprefix("http://127.0.0.1:8000")}


def album(owner: FlaskClient, title: str, *pictures: str, **fields: Any) -> str:
    made = json_of(call(owner, "POST", "/api/v1/albums", {"title": title, **fields}))["album"]
    call(owner, "POST", f"/api/v1/albums/{made['id']}/pictures", {"add": list(pictures)})
    return str(made["id"])


def test_a_link_opens_what_it_says_and_nothing_else(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    for by in ("picture", "album", "q"):
        inside = [
            make(description=f"heron {by}", visibility="unlisted" if by == "q" else "private")
            for _ in range(2)
        ]
        beside = make(description="otter", visibility="private")
        named = album(owner, f"birds {by}", *(one.id for one in inside), visibility="unlisted")
        secret = album(owner, f"secret {by}", *(one.id for one in inside), visibility="unlisted")
        asked = {"picture": inside[0].id, "album": named, "q": f"heron {by}"}[by]
        link = shared(owner, **{by: asked})
        for one in inside[: 1 if by == "picture" else 2]:
            page = client.get(f"{link['path']}/{one.id}")
            assert page.status_code == 200
            assert page.headers["Cache-Control"] == "private, no-cache"
            assert page.headers["X-Robots-Tag"] == "noindex"
            assert client.get(f"{link['path']}/{one.id}/download").status_code == LET_THROUGH
            assert f"secret-{by}" not in page.text
            assert secret not in page.text
        first = opened(client, link["path"])
        client.head(link["path"])  # nobody opens it by this, or by the next one
        client.get(link["path"], headers={"Sec-Purpose": "prefetch;prerender"})
        if by != "picture":
            assert set(first.tiles()) == {one.id for one in inside}
            assert re.findall(r'class="tile p[^"]+" id="[^"]+" href="([^"]+)"', first.text) == [
                f"{link['path']}/{each}" for each in first.tiles()
            ]
        assert beside.id not in first.text
        for path in (f"{link['path']}/{beside.id}", f"{link['path']}/{beside.id}/download"):
            assert client.get(path).status_code == 404
        assert "Set-Cookie" not in client.get(link["path"]).headers
        # It is no key to anything else.
        ids = [one.id for one in inside] if by != "q" else []
        assert {client.get(f"/gallery/{each}").status_code for each in ids} <= {404}
        assert opened(client, "/gallery/").tiles() == []
        kept = database.shares.find_one({"_id": ObjectId(link["id"])})
        assert kept
        assert (kept["uses"], kept["used_at"] is None) == (2, False)


def test_every_thing_of_the_matrix_stays_shut_to_who_holds_a_link(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    """With its cookie, too: a password told is told for the link alone."""
    picture, neighbour = make(description="saxifrage", visibility="private"), make()
    named = album(owner, "rocks", picture.id, visibility="private")
    link = shared(owner, album=named, password="quarry")
    assert (
        client.post(
            link["path"], data={"password": "quarry", "csrf_token": form_token(client, link)}
        ).status_code
        == 303
    )
    assert opened(client, link["path"]).tiles() == [picture.id]
    search = album(owner, "found", q="saxifrage", visibility="private")
    aim = leak_matrix.Target(picture.id, "saxifrage", "rocks", named, neighbour.id, "found", search)
    found = [thing for thing, (_, probe) in leak_matrix.THINGS.items() if probe(client, aim, {})]
    assert found == []


def form_token(client: FlaskClient, link: dict[str, Any]) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link["path"]).text)
    assert found
    return found[1]


def test_a_password_is_asked_for_everywhere(
    app: Flask, owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make(description="saxifrage", visibility="private")
    link, other = (shared(owner, picture=picture.id, password=each) for each in ("quarry", "quarrz"))
    paths = [link["path"], f"{link['path']}/{picture.id}", f"{link['path']}/{picture.id}/download"]
    for path in paths:
        assert picture.id not in client.get(path).text.replace(path, "")
        assert "saxifrage" not in client.get(path).text
    data = {"csrf_token": form_token(client, link)}
    wrong = client.post(link["path"], data={**data, "password": "quarrz"})
    assert (wrong.status_code, "Set-Cookie" in wrong.headers) == (401, False)
    right = client.post(link["path"], data={**data, "password": "quarry"})
    cookie = right.headers["Set-Cookie"]
    assert f"Path={link['path']}" in cookie
    assert "HttpOnly" in cookie
    assert [client.get(path).status_code for path in paths] == [200, 200, LET_THROUGH]
    value = cookie.partition("=")[2].partition(";")[0]
    stranger = app.test_client()
    stranger.set_cookie("picturerail-share", value, path=other["path"])
    assert "saxifrage" not in stranger.get(other["path"]).text


def test_the_door_opens_to_the_page_that_was_asked_for(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    one, two = make(visibility="private"), make(visibility="private")
    link = shared(owner, album=album(owner, "Sea", one.id, two.id), password="quarry")
    wanted = f"{link['path']}/{two.id}"
    door = client.get(f"{wanted}?density=large").text
    told = re.search(r'name="next" value="([^"]+)"', door)
    assert told
    data = {"csrf_token": form_token(client, link), "next": html.unescape(told[1])}
    wrong = client.post(link["path"], data={**data, "password": "quarrz"}).text
    assert told[0] in wrong
    assert (
        client.post(link["path"], data={**data, "password": "quarry"}).location == f"{wanted}?density=large"
    )
    for elsewhere in (
        "https://evil.example/",
        f"{link['path']}x",
        "/gallery/",
        f"//evil.example{wanted}",
        "",
    ):
        there = client.post(link["path"], data={**data, "password": "quarry", "next": elsewhere}).location
        assert there == link["path"], elsewhere
    assert "Size 1600 × 1200 pixels" in opened(client, wanted).words  # which the viewer's panel shows


def test_tries_are_counted(owner: FlaskClient, client: FlaskClient, make: Maker, database: Database) -> None:
    link = shared(owner, picture=make().id, password="quarry")
    data = {"csrf_token": form_token(client, link), "password": "x"}
    assert client.post(link["path"], data=data).status_code == 401
    counters = database.sign_in_tries.find({}, {"_id": 1})
    assert len(list(counters)) >= 2  # one for the link, one for the address


@pytest.mark.parametrize(
    "ending", ["revoked", "expired", "on the page", "maker disabled", "maker removed", "trashed"]
)
def test_an_end_is_at_once(
    people: dict[str, FlaskClient], client: FlaskClient, make: Maker, database: Database, ending: str
) -> None:
    maker, owner = people["editor"], people["owner"]
    account = database.users.find_one({"role": "editor"}, sort=[("_id", -1)])
    assert account
    picture = make(visibility="private")
    link = shared(maker, picture=picture.id)
    assert client.get(link["path"]).status_code == 200
    if ending == "revoked":
        assert json_of(call(maker, "DELETE", f"/api/v1/shares/{link['id']}")) == {"revoked": link["id"]}
        assert call(maker, "DELETE", f"/api/v1/shares/{link['id']}").status_code == 404
    elif ending == "expired":
        past = {"$set": {"expires_at": now() - timedelta(seconds=1)}}
        database.shares.update_one({"_id": ObjectId(link["id"])}, past)
    elif ending == "on the page":
        assert link["url"] in opened(maker, "/shares/").text
        post(maker, f"/shares/{link['id']}/revoke")
        assert link["url"] not in opened(maker, "/shares/").text
    elif ending == "maker disabled":
        post(owner, f"/people/{account['_id']}/disable")
    elif ending == "maker removed":
        post(owner, f"/people/{account['_id']}/remove", pictures="keep")
    else:
        call(owner, "DELETE", f"/api/v1/pictures/{picture.id}")
    assert client.get(link["path"]).status_code == 404
    assert client.get(f"{link['path']}/{picture.id}/download").status_code == 404


def test_made_up_addresses_open_nothing(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    link = shared(owner, picture=make().id)
    token = link["path"].removeprefix("/s/")
    following = f"{int(token[:24], 16) + 1:024x}{token[24:]}"
    for made_up in (
        following,
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        token[:24],
        token + "0",
        "x" * 56,
    ):
        assert client.get(f"/s/{made_up}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"picture": "5" * 24, "q": "sea"},
        {"picture": "x"},
        {"q": "!!!"},
        {"q": "sea", "expires_at": "2001-01-01T00:00:00Z"},
        {"q": "sea", "expires_at": "2101-01-01T00:00:00"},
        {"q": "sea", "expires_at": "9999-12-31T23:59:59-14:00"},
        {"q": "sea", "password": "abc"},
        {"q": "sea", "name": "n" * 121},
        {"q": "sea", "guests": True},
    ],
    ids=str,
)
def test_what_cannot_be_shared_is_refused(owner: FlaskClient, asked: dict[str, Any]) -> None:
    assert call(owner, "POST", "/api/v1/shares", asked).status_code in {400, 404}


def test_one_shares_and_ends_what_one_may(
    app: Flask, owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    contributor = signed_in(app, database, "contributor")
    account = database.users.find_one({"role": "contributor"}, sort=[("_id", -1)])
    assert account
    own, theirs = make(owner=str(account["_id"]), visibility="private"), make()
    link = shared(contributor, picture=own.id, download=False)
    assert client.get(f"{link['path']}/{own.id}/download").status_code == 404
    assert call(contributor, "POST", "/api/v1/shares", {"picture": theirs.id}).status_code == 403
    foreign = shared(owner, picture=theirs.id)
    assert call(contributor, "DELETE", f"/api/v1/shares/{foreign['id']}").status_code == 404
    assert [one["id"] for one in json_of(contributor.get("/api/v1/shares"))["shares"]] == [link["id"]]
    assert {one["id"] for one in json_of(owner.get("/api/v1/shares"))["shares"]} == {
        link["id"],
        foreign["id"],
    }
    form = {"picture": own.id, "name": "for Ann", "days": "7", "password": "", "download": "yes"}
    assert post(contributor, "/shares/", **form).status_code == 303
    assert "for Ann" in opened(contributor, "/shares/").words
    assert 'name="picture"' in opened(contributor, f"/gallery/{own.id}").text


def test_nobody_shares_or_gives_what_they_do_not_find_themselves(
    app: Flask, owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    """By a search or an album of somebody who sees the pictures of others as far as these are open."""
    contributor = signed_in(app, database, "contributor")
    account = database.users.find_one({"role": "contributor"}, sort=[("_id", -1)])
    assert account
    heron = {"description": "a heron"}
    own = make(owner=str(account["_id"]), visibility="private", **heron)
    unlisted, turns = make(visibility="unlisted", **heron), make(**heron)
    found = shared(contributor, q="heron")
    hung = album(contributor, "herons", own.id, turns.id)
    link = shared(contributor, album=hung)
    of_owner = shared(owner, album=album(owner, "all", own.id, turns.id, unlisted.id))
    assert set(opened(client, found["path"]).tiles()) == {turns.id}
    assert set(opened(client, link["path"]).tiles()) == {own.id, turns.id}
    call(contributor, "POST", f"/api/v1/albums/{hung}/viewers", {"add": [account["email"]]})

    call(owner, "PATCH", f"/api/v1/pictures/{turns.id}", {"visibility": "private"})
    assert client.get(f"{found['path']}/{unlisted.id}").status_code == 404
    assert set(opened(client, link["path"]).tiles()) == {own.id}
    for rest in ("", "/download"):
        assert client.get(f"{link['path']}/{turns.id}{rest}").status_code == 404
    assert contributor.get(f"/gallery/{turns.id}").status_code == 404, "given to oneself"
    assert contributor.get(f"/gallery/{own.id}").status_code == 200
    assert set(opened(client, of_owner["path"]).tiles()) == {own.id, turns.id, unlisted.id}


def test_a_link_with_a_limit_opens_for_so_many_and_stays_open_for_them(
    app: Flask, owner: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make(description="saxifrage", visibility="private")
    for password in ("", "quarry"):
        link = shared(owner, picture=picture.id, max_uses=2, password=password)
        guests = [app.test_client() for _ in range(3)]
        for each in guests:  # what a chat shows of a link uses nothing up
            assert "saxifrage" not in opened(each, link["path"]).text
            assert "saxifrage" not in opened(each, f"{link['path']}/{picture.id}").text
        forms = [{"csrf_token": form_token(each, link), "password": password} for each in guests]
        if password:
            assert guests[0].post(link["path"], data={**forms[0], "password": "wrong"}).status_code == 401
        statuses = [
            each.post(link["path"], data=form).status_code for each, form in zip(guests, forms, strict=True)
        ]
        assert statuses == [303, 303, 404]
        for each in guests[:2]:
            for path in (link["path"], f"{link['path']}/{picture.id}", link["path"]):
                assert "saxifrage" in opened(each, path).text
            assert each.post(link["path"], data={**forms[0], "password": password}).status_code < 500
        for path in (link["path"], f"{link['path']}/{picture.id}"):
            assert guests[2].get(path).status_code == 404
        kept = database.shares.find_one({"_id": ObjectId(link["id"])})
        assert kept
        assert kept["uses"] == 2


def test_a_door_that_is_knocked_at_twice_counts_one(
    app: Flask, owner: FlaskClient, make: Maker, database: Database
) -> None:
    """A double click sends the form again before the browser has the cookie of the first."""
    picture = make(description="saxifrage", visibility="private")
    for password in ("", "quarry"):
        link = shared(owner, picture=picture.id, max_uses=1, password=password)
        guest, other = app.test_client(), app.test_client()
        form = {"csrf_token": form_token(guest, link), "password": password}
        form["form"] = re.findall(r'name="form" value="([^"]+)"', guest.get(link["path"]).text)[-1]
        late = {**form, "csrf_token": form_token(other, link), "form": "another"}
        for _ in range(2):
            answer = guest.post(link["path"], data=form)
            assert answer.status_code == 303
            guest.delete_cookie("picturerail-share", path=link["path"])
        assert other.post(link["path"], data=late).status_code == 404
        kept = database.shares.find_one({"_id": ObjectId(link["id"])})
        assert kept
        assert kept["uses"] == 1


def test_the_cookie_of_a_link_is_of_tls_only(
    owner: FlaskClient, make: Maker, settings: Settings, cloud: CloudAccess
) -> None:
    """Of that link, and read by nobody else; without TLS it goes by another name."""
    link = shared(owner, picture=make(description="saxifrage", visibility="private").id, password="quarry")
    for public, name in (
        ("https://pictures.example", "__Secure-picturerail-share"),
        ("", "picturerail-share"),
    ):
        guest = create_app(replace(settings, public_url=public), cloud).test_client()
        here = {"base_url": public} if public else {}
        found = re.search(r'name="csrf_token" value="([^"]+)"', guest.get(link["path"], **here).text)
        assert found
        form = {"csrf_token": found[1], "password": "quarry"}
        headers = {"Referer": f"{public or 'http://localhost'}{link['path']}"}
        answer = guest.post(link["path"], data=form, headers=headers, **here)
        [given] = [each for each in answer.headers.getlist("Set-Cookie") if "picturerail-share" in each]
        assert given.startswith(f"{name}=")
        assert f"Path={link['path']}" in given
        assert "HttpOnly" in given
        assert "SameSite=Lax" in given
        assert ("; Secure" in given) == bool(public)
        assert "saxifrage" in guest.get(link["path"], follow_redirects=True, **here).text


@pytest.mark.parametrize("uses", [-1, 10_001, "2", 1.5])
def test_a_limit_is_a_number_of_times(owner: FlaskClient, make: Maker, uses: Any) -> None:
    assert call(owner, "POST", "/api/v1/shares", {"picture": make().id, "max_uses": uses}).status_code == 400


def test_a_link_has_a_code_for_cameras(
    app: Flask, owner: FlaskClient, database: Database, make: Maker
) -> None:
    link = shared(owner, picture=make().id, name="For <Ada>")
    page = opened(owner, f"/shares/{link['id']}/code").text
    assert link["url"] in page
    assert "For &lt;Ada&gt;" in page
    drawn = re.search(r'<figure class="qr".*?</figure>', page, re.DOTALL)
    assert drawn
    matrix = segno.make_qr(link["url"], error="m").symbol_size(border=3)
    assert f'viewBox="0 0 {matrix[0] * 4} {matrix[1] * 4}"' in drawn[0]
    assert " style=" not in drawn[0]
    other = signed_in(app, database, "contributor")
    assert other.get(f"/shares/{link['id']}/code").status_code == 404
    assert owner.get("/shares/strange/code").status_code == 404
