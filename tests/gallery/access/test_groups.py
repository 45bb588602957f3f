"""Groups of people: what one is given is seen by who is in it, and by nobody a click after they are not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import Conflict
from picturerail.gallery.accounts import groups, users
from picturerail.gallery.accounts.groups import MAX_OF_ONE
from tests.gallery.access.test_leaks import viewer_of
from tests.gallery.access.test_shares import album
from tests.gallery.conftest import Maker, call, json_of, opened, post, signed_in
from tests.service import Service

ADA, BOB = "ada@example.com", "bob@example.com"


def made(owner: FlaskClient, name: str, *emails: str) -> dict[str, Any]:
    group: dict[str, Any] = json_of(call(owner, "POST", "/api/v1/groups", {"name": name}))["group"]
    return changed(owner, group, add=list(emails))


def changed(owner: FlaskClient, group: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = call(owner, "PATCH", f"/api/v1/groups/{group['id']}", fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = json_of(answer)["group"]
    return told


def gives(owner: FlaskClient, album_id: str, **fields: Any) -> dict[str, Any]:
    answer = call(owner, "POST", f"/api/v1/albums/{album_id}/viewers", fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = json_of(answer)
    return told


@pytest.mark.parametrize(
    "end", ["taken out", "group removed", "taken back", "given to nobody", "account removed"]
)
def test_what_a_group_is_given_is_seen_by_who_is_in_it(
    app: Flask, owner: FlaskClient, make: Maker, database: Database, end: str
) -> None:
    ada, bob = viewer_of(app, database, "ada"), viewer_of(app, database, "bob")
    inside, deeper, beside = (make(visibility="private") for _ in range(3))
    named = album(owner, "Feast", inside.id, visibility="private")
    album(owner, "Cake", deeper.id, visibility="private", parent=named)
    album(owner, "Other", beside.id, visibility="private")
    group = made(owner, "Family", ADA)

    def seen(who: FlaskClient) -> set[str]:
        return set(opened(who, "/gallery/").tiles())

    assert seen(ada) == set()
    assert gives(owner, named, add=["family"]) == {"people": [], "groups": ["Family"]}
    assert (seen(ada), seen(bob)) == ({inside.id, deeper.id}, set())
    for who, page in ((ada, "feast"), (owner, "feast"), (owner, "cake")):
        assert "those to whom it is given" in opened(who, f"/albums/{page}").words
    assert "Those to whom an album is given that it hangs in" in opened(owner, f"/gallery/{deeper.id}").words
    assert "to whom" not in opened(owner, f"/gallery/{beside.id}").words
    changed(owner, group, add=[BOB])
    assert seen(bob) == {inside.id, deeper.id}
    if end == "taken out":
        changed(owner, group, remove=[ADA])
    elif end == "group removed":
        assert json_of(call(owner, "DELETE", f"/api/v1/groups/{group['id']}"))["removed"] == group["id"]
        assert database.albums.count_documents({"viewers.0": {"$exists": True}}) == 0
        assert database.users.count_documents({"groups.0": {"$exists": True}}) == 0
    elif end == "taken back":
        assert gives(owner, named, remove=["FAMILY"]) == {"people": [], "groups": []}
    elif end == "given to nobody":
        call(owner, "DELETE", f"/api/v1/albums/{named}")
    else:
        post(owner, f"/people/{users.user_of(database, ADA).id}/remove", pictures="keep")
        assert json_of(owner.get("/api/v1/groups"))["groups"][0]["members"] == [BOB]
        return
    assert seen(ada) == set()
    assert ada.get("/albums/feast").status_code == 404
    assert seen(bob) == (set() if end != "taken out" else {inside.id, deeper.id})


def test_a_group_and_a_person_are_given_it_apart(
    app: Flask, owner: FlaskClient, make: Maker, database: Database
) -> None:
    ada, picture = viewer_of(app, database, "ada"), make(visibility="private")
    named = album(owner, "Feast", picture.id, visibility="private")
    group = made(owner, "Family", ADA)
    assert gives(owner, named, add=[ADA, "Family"]) == {"people": [ADA], "groups": ["Family"]}
    changed(owner, group, remove=[ADA])
    assert opened(ada, "/gallery/").tiles() == [picture.id]
    gives(owner, named, remove=[ADA])
    assert opened(ada, "/gallery/").tiles() == []


def test_the_pages_do_the_same(app: Flask, owner: FlaskClient, make: Maker, database: Database) -> None:
    viewer_of(app, database, "ada")
    named = album(owner, "Feast", make(visibility="private").id, visibility="private")
    assert post(owner, "/people/groups/", name="  ครอบครัว   <b>&  ").status_code == 303
    page = opened(owner, "/people/groups/")
    assert "ครอบครัว &lt;b&gt;&amp;" in page.text
    [group] = groups.every(database)
    assert group.name == "ครอบครัว <b>&"
    here = f"/people/groups/{group.id}"
    assert post(owner, f"{here}/put", email=ADA).status_code == 303
    assert f"{ADA} sees what" in opened(owner, "/people/groups/").words
    assert 'value="typo@example.com"' in post(owner, f"{here}/put", email="typo@example.com").text
    assert post(owner, "/albums/feast/viewers", choice="give", email="ครอบครัว <b>&").status_code == 303
    text = opened(owner, "/albums/feast").text
    assert "<bdi>ครอบครัว &lt;b&gt;&amp;</bdi>" in text
    assert database.albums.find_one({"viewers": group.viewer, "title": "Feast"})
    assert named
    assert post(owner, f"{here}/rename", name="Choir").status_code == 303
    assert "<bdi>Choir</bdi>" in opened(owner, "/albums/feast").text
    assert post(owner, "/albums/feast/viewers", choice="take", email="choir").status_code == 303
    assert post(owner, f"{here}/take", email=ADA).status_code == 303
    assert "Nobody is in it yet." in opened(owner, "/people/groups/").words
    assert post(owner, f"{here}/remove").status_code == 303
    for path, form in (("put", {"email": ADA}), ("rename", {"name": "x"}), ("remove", {})):
        assert post(owner, f"{here}/{path}", **form).status_code == 404
    deeds = [each["deed"] for each in database.activity.find({"kind": "group"}).sort("_id", 1)]
    assert deeds == ["group.add", "group.put", "group.name", "group.take", "group.remove"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "ada@example.com"])
def test_a_group_needs_a_name(owner: FlaskClient, database: Database, name: str) -> None:
    assert call(owner, "POST", "/api/v1/groups", {"name": name}).status_code == 400
    assert post(owner, "/people/groups/", name=name).status_code == 400
    assert database.groups.count_documents({}) == 0


def test_of_one_name_there_is_one_group(owner: FlaskClient, database: Database) -> None:
    made(owner, "Família")
    other = made(owner, "Choir")
    refused = post(owner, "/people/groups/", name="FAMILIA")
    assert (refused.status_code, 'value="FAMILIA"' in refused.text) == (409, True)
    assert call(owner, "PATCH", f"/api/v1/groups/{other['id']}", {"name": "familia"}).status_code == 409
    with ThreadPoolExecutor(4) as crowd:
        tried = list(crowd.map(lambda _: _added(database, "Band"), range(4)))
    assert sorted(tried) == [False, False, False, True]


def _added(database: Database, name: str) -> bool:
    try:
        groups.add(database, name)
    except Conflict:
        return False
    return True


def test_what_is_not_there_is_said(owner: FlaskClient, make: Maker, database: Database) -> None:
    named = album(owner, "Feast", make().id, visibility="private")
    group = made(owner, "Family")
    for path, body in (
        (f"/api/v1/albums/{named}/viewers", {"add": ["Choir"]}),
        (f"/api/v1/albums/{named}/viewers", {"add": ["nobody@example.com"]}),
    ):
        assert call(owner, "POST", path, body).status_code == 404
    path = f"/api/v1/groups/{group['id']}"
    assert call(owner, "PATCH", path, {"add": ["nobody@example.com"]}).status_code == 404
    assert call(owner, "DELETE", "/api/v1/groups/xyz").status_code == 404
    assert post(owner, "/albums/feast/viewers", choice="give", email="Choir").status_code == 303
    assert "There is no group called 'Choir'" in opened(owner, "/albums/feast").words


def test_a_contributor_gives_their_own_albums_to_groups_and_fills_none(
    app: Flask, owner: FlaskClient, make: Maker, database: Database
) -> None:
    client = signed_in(app, database, "contributor")
    viewer_of(app, database, "bob")
    group = made(owner, "Family", BOB)
    mine, theirs = album(client, "Mine", visibility="private"), album(owner, "Theirs", visibility="private")
    assert gives(client, mine, add=["Family"])["groups"] == ["Family"]
    assert call(client, "POST", f"/api/v1/albums/{theirs}/viewers", {"add": ["Family"]}).status_code == 404
    assert call(client, "PATCH", f"/api/v1/groups/{group['id']}", {"add": [BOB]}).status_code == 403
    assert client.get("/people/groups/").status_code == 403
    assert BOB not in opened(client, "/albums/mine").text, "who is in a group is told to owners only"


def test_somebody_is_in_so_many_groups(owner: FlaskClient, app: Flask, database: Database) -> None:
    viewer_of(app, database, "ada")
    ada = users.user_of(database, ADA)
    for number in range(MAX_OF_ONE):
        groups.put(database, groups.add(database, f"group {number}"), ada)
    one_more = made(owner, "One more")
    assert call(owner, "PATCH", f"/api/v1/groups/{one_more['id']}", {"add": [ADA]}).status_code == 409


def test_what_groups_see_is_found_by_an_index(app: Flask, owner: FlaskClient, database: Database) -> None:
    viewer_of(app, database, "ada")
    named = [album(owner, f"Feast {number}", visibility="private") for number in range(3)]
    group = made(owner, "Family", ADA)
    for each in named:
        gives(owner, each, add=["Family"])
    keys = [str(users.user_of(database, ADA).id), f"group:{group['id']}"]
    plan = database.albums.find({"viewers": {"$in": keys}, "state": "live"}).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


def test_the_same_by_commands(service: Service) -> None:
    service.add_user("cleo@example.com", "viewer", "a long password for cleo")
    assert "'Band' is there" in service.run("group", "add", "Band")
    service.run("group", "put", "band", "cleo@example.com")
    assert "Band: cleo@example.com" in service.run("group", "list")
    service.run("group", "rename", "band", "Orchestra")
    service.run("group", "take", "Orchestra", "cleo@example.com")
    assert "Orchestra: nobody" in service.run("group", "list")
    service.run("group", "remove", "orchestra")
    assert "Orchestra" not in service.run("group", "list")
