"""Nobody finds what they may not see: every cell of the leak matrix, and what follows from albums."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database, ensure_schema
from picturerail.gallery import policy
from picturerail.gallery.accounts import create_user, groups, users
from picturerail.gallery.accounts.tokens import add_token
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures.order import PictureOrder
from picturerail.gallery.policy import VISITOR, Person
from picturerail.settings import Settings
from picturerail.signing import sign_response
from tests.gallery.access import leak_matrix
from tests.gallery.access.leak_matrix import ONLY_API, PRINCIPALS, THINGS, VISIBILITIES, Target, expected
from tests.gallery.conftest import PASSWORD, Maker, call, json_of, opened, post, signed_in

WORDS = {"public": "periwinkle", "unlisted": "quillwort", "private": "saxifrage"}


Askers: TypeAlias = Mapping[str, tuple[FlaskClient, Mapping[str, str]]]


@pytest.fixture
def contributor(app: Flask, database: Database) -> tuple[FlaskClient, str]:
    """Somebody who adds pictures, and the id of the account."""
    client = signed_in(app, database, "contributor")
    account = database.users.find_one({"role": "contributor"}, sort=[("_id", -1)])
    assert account
    return client, str(account["_id"])


def target(make: Maker, owner: FlaskClient, visibility: str, added_by: str, *, by_album: bool) -> Target:
    """A picture that has just become so, by its own word or by its album's."""
    word = f"{WORDS[visibility]}{'album' if by_album else 'alone'}"
    picture, neighbour = make(description=word, owner=added_by), make(description="neighbour")
    said = {"title": f"album {word}", "visibility": "public"}
    album = json_of(call(owner, "POST", "/api/v1/albums", said))["album"]
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture.id]})
    call(owner, "PATCH", f"/api/v1/albums/{album['id']}", {"visibility": visibility})
    if not by_album:
        call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", {"visibility": visibility})
    asked = {"title": f"found {word}", "q": word, "visibility": "unlisted"}
    search = json_of(call(owner, "POST", "/api/v1/albums", asked))["album"]
    return Target(picture.id, word, album["slug"], album["id"], neighbour.id, search["slug"], search["id"])


def viewer_of(app: Flask, database: Database, name: str) -> FlaskClient:
    """A viewer of a certain address."""
    create_user(database, f"{name}@example.com", "viewer", PASSWORD)
    client = app.test_client()
    assert post(client, "/sign-in", email=f"{name}@example.com", password=PASSWORD).status_code == 303
    return client


@pytest.fixture
def askers(
    app: Flask, settings: Settings, cloud: CloudAccess, people: dict[str, FlaskClient], database: Database
) -> Askers:
    """Everybody in the matrix but the contributor of the pictures, with the headers that they send."""
    private_site = create_app(replace(settings, private_site=True), cloud)
    scripts = {
        f"token to {scope}": {"Authorization": f"Bearer {add_token(database, scope, scope)}"}
        for scope in ("read", "write")
    }
    return {
        **{role: (client, {}) for role, client in people.items()},
        "viewer to whom the album is given": (viewer_of(app, database, "given"), {}),
        "viewer from whom it was taken": (viewer_of(app, database, "taken"), {}),
        "viewer in a group to which it is given": (viewer_of(app, database, "member"), {}),
        "viewer who left that group": (viewer_of(app, database, "leaver"), {}),
        "visitor of a private site": (private_site.test_client(), {}),
        **{who: (app.test_client(), headers) for who, headers in scripts.items()},
    }


def test_every_cell(
    askers: Askers, contributor: tuple[FlaskClient, str], make: Maker, database: Database
) -> None:
    client, own_id = contributor
    everybody = {**askers, "contributor, of their own": (client, {})}
    assert wrong_cells(everybody, own_id, make, database, asking=PRINCIPALS, ways=(False, True)) == []


def wrong_cells(
    everybody: Askers,
    own_id: str,
    make: Maker,
    database: Database,
    *,
    asking: Iterable[str],
    ways: Iterable[bool],
) -> list[tuple[str, str, str, bool]]:
    """Who, where and of which visibility it is not as the matrix says; `ways` say whether an album makes it so."""
    wrong = []
    owner = everybody["owner"][0]
    group = groups.add(database, "Family")
    for email in ("member@example.com", "leaver@example.com"):
        groups.put(database, group, users.user_of(database, email))
    for visibility, by_album in itertools.product(VISIBILITIES, ways):
        database.gallery.delete_many({})
        database.albums.delete_many({})
        aim = target(make, owner, visibility, own_id, by_album=by_album)
        database.albums.update_many({}, {"$set": {"owner": own_id}})
        for choice, email in (("give", "given"), ("give", "taken"), ("take", "taken")):
            form = {"choice": choice, "email": f"{email}@example.com"}
            assert post(owner, f"/albums/{aim.slug}/viewers", **form).status_code == 303
        post(owner, f"/albums/{aim.slug}/viewers", choice="give", email="family")
        groups.take(database, group, users.user_of(database, "leaver@example.com"))
        for who, (thing, (_, probe)) in itertools.product(asking, THINGS.items()):
            if who in ONLY_API and not thing.startswith("API"):
                continue
            client, headers = everybody[who]
            if probe(client, aim, headers) != expected(who, thing, visibility):
                wrong.append((who, thing, visibility, by_album))
    return wrong


def test_the_page_of_the_matrix_is_up_to_date() -> None:
    assert leak_matrix.PAGE.read_text() == leak_matrix.page(), (
        "run python -m tests.gallery.access.leak_matrix"
    )


def test_the_strictest_word_counts(owner: FlaskClient, make: Maker) -> None:
    """Of the picture, its albums and those that these lie in; and each step back is one back."""
    picture = make()

    def album(title: str, **fields: Any) -> str:
        return str(json_of(call(owner, "POST", "/api/v1/albums", {"title": title, **fields}))["album"]["id"])

    outer, other = album("outer"), album("other")
    inner = album("inner", parent=outer)
    for each in (inner, other):
        call(owner, "POST", f"/api/v1/albums/{each}/pictures", {"add": [picture.id]})

    def change(album_id: str, **fields: Any) -> str:
        call(owner, "PATCH", f"/api/v1/albums/{album_id}", fields)
        return str(json_of(owner.get(f"/api/v1/pictures/{picture.id}"))["picture"]["shown_as"])

    assert change(other, visibility="unlisted") == "unlisted"
    assert change(outer, visibility="private") == "private"
    assert json_of(owner.get(f"/api/v1/albums/{inner}"))["album"]["shown_as"] == "private"
    assert "Private: only people who may change it see it, because it hangs in “inner”." in (
        opened(owner, f"/gallery/{picture.id}").words
    )
    assert change(inner, parent=None) == "unlisted"
    assert change(inner, parent=outer) == "private"
    assert change(outer, visibility="public") == "unlisted"
    assert change(other, visibility="public") == "public"
    # An album made in a private one, a picture hung there, and taken down.
    change(outer, visibility="private")
    lone, cellar = make(), album("cellar", parent=outer)
    call(owner, "POST", f"/api/v1/albums/{cellar}/pictures", {"add": [lone.id]})
    told = json_of(owner.get(f"/api/v1/pictures/{lone.id}"))["picture"]
    assert (told["visibility"], told["shown_as"]) == ("public", "private")
    call(owner, "POST", f"/api/v1/albums/{cellar}/pictures", {"remove": [lone.id]})
    assert json_of(owner.get(f"/api/v1/pictures/{lone.id}"))["picture"]["shown_as"] == "public"


def test_nobody_hides_the_pictures_of_others_by_an_album(
    app: Flask, client: FlaskClient, owner: FlaskClient, make: Maker, database: Database
) -> None:
    contributor = signed_in(app, database, "contributor")
    account = database.users.find_one({"role": "contributor"}, sort=[("_id", -1)])
    assert account
    own, theirs = make(owner=str(account["_id"])), make()

    def album(**fields: Any) -> str:
        made = call(contributor, "POST", "/api/v1/albums", {"title": "hole", **fields})
        return f"/api/v1/albums/{json_of(made)['album']['id']}"

    def fill(path: str, **what: Any) -> Any:
        return json_of(call(contributor, "POST", f"{path}/pictures", what))

    hidden, shown = album(visibility="private"), album()
    assert fill(hidden, add=[own.id, theirs.id])["added"] == [own.id]
    assert fill(shown, add=[own.id, theirs.id])["added"] == [own.id, theirs.id]
    inner = album(parent=shown.rpartition("/")[2])
    fill(inner, add=[theirs.id])
    for path in (shown, inner):
        for change in ({"visibility": "unlisted"}, {"parent": hidden.rpartition("/")[2]}):
            assert call(contributor, "PATCH", path, change).status_code == 409
    undo = fill(inner, remove=[theirs.id])["undo"]
    assert call(contributor, "PATCH", inner, {"visibility": "private"}).status_code == 200
    assert call(contributor, "POST", undo).status_code == 200
    assert client.get(f"/gallery/{theirs.id}").status_code == 200
    assert call(owner, "PATCH", shown, {"visibility": "private"}).status_code == 200
    assert client.get(f"/gallery/{theirs.id}").status_code == 404


def test_a_deleted_album_shows_nothing_that_it_hid(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    album = json_of(call(owner, "POST", "/api/v1/albums", {"title": "a", "visibility": "private"}))["album"]
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [picture.id]})
    undo = json_of(call(owner, "DELETE", f"/api/v1/albums/{album['id']}"))["undo"]
    assert client.get(f"/gallery/{picture.id}").status_code == 404
    database.albums.delete_many({})
    post(owner, f"/gallery/{picture.id}/visibility", visibility="private")  # works the same word out again
    assert client.get(f"/gallery/{picture.id}").status_code == 404
    assert call(owner, "POST", undo).status_code == 404


def test_many_at_once_and_refusals(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    pictures = [make() for _ in range(3)]
    form = {"action": "visibility", "visibility": "private", "csrf_token": ""}
    post(owner, "/selection/", **{**form, "id": pictures[0].id})
    assert opened(client, "/gallery/").tiles() == [pictures[2].id, pictures[1].id]
    assert post(owner, "/selection/", **{**form, "id": pictures[1].id, "visibility": ""}).status_code == 400
    secret = {"visibility": "secret"}
    assert call(owner, "PATCH", f"/api/v1/pictures/{pictures[1].id}", secret).status_code == 400
    assert call(owner, "POST", "/api/v1/albums", {"title": "x", **secret}).status_code == 400
    assert opened(client, "/gallery/").words.count("2 pictures") == 1


def test_a_twin_that_one_does_not_see_is_not_told_of(
    contributor: tuple[FlaskClient, str], make: Maker, cloud: CloudAccess
) -> None:
    """Whoever may only add learns nothing of hidden pictures by uploading guesses."""
    client, _ = contributor
    make(visibility="private", etag="0" * 32, first_of="0" * 32)
    told = {
        "public_id": "gallery/" + "a" * 20,
        "version": 17,
        "width": 4,
        "height": 3,
        "format": "jpg",
        "bytes": 9,
    }
    signed = {
        **told,
        "etag": "0" * 32,
        "signature": sign_response(str(told["public_id"]), 17, cloud.api_secret),
    }
    body = {"answer": signed, "filename": "b.jpg", "visibility": "unlisted"}
    added = call(client, "POST", "/api/v1/pictures", body)
    assert added.status_code == 201
    assert json_of(added)["picture"]["shown_as"] == "unlisted"


@pytest.mark.parametrize("order", ["_id", "sort.taken", "sort.title", "tokens", "albums"])
@pytest.mark.parametrize("role", ["visitor", "editor"])
def test_each_list_is_one_scan_of_an_index(make: Maker, database: Database, order: str, role: str) -> None:
    """However many private pictures lie between."""
    album = make().id
    for number in range(60):
        make(visibility="private" if number % 6 else "public", albums=[ObjectId(album)])
    who = VISITOR if role == "visitor" else Person(ObjectId(), "e@example.com", "editor")
    wanted = policy.listed(who)
    if order == "tokens":
        wanted = wanted.among({"tokens": "boat"})
    elif order == "albums":
        wanted = wanted.hung_in(album)
    elif order != "_id":
        wanted = wanted.ordered(PictureOrder(order))
    found = database.gallery.find(wanted.past({}), hint=wanted.index).sort(wanted.order.field, -1).limit(6)
    plan: Any = found.explain()
    assert plan["executionStats"]["totalDocsExamined"] <= 12
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


def test_what_was_there_before_is_public_but_for_hidden_albums(make: Maker, database: Database) -> None:
    one, two = make(), make()
    outer, inner = make().id, make().id
    album = {"state": "live", "title": "a", "visibility": "public"}
    database.albums.insert_one(
        {**album, "_id": ObjectId(outer), "slugs": ["o"], "parent": None, "visibility": "private"}
    )
    database.albums.insert_one({**album, "_id": ObjectId(inner), "slugs": ["i"], "parent": ObjectId(outer)})
    database.gallery.update_many({}, {"$unset": {"shown": "", "visibility": ""}})
    database.gallery.update_one({"_id": ObjectId(two.id)}, {"$set": {"albums": [ObjectId(inner)]}})
    for _ in range(2):  # a step that was broken off is run again
        database.schema.update_one({"_id": "version"}, {"$set": {"version": 4}}, upsert=True)
        ensure_schema(database)
    found = {str(each["_id"]): each["shown"] for each in database.gallery.find({})}
    assert found[one.id] == "public"
    assert found[two.id] == "private"


def test_a_given_album_opens_what_is_in_it_and_nothing_else(
    app: Flask, owner: FlaskClient, make: Maker, database: Database
) -> None:
    """With the albums in it; not those around it, and not for longer than it is given."""
    inside, deeper, beside = (
        make(description="inside"),
        make(description="deeper"),
        make(description="beside"),
    )

    def album(title: str, *pictures: str, **fields: Any) -> dict[str, Any]:
        told: dict[str, Any] = json_of(call(owner, "POST", "/api/v1/albums", {"title": title, **fields}))[
            "album"
        ]
        call(owner, "POST", f"/api/v1/albums/{told['id']}/pictures", {"add": list(pictures)})
        return told

    outer = album("outer", beside.id, visibility="private")
    given = album("given", inside.id, parent=outer["id"], visibility="private")
    album("deep", deeper.id, parent=given["id"], visibility="private")
    viewer = viewer_of(app, database, "ada")

    def sees() -> set[str]:
        listed = {each["id"] for each in json_of(viewer.get("/api/v1/pictures"))["pictures"]}
        ones = (inside, deeper, beside)
        assert listed == {each.id for each in ones if viewer.get(f"/gallery/{each.id}").status_code == 200}
        return listed

    def decide(choice: str) -> None:
        post(owner, f"/albums/{given['slug']}/viewers", choice=choice, email="ada@example.com")

    assert sees() == set()
    decide("give")
    assert sees() == {inside.id, deeper.id}
    page = opened(viewer, f"/albums/{given['slug']}")
    assert "those to whom it is given" in page.words
    assert "ada@example.com" not in page.text.replace("ada@example.com, viewer", "")
    assert "outer" not in page.text
    assert viewer.get("/albums/outer").status_code == 404
    assert "deep" in opened(viewer, "/albums/deep").text
    assert (
        post(viewer, f"/albums/{given['slug']}/viewers", choice="take", email="ada@example.com").status_code
        == 403
    )
    assert "ada@example.com" in opened(owner, f"/albums/{given['slug']}").text
    call(owner, "DELETE", f"/api/v1/albums/{given['id']}")
    assert sees() == set()
    database.albums.update_many({}, {"$set": {"state": "live"}})
    decide("take")
    assert sees() == set()
    decide("give")
    ada = users.user_of(database, "ada@example.com")
    post(owner, f"/people/{ada.id}/remove", pictures="keep")
    assert not database.albums.find_one({"viewers": {"$ne": []}, "title": "given"})


def test_an_album_is_given_to_accounts_only(owner: FlaskClient, database: Database) -> None:
    call(owner, "POST", "/api/v1/albums", {"title": "sea"})
    assert post(owner, "/albums/sea/viewers", choice="give", email="nobody@example.com").status_code == 303
    assert "nobody@example.com has no account" in opened(owner, "/albums/sea").text
    assert post(owner, "/albums/sea/viewers", choice="lend", email="nobody@example.com").status_code == 400
    assert database.albums.count_documents({"viewers.0": {"$exists": True}}) == 0
