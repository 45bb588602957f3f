"""Albums: pictures hang in several, in the order of a hand; addresses survive renaming; nothing deletes a picture."""

from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.albums import contents, lifecycle, lookup, position
from picturerail.gallery.albums.contents import MAX_ALBUMS, MAX_ALBUMS_SHARE
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import VISITOR
from tests.gallery.conftest import Maker, call, json_of


def made(client: FlaskClient, title: str = "Sea", **fields: Any) -> dict[str, Any]:
    answer = call(client, "POST", "/api/v1/albums", {"title": title, **fields})
    assert answer.status_code == 201, answer.text
    album: dict[str, Any] = json_of(answer)["album"]
    return album


def fill(client: FlaskClient, album: dict[str, Any], add: list[Picture], **fields: Any) -> dict[str, Any]:
    body = {"add": [one.id for one in add], **fields}
    told: dict[str, Any] = json_of(call(client, "POST", f"/api/v1/albums/{album['id']}/pictures", body))
    return told


def hung(client: FlaskClient, album: dict[str, Any], query: str = "") -> list[str]:
    told = json_of(client.get(f"/api/v1/albums/{album['id']}/pictures{query}"))
    return [one["id"] for one in told["pictures"]]


def test_an_album_is_made_found_changed_and_listed(owner: FlaskClient, client: FlaskClient) -> None:
    album = made(owner, "  The  Sea: Øresund ", description="Boats")
    assert album["slug"] == "the-sea-oresund"
    assert album["href"] == "/albums/the-sea-oresund"
    assert (album["parent"], album["visibility"], album["order"]) == (None, "public", "hand")
    inner = made(owner, "Waves", parent=album["id"])
    assert inner["parent"] == album["id"]
    path = f"/api/v1/albums/{album['id']}"
    changed = json_of(call(owner, "PATCH", path, {"description": "Many boats", "order": "newest"}))["album"]
    assert (changed["description"], changed["order"], changed["slug"]) == (
        "Many boats",
        "newest",
        album["slug"],
    )
    assert json_of(client.get(path))["album"] == changed
    listed = json_of(client.get("/api/v1/albums"))
    assert [one["title"] for one in listed["albums"]] == ["Waves", "The Sea: Øresund"]
    assert [one["id"] for one in json_of(client.get("/api/v1/albums?parent="))["albums"]] == [album["id"]]
    inside = json_of(client.get(f"/api/v1/albums?parent={album['id']}"))
    assert [one["id"] for one in inside["albums"]] == [inner["id"]]
    first = json_of(client.get("/api/v1/albums?limit=1"))
    rest = json_of(client.get(f"/api/v1/albums?limit=1&after={first['next']}"))
    assert [one["id"] for one in first["albums"] + rest["albums"]] == [inner["id"], album["id"]]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "'title' is missing"),
        ({"title": " \n "}, 400, "needs a title"),
        ({"title": "x" * 121}, 400, "at most 120"),
        ({"title": 5}, 400, "'title' must be a text"),
        ({"title": "x", "colour": "red"}, 400, "'colour' is not known"),
        ({"title": "x", "visibility": "secret"}, 400, "public, unlisted, private"),
        ({"title": "x", "order": "size"}, 400, "'order' must be one of"),
        ({"title": "x", "parent": "5f" * 12}, 404, "no such album"),
        ({"title": "x", "parent": "nothing"}, 404, "no such album"),
        ({"title": "x", "cover": "5f" * 12}, 404, "no such picture"),
        ({"title": "x", "description": "y" * 2001}, 400, "at most 2,000"),
    ],
)
def test_unfit_albums_are_refused(
    owner: FlaskClient, database: Database, body: dict[str, Any], status: int, said: str
) -> None:
    answer = call(owner, "POST", "/api/v1/albums", body)
    assert (answer.status_code, said in answer.json["detail"]) == (status, True), answer.text
    assert database.albums.count_documents({}) == 0


def test_who_may(people: dict[str, FlaskClient], make: Maker) -> None:
    album, picture = made(people["owner"]), make()
    path = f"/api/v1/albums/{album['id']}"
    for role, may_add, may_change in (
        ("visitor", 401, 401),
        ("viewer", 403, 403),
        ("contributor", 201, 403),
        ("editor", 201, 200),
    ):
        who = people[role]
        assert call(who, "POST", "/api/v1/albums", {"title": role}).status_code == may_add
        assert call(who, "PATCH", path, {"description": role}).status_code == may_change
        assert call(who, "POST", f"{path}/pictures", {"add": [picture.id]}).status_code == may_change
        assert call(who, "POST", f"{path}/order", {"pictures": []}).status_code == (
            404 if may_change == 200 else may_change
        )
    own = made(people["contributor"], "Own")
    assert fill(people["contributor"], own, [picture])["added"] == [picture.id]
    assert call(people["contributor"], "DELETE", f"/api/v1/albums/{own['id']}").status_code == 200


def test_a_picture_hangs_in_several_and_each_filling_is_undone(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    one, two, three = (make() for _ in range(3))
    sea, sky = made(owner, "Sea"), made(owner, "Sky")
    told = fill(owner, sea, [three, one, two])
    assert told["added"] == hung(client, sea) == [three.id, one.id, two.id]
    fill(owner, sky, [one])
    assert json_of(client.get(f"/api/v1/pictures/{one.id}"))["picture"]["albums"] == [sea["id"], sky["id"]]
    again = fill(owner, sea, [one, two])
    assert (again["added"], again["removed"], again["undo"]) == ([], [], None)
    less = fill(owner, sea, [], remove=[one.id, three.id])
    assert (hung(client, sea), hung(client, sky)) == ([two.id], [one.id])
    assert set(json_of(call(owner, "POST", less["undo"]))["added"]) == {one.id, three.id}
    assert hung(client, sea) == [three.id, one.id, two.id]
    assert call(owner, "POST", less["undo"]).status_code == 404
    json_of(call(owner, "POST", told["undo"]))
    assert hung(client, sea) == []
    assert database.gallery.count_documents({"state": "live"}) == 3


def test_the_order_of_a_hand(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    pictures = [make() for _ in range(5)]
    a, b, c, d, e = (one.id for one in pictures)
    album = made(owner)
    fill(owner, album, pictures)
    path = f"/api/v1/albums/{album['id']}/order"
    for body, expected in (
        ({"pictures": [d], "before": a}, [d, a, b, c, e]),
        ({"pictures": [e, a], "before": c}, [d, b, e, a, c]),
        ({"pictures": [d, b]}, [e, a, c, d, b]),
        ({"pictures": [c], "before": c}, None),
        ({"pictures": [a], "before": "5f" * 12}, None),
        ({"pictures": ["5f" * 12]}, None),
    ):
        answer = call(owner, "POST", path, body)
        assert answer.status_code == 200 if expected else answer.status_code in (400, 404)
        assert expected is None or hung(client, album) == expected
    first, second = (
        json_of(call(owner, "POST", path, {"pictures": [e, one], "before": b}))["undo"] for one in (c, d)
    )
    call(owner, "POST", first)  # e hangs elsewhere since: it stays there
    assert hung(client, album) == [a, c, e, d, b]
    call(owner, "POST", second)
    assert hung(client, album) == [a, c, d, e, b]
    call(owner, "POST", path, {"pictures": [e], "before": a})
    assert hung(client, album, f"?limit=2&after={a}") == [c, d]
    assert hung(client, album, f"?limit=2&before={d}") == [a, c]
    assert hung(client, album, f"?limit=3&at={c}") == [c, d, b]
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"remove": [a]})
    lost = client.get(f"/api/v1/albums/{album['id']}/pictures?limit=2&after={a}")
    assert (lost.status_code, "Begin with the first page" in lost.text) == (404, True)
    fill(owner, album, [pictures[0]])
    call(owner, "PATCH", f"/api/v1/albums/{album['id']}", {"order": "newest"})
    assert hung(client, album) == [e, d, c, b, a]


def test_of_two_moves_at_one_moment_the_later_one_counts(
    owner: FlaskClient, client: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undo of the other one leaves it alone, and says so."""
    pictures, album, reorder = [make() for _ in range(3)], made(owner), contents._reorder
    a, b, c = (one.id for one in pictures)
    fill(owner, album, pictures)
    path, undos = f"/api/v1/albums/{album['id']}/order", list[str]()

    def move(before: str) -> None:
        undos.append(json_of(call(owner, "POST", path, {"pictures": [c], "before": before}))["undo"])

    def meanwhile(*arguments: Any) -> str:
        monkeypatch.setattr(contents, "_reorder", reorder)
        move(before=b)
        return reorder(*arguments)

    monkeypatch.setattr(contents, "_reorder", meanwhile)
    move(before=a)
    assert hung(client, album) == [c, a, b]
    overtaken = call(owner, "POST", undos[0])
    assert (overtaken.status_code, "moved once more" in overtaken.text) == (409, True)
    assert hung(client, album) == [c, a, b]
    assert call(owner, "POST", undos[1]).status_code == 200
    assert hung(client, album) == [a, b, c]


def test_there_is_always_room_between_two() -> None:
    first, last = position.behind_all(ObjectId(), 0), position.behind_all(ObjectId(), 1)
    assert first < last
    for keep_low in (True, False):
        low, high = first, last
        for _ in range(300):
            between = position.between(low, high)
            assert low < between < high
            low, high = (low, between) if keep_low else (between, high)
    assert position.between("", first) < first


def test_a_renamed_album_is_found_by_its_former_addresses(owner: FlaskClient, client: FlaskClient) -> None:
    album = made(owner, "Sea")
    other = made(owner, "sea!")
    assert other["slug"] == "sea-2"
    path = f"/api/v1/albums/{album['id']}"
    renamed = json_of(call(owner, "PATCH", path, {"title": "Ocean"}))["album"]
    assert renamed["slug"] == "ocean"
    assert made(owner, "Sea")["slug"] == "sea-3"
    back = json_of(call(owner, "PATCH", path, {"title": "SEA"}))["album"]
    assert back["slug"] == "sea"
    assert made(owner, "New")["slug"] == "new-album"
    assert made(owner, "⛵")["slug"] == "album"
    assert made(owner, "海")["slug"] == "海"
    assert made(owner, "ภูเก็ต 2024")["slug"] == "ภูเก็ต-2024"
    assert made(owner, "मुंबई में")["slug"] == "मुंबई-में"


def test_albums_lie_in_each_other_without_a_circle(owner: FlaskClient) -> None:
    outer = made(owner, "Outer")
    inner = made(owner, "Inner", parent=outer["id"])
    for inside in (outer, inner):
        answer = call(owner, "PATCH", f"/api/v1/albums/{outer['id']}", {"parent": inside["id"]})
        assert answer.status_code == 400
        assert "lie in itself" in answer.json["detail"]
    deepest = inner
    for number in range(6):
        deepest = made(owner, f"Level {number}", parent=deepest["id"])
    last = made(owner, "Last", parent=deepest["id"])
    answer = call(owner, "POST", "/api/v1/albums", {"title": "Too deep", "parent": last["id"]})
    assert (answer.status_code, "deep" in answer.json["detail"]) == (400, True)
    top = json_of(call(owner, "PATCH", f"/api/v1/albums/{inner['id']}", {"parent": None}))["album"]
    assert top["parent"] is None


def test_deleting_an_album_keeps_its_pictures_and_is_undone(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    outer = made(owner, "Outer")
    inner = made(owner, "Inner", parent=outer["id"])
    fill(owner, inner, [picture])
    told = json_of(call(owner, "DELETE", f"/api/v1/albums/{outer['id']}"))
    assert json_of(client.get("/api/v1/albums"))["albums"] == []
    assert client.get(f"/api/v1/albums/{inner['id']}/pictures").status_code == 404
    assert json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]["albums"] == []
    assert json_of(call(owner, "POST", told["undo"]))["album"]["id"] == outer["id"]
    assert hung(client, inner) == [picture.id]
    assert json_of(client.get(f"/api/v1/albums/{inner['id']}"))["album"]["parent"] == outer["id"]
    json_of(call(owner, "DELETE", f"/api/v1/albums/{outer['id']}"))
    assert lifecycle.forget_deleted(database, now()) == 2
    assert database.albums.count_documents({}) == 0
    kept = database.gallery.find_one({"_id": ObjectId(picture.id)})
    assert kept is not None
    assert (kept["state"], kept["albums"], kept["hung"]) == ("live", [], {})
    assert call(owner, "POST", told["undo"]).status_code == 404


def test_a_picture_in_the_trash_hangs_again_when_it_is_back(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    one, two = make(), make()
    album = made(owner)
    fill(owner, album, [one, two])
    undo = json_of(call(owner, "DELETE", f"/api/v1/pictures/{one.id}"))["undo"]
    assert hung(client, album) == [two.id]
    call(owner, "POST", undo)
    assert hung(client, album) == [one.id, two.id]


def test_a_picture_hangs_in_so_many_albums_at_most(owner: FlaskClient, make: Maker) -> None:
    picture = make(albums=[ObjectId() for _ in range(MAX_ALBUMS)])
    told = fill(owner, made(owner), [picture])
    assert (told["added"], told["full"]) == ([], [picture.id])


def test_ids_of_pictures_that_are_not_there_are_told(people: dict[str, FlaskClient], make: Maker) -> None:
    """A hidden one as one that never was; what hangs there already is there."""
    seen, hidden, never = make(), make(visibility="private"), replace(make(), id=str(ObjectId()))
    contributor = people["contributor"]
    album = made(contributor)
    for added in ([seen.id], []):
        told = fill(contributor, album, [seen, hidden, never])
        assert (told["added"], told["missing"]) == (added, [hidden.id, never.id])


def test_one_person_does_not_fill_all_places_of_a_picture_of_others(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    picture = make(albums=[ObjectId() for _ in range(MAX_ALBUMS_SHARE)])
    contributor, owner = people["contributor"], people["owner"]
    assert fill(contributor, made(contributor), [picture])["full"] == [picture.id]
    assert fill(owner, made(owner), [picture])["added"] == [picture.id]


@pytest.mark.parametrize("order", ["hand", "newest"])
def test_an_albums_page_is_served_by_an_index(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database, order: str
) -> None:
    """What is looked at is what is shown, and one more, however many hang here and elsewhere."""
    pictures = [make() for _ in range(60)]
    sea, sky = made(owner, "Sea", order=order), made(owner, "Sky")
    fill(owner, sea, pictures[10:])
    fill(owner, sky, pictures)
    album = lookup.find(database, sea["id"], policy.albums(VISITOR))
    wanted = lookup.pictures_in(database, album, policy.seen(VISITOR))
    place: Any = {"$gt": ""} if order == "hand" else {"$lt": ObjectId(pictures[50].id)}
    found = database.gallery.find(wanted.past(place), hint=wanted.index)
    plan = found.sort(wanted.order.field, wanted.order.direction).limit(6).explain()
    assert plan["executionStats"]["totalDocsExamined"] <= 7
    assert plan["executionStats"]["totalKeysExamined"] <= 8
    assert "'stage': 'SORT'" not in str(plan)
    assert len(hung(client, sea, f"?limit=5&after={pictures[30].id}")) == 5
