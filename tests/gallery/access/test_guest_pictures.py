"""Pictures that guests add by a link: under the rights of its maker, seen when somebody has approved them."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.accounts import users
from picturerail.gallery.accounts.throttle import GuestLimit
from picturerail.gallery.actions import guests
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.shares import model, store
from tests.files import png
from tests.gallery.access.test_shares import album, form_token, shared
from tests.gallery.conftest import Maker, call, opened, post, signed_in, token

_seed = iter(range(8_800_000, 9_000_000))


@pytest.fixture
def cloud(stranger: CloudAccess) -> CloudAccess:
    """A media service that takes pictures."""
    return stranger


def send(client: FlaskClient, link: dict[str, Any], *names: str, content: bytes | None = None) -> Any:
    files = [(io.BytesIO(content or png(40, 30, next(_seed))), name) for name in names]
    form = {"csrf_token": form_token(client, link), "image": files}
    return client.post(f"{link['path']}/add", data=form)


def test_what_is_held_is_seen_by_nobody_else_until_it_is_approved(
    app: Flask, owner: FlaskClient, client: FlaskClient, database: Database
) -> None:
    named = album(owner, "Wedding")
    link = shared(owner, album=named, adds="held", name="For guests")
    assert send(client, link, "one.png", "two.png").status_code == 303
    page = opened(client, link["path"]).text
    assert "2 pictures came in. They are shown when somebody has approved them." in page
    assert opened(client, link["path"]).tiles() == []
    ids = [str(each["_id"]) for each in database.gallery.find().sort("_id", 1)]
    assert len(ids) == 2
    for who in (client, signed_in(app, database, "contributor")):
        assert {who.get(f"/gallery/{each}").status_code for each in ids} == {404}
        assert {who.get(f"{link['path']}/{each}").status_code for each in ids} == {404}
    assert "2 pictures of guests</a> wait" in opened(owner, "/shares/").text
    waiting = opened(owner, "/shares/held").text
    assert all(each in waiting for each in (*ids, "one.png", "Wedding"))
    for who in (client, signed_in(app, database, "contributor")):
        post(who, "/shares/held", picture=ids[0], choice="approve")
        post(who, "/shares/held", picture=ids[1], choice="trash")
    assert opened(client, link["path"]).tiles() == []
    assert post(owner, "/shares/held", picture=ids[0], choice="approve").status_code == 303
    assert "1 picture hangs in its album now." in opened(owner, "/shares/held").text
    post(owner, "/shares/held", choice="approve")
    assert "No picture is ticked." in opened(owner, "/shares/held").text
    assert post(owner, "/shares/held", picture=ids[1], choice="trash").status_code == 303
    assert opened(client, link["path"]).tiles() == [ids[0]]
    assert client.get(f"/gallery/{ids[0]}").status_code == 200
    kept: Any = database.gallery.find_one({"_id": ObjectId(ids[1])})
    assert kept["state"] == "trash"
    lines = {each["deed"]: each["name"] for each in database.activity.find({"kind": "picture"})}
    assert lines["picture.add"] == "guest of the link For guests"
    assert {"picture.approve", "picture.trash"} <= set(lines)


@pytest.mark.parametrize(
    ("choice", "told"), [("approve", "hangs in its album now"), ("trash", "is in the trash")]
)
def test_who_decides_late_decides_about_the_others(
    owner: FlaskClient, client: FlaskClient, database: Database, choice: str, told: str
) -> None:
    link = shared(owner, album=album(owner, "Wedding"), adds="held")
    send(client, link, "one.png", "two.png")
    ids = [str(each["_id"]) for each in database.gallery.find().sort("_id", 1)]
    post(owner, "/shares/held", picture=ids[0], choice="trash")
    form = {"csrf_token": token(owner), "picture": ids, "choice": choice}
    assert owner.post("/shares/held", data=form).status_code == 303
    page = opened(owner, "/shares/held").words
    assert f"1 picture {told}. Somebody else has decided about 1 meanwhile." in page
    assert "Nothing is waiting" in page


def test_what_is_shown_at_once_hangs_in_the_album_and_is_the_makers(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    maker = signed_in(app, database, "contributor")
    link = shared(maker, album=album(maker, "Feast"), adds="shown")
    send(client, link, "one.png")
    [tile] = opened(client, link["path"]).tiles()
    who = next(each for each in users.list_users(database) if each.role == "contributor")
    assert database.gallery.find_one({"_id": ObjectId(tile)}, {"owner": 1}) == {
        "_id": ObjectId(tile),
        "owner": str(who.id),
    }
    assert post(maker, f"/gallery/{tile}/delete").status_code == 303
    listed = call(maker, "GET", "/api/v1/shares").json["shares"][0]
    assert (listed["adds"], listed["added"]) == ("shown", 1)


def test_a_link_takes_nothing_that_was_not_said(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    named, picture = album(owner, "Sea"), make(description="whelk")
    for asked in ({"album": named}, {"picture": picture.id}, {"q": "whelk"}):
        link = shared(owner, **asked)
        assert 'type="file"' not in opened(client, link["path"]).text
        other = shared(owner, album=named, adds="shown")
        token = form_token(client, other)
        form = {"csrf_token": token, "image": [(io.BytesIO(png(9, 9, 1)), "a.png")]}
        client.post(f"{link['path']}/add", data=form)
    secret = shared(owner, album=named, adds="shown", password="quarry")
    for path in (secret["path"], f"{other['path'][:-1]}x"):
        form = {"csrf_token": form_token(client, secret), "image": [(io.BytesIO(png(9, 9, 1)), "a.png")]}
        assert client.post(f"{path}/add", data=form).status_code == 404
    large = {"csrf_token": token, "image": [(io.BytesIO(b"x" * 300_000), "a.png")]}
    assert client.post(f"{link['path']}/add", data=large).status_code == 413
    assert database.gallery.count_documents({}) == 1
    for asked in ({"picture": picture.id, "adds": "held"}, {"album": named, "adds": "everything"}):
        assert call(owner, "POST", "/api/v1/shares", asked).status_code == 400


def test_what_is_in_the_gallery_already_is_shown_and_held_like_any_other(
    owner: FlaskClient, client: FlaskClient
) -> None:
    content = png(40, 30, next(_seed))
    shown, held = (shared(owner, album=album(owner, adds), adds=adds) for adds in ("shown", "held"))
    send(client, shown, "once.png", content=content)
    send(client, shown, "again.png", content=content)
    assert len(opened(client, shown["path"]).tiles()) == 2
    send(client, held, "held.png", content=content)
    assert (
        "1 picture came in. It is shown when somebody has approved it." in opened(client, held["path"]).text
    )
    assert "held.png" in opened(owner, "/shares/held").text
    assert "held-title" not in opened(owner, "/upload/").text


def test_one_bad_file_stops_no_other_and_says_why(owner: FlaskClient, client: FlaskClient) -> None:
    link = shared(owner, album=album(owner, "Sea"), adds="shown")
    form = {
        "csrf_token": form_token(client, link),
        "image": [(io.BytesIO(b"no picture"), "bad.png"), (io.BytesIO(png(40, 30, next(_seed))), "good.png")],
    }
    assert client.post(f"{link['path']}/add", data=form).status_code == 303
    page = opened(client, link["path"])
    assert len(page.tiles()) == 1
    assert "1 picture came in." in page.text
    assert "bad.png: this is no picture" in page.text
    assert call(owner, "GET", "/api/v1/shares").json["shares"][0]["added"] == 1, "which counts what came"
    assert client.post(f"{link['path']}/add", data={"csrf_token": form["csrf_token"]}).status_code == 400


def test_a_page_that_refuses_files_does_not_say_that_it_holds_them(
    owner: FlaskClient, client: FlaskClient
) -> None:
    link = shared(owner, album=album(owner, "Sea"), adds="shown")
    form = {"csrf_token": form_token(client, link), "description": "From the bridge"}
    call(owner, "DELETE", f"/api/v1/shares/{link['id']}")
    words = client.post(f"{link['path']}/add", data=form)
    assert "this page holds what you sent" in words.text
    files = client.post(f"{link['path']}/add", data={**form, "image": [(io.BytesIO(png(9, 9, 1)), "a.png")]})
    assert (files.status_code, "this page holds what you sent" in files.text) == (404, False)


def test_guests_send_only_so_many(
    app: Flask, owner: FlaskClient, client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = app.extensions["picturerail"]
    limited: Any = GuestLimit(database.client, 2)
    app.extensions["picturerail"] = type(services)(**{**vars(services), "guests": limited})
    link = shared(owner, album=album(owner, "Sea"), adds="shown")
    send(client, link, "1.png", "2.png", "3.png")
    page = opened(client, link["path"])
    assert len(page.tiles()) == 2
    assert "3.png: From one place come at most 2 pictures an hour" in page.text
    app.extensions["picturerail"] = services
    database.shares.update_one({"_id": ObjectId(link["id"])}, {"$set": {"added": model.MAX_ADDED}})
    send(client, link, "4.png")
    assert "By one link come at most" in opened(client, link["path"]).text


@pytest.mark.parametrize("change", ["role", "disable", "remove"])
def test_a_maker_who_may_no_more_brings_nothing_in(
    app: Flask, owner: FlaskClient, client: FlaskClient, database: Database, change: str
) -> None:
    maker = signed_in(app, database, "contributor")
    link = shared(maker, album=album(maker, "Feast"), adds="shown")
    token = form_token(client, link)
    who = next(each for each in users.list_users(database) if each.role == "contributor")
    post(
        owner,
        f"/people/{who.id}/{change}",
        **{"role": {"role": "viewer"}, "remove": {"pictures": "keep"}}.get(change, {}),
    )
    form = {"csrf_token": token, "image": [(io.BytesIO(png(40, 30, next(_seed))), "a.png")]}
    client.post(f"{link['path']}/add", data=form)
    assert database.gallery.count_documents({}) == 0
    assert re.fullmatch(r"/s/[0-9a-f]+", link["path"])


@pytest.mark.parametrize("adds", ["held", "shown"])
def test_a_form_that_is_sent_twice_brings_its_pictures_once(
    owner: FlaskClient, app: Flask, client: FlaskClient, database: Database, adds: str
) -> None:
    """As by a double click, at one moment, and once more by going back; another form brings the same picture again."""
    link = shared(owner, album=album(owner, "Wedding"), adds=adds)
    contents = [png(40, 30, next(_seed)), png(40, 30, next(_seed))]

    def form() -> dict[str, str]:
        page = client.get(link["path"]).text
        return {
            name: re.findall(rf'name="{name}" value="([^"]+)"', page)[-1] for name in ("csrf_token", "form")
        }

    def submit(given: dict[str, str]) -> int:
        twin = app.test_client()
        twin._cookies = dict(client._cookies or {})  # the same browser
        files = [(io.BytesIO(each), f"{at}.png") for at, each in enumerate(contents)]
        return twin.post(f"{link['path']}/add", data={**given, "image": files}).status_code

    first = form()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(submit, [first, first])) == [303, 303]
    assert submit(first) == 303
    kept = list(database.gallery.find())
    assert len(kept) == 2
    assert all(bool(each.get("held")) == (adds == "held") for each in kept)
    known = database.shares.find_one({"_id": ObjectId(link["id"])})
    assert known
    assert (known["added"], known["sending"]) == (2, [])
    if adds == "shown":
        assert len(opened(client, link["path"]).tiles()) == 2
    assert submit(form()) == 303
    assert database.gallery.count_documents({}) == 4


def test_what_a_killed_process_began_can_be_sent_again(
    owner: FlaskClient, client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(store, "end_sending", lambda *_: None)
    link = shared(owner, album=album(owner, "Wedding"), adds="held")
    page = client.get(link["path"]).text
    form = re.findall(r'name="form" value="([^"]+)"', page)[-1]
    content = png(40, 30, next(_seed))
    for _ in range(2):
        given = {"csrf_token": form_token(client, link), "form": form}
        files = [(io.BytesIO(content), "one.png")]
        assert client.post(f"{link['path']}/add", data={**given, "image": files}).status_code == 303
    [kept] = database.gallery.find()
    assert kept["held"]
