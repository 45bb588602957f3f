"""Smart albums: a saved search beside the other albums. It finds its pictures by itself, for each what they may see."""

import html
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.pictures import listing
from tests.gallery.access.test_shares import shared
from tests.gallery.conftest import Maker, call, json_of, post
from tests.gallery.test_album_pages import send, told, undo_in
from tests.gallery.test_albums import fill, hung, made

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(client: FlaskClient, path: str) -> list[str]:
    """The pictures on a page, by the addresses of its tiles."""
    return re.findall(r'id="p([0-9a-f]{24})"', client.get(path).text)


def test_one_button_saves_a_search_beside_the_other_albums(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    whale, boat = make(description="A whale"), make()
    assert "Save as an album" not in client.get("/gallery/?q=whale").text
    found = owner.get("/gallery/?q=whale+-%22grey+seal%22").text
    form = re.search(r'<form method="post" action="/albums/new">(.*?)</form>', found, re.DOTALL)
    assert form
    fields = {
        name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[1])
    }
    assert (fields["title"], fields["q"]) == ('whale -"grey seal"', 'whale -"grey seal"')
    answer = owner.post("/albums/new", data=fields)
    assert (answer.status_code, answer.location) == (303, "/albums/whale-grey-seal")
    assert told(owner) == '“whale -"grey seal"” shows by itself what the search finds, from now on.'
    assert titles(client, answer.location) == [whale.id]
    assert "1 picture<" in client.get(answer.location).text
    shelf = client.get("/albums/").text
    assert "Saved search: " in shelf
    assert f"p{whale.id}" in shelf
    newer = make(description="Whales, two of them")
    assert titles(client, answer.location) == [newer.id, whale.id]
    assert f"p{newer.id}" in client.get("/albums/").text
    assert boat.id not in hung(client, {"id": json_of(client.get("/api/v1/albums"))["albums"][0]["id"]})


def test_it_is_made_renamed_edited_and_deleted_by_scripts(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    whale, seal = make(description="A whale"), make(description="A seal")
    album = made(owner, "ปลาวาฬ", q="  whale ")
    assert (album["q"], album["order"], album["href"]) == ("whale", "newest", quote("/albums/ปลาวาฬ"))
    assert made(owner, "By hand", q="")["q"] == ""
    path = f"/api/v1/albums/{album['id']}"
    assert json_of(client.get(path))["album"] == album
    renamed = json_of(call(owner, "PATCH", path, {"title": "Sea mammals", "q": "seal OR whale"}))["album"]
    assert (renamed["slug"], renamed["q"]) == ("sea-mammals", "seal OR whale")
    assert hung(client, album) == [seal.id, whale.id]
    assert hung(client, album, f"?limit=1&after={seal.id}") == [whale.id]
    assert client.get("/albums/ปลาวาฬ").location == "/albums/sea-mammals"
    gone = json_of(call(owner, "DELETE", path))
    assert client.get("/albums/sea-mammals").status_code == 404
    assert json_of(call(owner, "POST", gone["undo"]))["album"]["q"] == "seal OR whale"
    assert titles(client, "/albums/sea-mammals") == [seal.id, whale.id]


def test_it_is_edited_and_deleted_by_forms(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    seal = make(description="A seal")
    made(owner, "Whales", q="whale")
    assert "finds nothing at the moment" in client.get("/albums/whales").text
    form = owner.get("/albums/whales/edit").text
    assert 'name="q" value="whale"' in form
    assert 'name="order"' not in form
    fields = {"title": "Seals", "description": "", "visibility": "public", "q": "#none seal"}
    post(owner, "/albums/whales/edit", **fields)
    assert titles(client, "/albums/seals") == []
    post(owner, "/albums/seals/edit", **{**fields, "q": "seal"})
    assert titles(client, "/albums/seals") == [seal.id]
    post(owner, "/albums/seals/delete")
    page = owner.get("/albums/").text
    assert "“Seals” is deleted" in html.unescape(page)
    post(owner, undo_in(page))
    assert titles(client, "/albums/seals") == [seal.id]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"title": "x", "q": "   "}, "needs a word"),
        ({"title": "x", "q": "-seal"}, "needs a word"),
        ({"title": "x", "q": "..."}, "needs a word"),
        ({"title": "x", "q": "y" * 1001}, "at most 1,000"),
        ({"title": "x", "q": "seal", "order": "hand"}, "newest first"),
        ({"title": "x", "q": {"$ne": 1}}, "'q' must be a text"),
    ],
)
def test_what_could_not_be_found_by_is_refused(
    owner: FlaskClient, database: Database, body: dict[str, Any], said: str
) -> None:
    answer = call(owner, "POST", "/api/v1/albums", body)
    assert (answer.status_code, said in answer.json["detail"]) == (400, True), answer.text
    assert database.albums.count_documents({}) == 0


def test_nothing_is_hung_taken_out_or_ordered_by_hand(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    whale, boat = make(description="A whale"), make()
    album, by_hand = made(owner, "Whales", q="whale"), made(owner, "Boats")
    path = f"/api/v1/albums/{album['id']}"
    refused = "“Whales” is a saved search: it shows by itself what is found"
    for place, body in (
        ("pictures", {"add": [boat.id]}),
        ("pictures", {"remove": [whale.id]}),
        ("order", {"pictures": [whale.id]}),
    ):
        answer = call(owner, "POST", f"{path}/{place}", body)
        assert (answer.status_code, answer.json["detail"].startswith(refused)) == (400, True)
    for action in ("hang", "take-down", "first", "earlier", "later", "last"):
        answer = send(owner, action, album["id"], [whale.id])
        assert (answer.status_code, refused in html.unescape(answer.text)) == (400, True), action
    assert hung(client, album) == [whale.id]
    page = owner.get("/albums/whales?select=1").text
    assert ("Use as cover" in page, "Take out of album" in page, "Earlier" in page) == (True, False, False)
    assert "Whales" not in re.findall(r"<option[^>]*>([^<]*)<", owner.get("/gallery/?select=1").text)
    for at, changes, said in (
        (by_hand, {"q": "boat"}, "is filled by hand"),
        (album, {"q": ""}, "needs a word"),
        (album, {"order": "title"}, "newest first"),
        (by_hand, {"parent": album["id"]}, "no album can lie"),
    ):
        answer = call(owner, "PATCH", f"/api/v1/albums/{at['id']}", changes)
        assert (answer.status_code, said in answer.json["detail"]) == (400, True), answer.text
    inside = made(owner, "Inside", q="whale", parent=by_hand["id"])
    assert inside["parent"] == by_hand["id"]
    assert "/albums/inside" in client.get("/albums/boats").text


def test_everybody_finds_in_it_what_they_may_see(
    people: dict[str, FlaskClient], make: Maker, database: Database
) -> None:
    owner = people["owner"]
    shown, unlisted, private = (
        make(description=f"A whale, {word}", visibility=word, shown=word)
        for word in ("public", "unlisted", "private")
    )
    trashed = make(description="A whale in the trash")
    call(owner, "DELETE", f"/api/v1/pictures/{trashed.id}")
    for visibility in ("public", "unlisted"):
        album = made(owner, f"Whales {visibility}", q="whale", visibility=visibility)
        for role in ("visitor", "viewer", "contributor"):
            assert hung(people[role], album) == [shown.id]
            assert f"p{unlisted.id}" not in people[role].get("/albums/").text
        for role in ("editor", "owner"):
            assert hung(people[role], album) == [private.id, unlisted.id, shown.id]
    hidden = made(owner, "Hidden", q="whale", visibility="private")
    assert people["viewer"].get(hidden["href"]).status_code == 404
    account: Any = database.users.find_one({"role": "viewer"})
    post(owner, "/albums/hidden/viewers", choice="give", email=account["email"])
    assert titles(people["viewer"], hidden["href"]) == [shown.id]  # the album is given, and no picture by it


def test_a_cover_is_the_newest_that_is_found_or_chosen(
    owner: FlaskClient, client: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make(description="A whale"), make(description="Whales")
    album = made(owner, "Whales", q="whale")
    assert f"p{second.id}" in client.get("/albums/").text
    send(owner, "cover", album["id"], [first.id])
    assert f"p{second.id}" not in client.get("/albums/").text
    assert f"p{first.id}" in client.get("/albums/").text
    call(owner, "PATCH", f"/api/v1/albums/{album['id']}", {"cover": None})
    monkeypatch.setattr(listing, "first", lambda *_, **__: None)  # it took too long
    assert client.get("/albums/").status_code == 200


def test_its_feed_tells_what_it_finds(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    first, second = make(description="A whale"), make(description="Whales")
    make()
    made(owner, "ปลา & fish", q="whale")
    by_hand = made(owner, "By hand")
    fill(owner, by_hand, [second, first])
    for path, title in (("/albums/ปลา-fish", "ปลา & fish"), ("/albums/by-hand", "By hand")):
        feed = ET.fromstring(client.get(f"{path}/feed.atom").data)
        assert feed.findtext(f"{ATOM}title", "").endswith(title)
        ids = [entry.findtext(f"{ATOM}id", "")[-24:] for entry in feed.iter(f"{ATOM}entry")]
        assert ids == [second.id, first.id]
    identity = ET.fromstring(client.get("/albums/by-hand/feed.atom").data).findtext(f"{ATOM}id")
    call(owner, "PATCH", f"/api/v1/albums/{by_hand['id']}", {"title": "By heart"})
    assert client.get("/albums/by-hand/feed.atom").location == "/albums/by-heart/feed.atom"
    assert ET.fromstring(client.get("/albums/by-heart/feed.atom").data).findtext(f"{ATOM}id") == identity


def test_a_link_to_it_opens_what_is_found_and_not_private(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    shown = make(description="A whale")
    unlisted = make(description="A whale", visibility="unlisted", shown="unlisted")
    private = make(description="A whale", visibility="private", shown="private")
    boat, album = make(), made(owner, "Whales", q="whale", visibility="private")
    link = shared(owner, album=album["id"], chooses=True)
    page = client.get(link["path"]).text
    assert [shown.id in page, unlisted.id in page, private.id in page, boat.id in page] == [
        True,
        True,
        False,
        False,
    ]
    opened = client.get(f"{link['path']}/{unlisted.id}")
    assert (opened.status_code, f"{link['path']}/{shown.id}" in opened.text) == (200, True)
    for closed in (private, boat):
        assert client.get(f"{link['path']}/{closed.id}").status_code == 404
    refused = call(owner, "POST", "/api/v1/shares", {"album": album["id"], "adds": "shown"})
    assert (refused.status_code, "no saved search" in refused.json["detail"]) == (400, True)
    call(owner, "DELETE", f"/api/v1/albums/{album['id']}")
    assert client.get(f"{link['path']}/{shown.id}").status_code == 404
