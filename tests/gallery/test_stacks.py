"""Stacks: one tile for several pictures, of which nobody sees or counts one that they may not see; and taken back."""

import html
import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.database import STACK_ORDER, Database
from picturerail.gallery import policy
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pictures import lifecycle, listing, stacks
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.visibility import VISIBILITIES
from picturerail.gallery.policy import Operator, Person, Principal, ShareLink
from tests.gallery.browser import Page
from tests.gallery.conftest import Maker, call, json_of, opened, post, token
from tests.gallery.test_albums import fill, made

EVERY = policy.seen(Operator())


def stacked(database: Database, *pictures: Picture) -> str:
    places = stacks.new_places(pictures)
    stacks.put(database, places)
    return places[pictures[0].id][0]


def tiles(page: Page | str) -> dict[str, int]:
    """The pictures that a page shows, and how many lie under each."""
    text = page if isinstance(page, str) else page.text
    found = re.findall(r'<a class="tile [^>]*id="p([0-9a-f]{24})"(.*?)</a>', text, re.DOTALL)
    numbers = {each: re.search(r"Stack of </span>(\d+)<", inner) for each, inner in found}
    return {each: int(number[1]) if number else 1 for each, number in numbers.items()}


def listed(client: FlaskClient, path: str = "/api/v1/pictures") -> dict[str, int]:
    told = json_of(client.get(path))["pictures"]
    return {one["id"]: one["stack"]["count"] if one["stack"] else 1 for one in told}


def undo_in(client: FlaskClient, path: str) -> str:
    found = re.search(r'action="(/selection/[0-9a-f]+/undo[^"]*)"', client.get(path).text)
    assert found
    return html.unescape(found[1])


def strip(page: str) -> list[str]:
    """The pictures in the strip of a stack, in its order."""
    found = re.search(r'<nav class="stack".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="[^"]*?([0-9a-f]{24})"', found[0]) if found else []


def test_every_list_shows_the_cover_alone_and_how_many_lie_there(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    one, two, three, other = (
        make(description=f"A boat {n}", taken_at="2026-05-04T10:00:00") for n in range(4)
    )
    album = made(owner)
    fill(owner, album, [one, two, three, other])
    asked = {"pictures": [one.id, two.id, three.id], "cover": two.id}
    answer = call(owner, "POST", "/api/v1/stacks", asked)
    assert answer.status_code == 201
    stack = json_of(answer)["stack"]
    assert [each["id"] for each in stack["pictures"]] == [two.id, one.id, three.id]
    expected = {other.id: 1, two.id: 3}
    for path in ("/gallery/", "/gallery/?order=taken", "/gallery/?q=boat", f"/albums/{album['slug']}"):
        assert tiles(opened(client, path)) == expected, path
    for path in ("", "?order=title", "?q=boat"):
        assert listed(client, f"/api/v1/pictures{path}") == expected, path
    assert listed(client, f"/api/v1/albums/{album['id']}/pictures") == expected
    for path in ("/gallery/feed.atom", "/", "/timeline/"):
        text = client.get(path).text
        assert not any(hidden.id in text for hidden in (one, three)), path
    assert two.id in client.get("/gallery/feed.atom").text
    assert json_of(client.get(f"/api/v1/stacks/{stack['id']}"))["stack"]["id"] == stack["id"]
    for each in (one, two, three):
        assert strip(client.get(f"/gallery/{each.id}").text) == [two.id, one.id, three.id]


def test_a_search_finds_the_cover_by_the_words_of_what_lies_under_it(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    cover, under = make(description="A boat"), make(description="A white heron", tags=["marsh"])
    stack = json_of(call(owner, "POST", "/api/v1/stacks", {"pictures": [cover.id, under.id]}))["stack"]
    assert listed(client, "/api/v1/pictures?q=heron") == {cover.id: 2}
    assert listed(client, "/api/v1/pictures?q=boat+heron") == {cover.id: 2}
    assert list(listed(client, "/api/v1/pictures?q=%22white+heron%22")) == [under.id]
    assert list(listed(client, "/api/v1/pictures?q=filename.jpg+-heron")) == []
    assert list(listed(client, "/api/v1/pictures?q=boat+-marsh")) == [cover.id]
    change = {"updated_at": under.revision, "description": "An egret"}
    call(owner, "PATCH", f"/api/v1/pictures/{under.id}", change)
    assert listed(client, "/api/v1/pictures?q=heron") == {}
    assert listed(client, "/api/v1/pictures?q=egret") == {cover.id: 2}
    changed = {"updated_at": cover.revision, "description": "A ship"}
    assert call(owner, "PATCH", f"/api/v1/pictures/{cover.id}", changed).status_code == 200
    assert listed(client, "/api/v1/pictures?q=egret+ship") == {cover.id: 2}
    call(owner, "PATCH", f"/api/v1/pictures/{under.id}", {"visibility": "private"})
    assert listed(client, "/api/v1/pictures?q=egret") == {}
    assert listed(owner, "/api/v1/pictures?q=egret") == {under.id: 2}
    call(owner, "DELETE", f"/api/v1/stacks/{stack['id']}")
    call(owner, "PATCH", f"/api/v1/pictures/{under.id}", {"visibility": "public"})
    assert list(listed(client, "/api/v1/pictures?q=egret")) == [under.id]


def test_nobody_sees_or_counts_what_they_may_not_see(
    people: dict[str, FlaskClient], make: Maker, database: Database
) -> None:
    secret = make(visibility="private", owner="somebody")
    open_one, unlisted, last = make(), make(visibility="unlisted"), make()
    stack = stacked(database, secret, open_one, unlisted, last)
    for role in ("visitor", "viewer", "contributor"):
        client = people[role]
        assert tiles(opened(client, "/gallery/")) == {open_one.id: 2}, role
        assert listed(client) == {open_one.id: 2}
        told = json_of(client.get(f"/api/v1/stacks/{stack}"))["stack"]["pictures"]
        assert [each["id"] for each in told] == [open_one.id, last.id]
        assert strip(client.get(f"/gallery/{last.id}").text) == [open_one.id, last.id]
        assert strip(client.get(f"/gallery/{unlisted.id}").text) == [open_one.id, unlisted.id, last.id]
        page = client.get(f"/gallery/{open_one.id}").text + client.get("/gallery/").text
        assert secret.id not in page
        assert unlisted.id not in page
    assert tiles(opened(people["owner"], "/gallery/")) == {secret.id: 4}
    call(people["owner"], "PATCH", f"/api/v1/pictures/{secret.id}", {"visibility": "public"})
    assert tiles(opened(people["visitor"], "/gallery/")) == {secret.id: 3}
    for each in (secret, open_one, last):
        call(people["owner"], "PATCH", f"/api/v1/pictures/{each.id}", {"visibility": "private"})
    assert tiles(opened(people["visitor"], "/gallery/")) == {}
    assert people["visitor"].get(f"/api/v1/stacks/{stack}").status_code == 404
    assert people["visitor"].get(f"/gallery/{secret.id}").status_code == 404


def test_what_each_list_shows_is_the_first_that_is_seen(make: Maker, database: Database) -> None:
    """Against the rule in its plainest words: of each stack the first that this list has."""
    dice = random.Random(13)
    homes = [ObjectId(), ObjectId()]
    database.albums.insert_many(
        [{"_id": each, "slugs": [str(each)], "state": "live", "shown": "public"} for each in homes]
    )
    persons = [Person(ObjectId(), f"{n}@example.com", "contributor") for n in range(2)]
    for _ in range(30):
        members = []
        for _ in range(dice.randint(1, 5)):
            hung = [each for each in homes if dice.random() < 0.4]
            owner = dice.choice([persons[0].id, persons[1].id, "somebody"])
            members.append(make(visibility=dice.choice(VISIBILITIES), owner=owner, albums=hung))
        if len(members) > 1:
            stacked(database, *members)
    everybody: list[Principal] = [
        policy.VISITOR,
        Operator(),
        *persons,
        Person(ObjectId(), "given@example.com", "viewer", granted=(homes[0],)),
        Person(persons[0].user_id, "both@example.com", "contributor", granted=(homes[1],)),
        Person(ObjectId(), "limited@example.com", "viewer", granted_by=((persons[1].id, homes[0]),)),
        *(
            ShareLink("1", "", str(homes[0]), None, maker, download=False)
            for maker in (Operator(), persons[0], persons[1])
        ),
    ]
    order = {one.id: (one.stack or one.id, one.stack_place) for one in every(database)}
    for who in everybody:
        wanted = policy.listed(who)
        for where in (wanted, wanted.hung_in(str(homes[0])), wanted.hung_in(str(homes[1]))):
            seen = {str(each["_id"]) for each in database.gallery.find(where.query)}
            first: dict[str, str] = {}
            for each in sorted(seen, key=order.__getitem__):
                first.setdefault(order[each][0], each)
            page = listing.page(database, where, size=500)
            assert {one.id for one in page.pictures} == set(first.values()), who


def every(database: Database) -> tuple[Picture, ...]:
    return listing.page(database, in_state("live"), size=500).pictures


def test_the_trash_promotes_the_next_and_gives_back(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    one, two, three = (make() for _ in range(3))
    stacked(database, one, two, three)
    call(owner, "DELETE", f"/api/v1/pictures/{one.id}")
    assert tiles(opened(client, "/gallery/")) == {two.id: 2}
    assert strip(client.get(f"/gallery/{two.id}").text) == [two.id, three.id]
    call(owner, "POST", f"/api/v1/pictures/{one.id}/restore")
    assert tiles(opened(client, "/gallery/")) == {one.id: 3}
    form = {
        "csrf_token": token(owner),
        "action": "trash",
        "id": [one.id, two.id],
        "back": "/gallery/?select=1",
    }
    owner.post("/selection/", data=form)
    assert tiles(opened(client, "/gallery/")) == {three.id: 1}
    assert strip(client.get(f"/gallery/{three.id}").text) == []
    undo = re.search(r'action="(/selection/[0-9a-f]+/restore[^"]*)"', owner.get("/gallery/?select=1").text)
    assert undo
    post(owner, html.unescape(undo[1]))
    assert tiles(opened(client, "/gallery/")) == {one.id: 3}


def test_a_stack_is_made_changed_and_undone_by_forms(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    small, large = make(width=800, height=600), make()
    third = make(width=640, height=480)
    form = {"csrf_token": token(owner), "action": "stack", "id": [small.id, large.id], "back": "/gallery/"}
    assert owner.post("/selection/", data=form).location == "/gallery/"
    assert "2 pictures are one stack now." in owner.get("/gallery/").text
    assert tiles(opened(client, "/gallery/")) == {large.id: 2, third.id: 1}
    owner.post("/selection/", data={**form, "id": [third.id, large.id]})  # a cover brings what lies under it
    assert tiles(opened(client, "/gallery/")) == {large.id: 3}
    post(owner, undo_in(owner, "/gallery/"))
    assert tiles(opened(client, "/gallery/")) == {large.id: 2, third.id: 1}

    def act(action: str, one: Picture) -> None:
        page = owner.get(f"/gallery/{one.id}").text
        where = re.search(r'action="(/stacks/[0-9a-f]+)"', page)
        assert where
        assert post(owner, where[1], action=action, id=one.id).location == f"/gallery/{one.id}"

    act("cover", small)
    assert tiles(opened(client, "/gallery/")) == {small.id: 2, third.id: 1}
    post(owner, undo_in(owner, f"/gallery/{small.id}"))
    assert tiles(opened(client, "/gallery/")) == {large.id: 2, third.id: 1}
    act("take-out", large)
    assert set(tiles(opened(client, "/gallery/"))) == {small.id, large.id, third.id}
    post(owner, undo_in(owner, f"/gallery/{large.id}"))
    act("unstack", large)
    assert set(tiles(opened(client, "/gallery/")).values()) == {1}
    post(owner, undo_in(owner, f"/gallery/{large.id}"))
    assert tiles(opened(client, "/gallery/")) == {large.id: 2, third.id: 1}
    assert "Use as cover" not in client.get(f"/gallery/{small.id}").text


def test_the_api_refuses_what_makes_no_stack(owner: FlaskClient, make: Maker, database: Database) -> None:
    one, two = make(), make()
    assert call(owner, "POST", "/api/v1/stacks", {"pictures": [one.id]}).status_code == 400
    assert call(owner, "POST", "/api/v1/stacks", {"pictures": [one.id, one.id]}).status_code == 400
    assert call(owner, "POST", "/api/v1/stacks", {"pictures": [one.id, "0" * 24]}).status_code == 400
    stranger = {"pictures": [one.id, two.id], "cover": "0" * 24}
    assert call(owner, "POST", "/api/v1/stacks", stranger).status_code == 400
    crowd = [make().id for _ in range(stacks.MAX_MEMBERS + 1)]
    refused = call(owner, "POST", "/api/v1/stacks", {"pictures": crowd})
    assert "A stack has room for 100 pictures; these are 101." in refused.text
    stack = stacked(database, one, two)
    path = f"/api/v1/stacks/{stack}"
    for body in ({}, {"cover": one.id, "remove": [one.id]}):
        assert call(owner, "PATCH", path, body).status_code == 400
    assert call(owner, "PATCH", path, {"cover": crowd[0]}).status_code == 404
    assert call(owner, "PATCH", path, {"remove": []}).status_code == 404
    assert owner.get(f"/api/v1/stacks/{'0' * 24}").status_code == 404


def test_the_api_changes_a_stack_and_takes_each_change_back(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    one, two, three = (make() for _ in range(3))
    made_one = json_of(call(owner, "POST", "/api/v1/stacks", {"pictures": [one.id, two.id, three.id]}))
    path = f"/api/v1/stacks/{made_one['stack']['id']}"

    def now() -> list[str]:
        return [each["id"] for each in json_of(owner.get(path))["stack"]["pictures"]]

    changed = json_of(call(owner, "PATCH", path, {"cover": three.id}))
    assert now() == [three.id, one.id, two.id]
    assert json_of(call(owner, "POST", changed["undo"]))["changed"] == [three.id]
    assert now() == [one.id, two.id, three.id]
    changed = json_of(call(owner, "PATCH", path, {"remove": [one.id]}))
    assert (changed["changed"], now()) == ([one.id], [two.id, three.id])
    call(owner, "POST", changed["undo"])
    gone = json_of(call(owner, "DELETE", path))
    assert sorted(gone["changed"]) == sorted([one.id, two.id, three.id])
    assert owner.get(path).status_code == 404
    assert not database.gallery.count_documents(
        {"$or": [{"ahead": {"$exists": True}}, {"stack": {"$exists": True}}]}
    )
    call(owner, "POST", gone["undo"])
    assert now() == [one.id, two.id, three.id]
    assert call(owner, "POST", gone["undo"]).status_code == 404


def test_nobody_else_uses_up_what_takes_a_change_back(people: dict[str, FlaskClient], make: Maker) -> None:
    one, two = make(), make()
    done = json_of(call(people["owner"], "POST", "/api/v1/stacks", {"pictures": [one.id, two.id]}))
    for role in ("contributor", "editor"):
        assert call(people[role], "POST", done["undo"]).status_code == 404
    assert len(json_of(call(people["owner"], "POST", done["undo"]))["changed"]) == 2


def test_people_stack_what_they_may_change(
    people: dict[str, FlaskClient], make: Maker, database: Database
) -> None:
    theirs, other = make(owner="somebody"), make(owner="somebody")
    client = people["contributor"]
    assert call(client, "POST", "/api/v1/stacks", {"pictures": [theirs.id, other.id]}).status_code == 400
    stack = stacked(database, theirs, other)
    for body in ({"cover": other.id}, {"remove": [other.id]}):
        assert call(client, "PATCH", f"/api/v1/stacks/{stack}", body).status_code == 404
    assert call(client, "DELETE", f"/api/v1/stacks/{stack}").status_code == 404
    assert listed(client) == {theirs.id: 2}
    assert "Take out of the stack" not in client.get(f"/gallery/{theirs.id}").text


def test_an_account_that_goes_leaves_its_stacks_as_they_are(make: Maker, database: Database) -> None:
    who = Person(ObjectId(), "heir@example.com", "contributor")
    one, two = (make(owner="before", visibility="private") for _ in range(2))
    stacked(database, one, two)
    assert lifecycle.give(database, "before", who.id) == 2
    page = listing.page(database, policy.listed(who), size=9)
    assert [each.id for each in page.pictures] == [one.id]


def test_two_people_who_stack_the_same_pictures_lose_none(make: Maker, database: Database) -> None:
    for _ in range(8):
        pictures = [make() for _ in range(4)]
        with ThreadPoolExecutor(3) as pool:
            for shift in range(3):
                order = [*pictures[shift:], *pictures[:shift]][:3]
                pool.submit(stacked, database, *order)
        page = listing.page(database, policy.listed(policy.VISITOR), size=500)
        seen: dict[str, str] = {}
        for each in sorted(every(database), key=lambda one: (one.stack_place, one.id)):
            seen.setdefault(each.stack or each.id, each.id)
        assert {one.id for one in page.pictures} == set(seen.values())


def test_pages_take_no_look_for_each_tile_and_none_at_all_pictures(make: Maker, database: Database) -> None:
    for _ in range(20):
        stacked(database, make(), make(), make())
    page = listing.page(database, policy.listed(policy.VISITOR), size=20)
    plans = []
    for wanted in (policy.listed(policy.VISITOR), policy.listed(Operator())):
        found = database.gallery.find(wanted.tiles({}), hint=wanted.index).sort("_id", -1).limit(5)
        plan = found.explain()["executionStats"]
        assert plan["totalDocsExamined"] <= 15
        plans.append(str(plan))
    assert "COLLSCAN" not in str(plans)
    assert stacks.counts(database, policy.listed(policy.VISITOR), page.pictures) == dict.fromkeys(
        {one.stack for one in page.pictures}, 3
    )
    steps = [{"$match": policy.listed(Operator()).but({"stack": {"$in": [page.pictures[0].stack]}}).query}]
    explained = database.command(
        "explain",
        {"aggregate": "gallery", "pipeline": steps, "cursor": {}, "hint": dict(STACK_ORDER)},
        verbosity="executionStats",
    )
    assert explained["executionStats"]["totalKeysExamined"] <= 6


@pytest.mark.parametrize("change", ["hang", "take down"])
def test_albums_and_links_to_them_show_what_hangs_there(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database, change: str
) -> None:
    cover, two, three = (make() for _ in range(3))
    stacked(database, cover, two, three)
    album = made(owner)
    fill(owner, album, [two, three])
    assert set(tiles(opened(client, f"/albums/{album['slug']}"))) == {two.id}
    guest = ShareLink("1", "", album["id"], None, Operator(), download=False)
    wanted = albums.pictures_in(
        database,
        albums.find(database, album["id"], policy.seen_albums(guest)),
        policy.listed(guest),
    )
    assert [one.id for one in listing.page(database, wanted, size=9).pictures] == [two.id]
    [shown_two] = listing.page(database, wanted, size=9).pictures
    assert stacks.counts(database, policy.listed(guest), [shown_two]) == {shown_two.stack: 2}
    body: dict[str, Any] = {"add": [cover.id]} if change == "hang" else {"remove": [two.id]}
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", body)
    shown = cover if change == "hang" else three
    assert set(tiles(opened(client, f"/albums/{album['slug']}"))) == {shown.id}


def test_a_smart_album_shows_what_the_same_search_would(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    cover, under = make(description="A boat"), make(description="A heron")
    stacked(database, cover, under)
    album, phrase = made(owner, "Herons", q="heron"), made(owner, "This heron", q='"a heron"')
    assert tiles(opened(client, f"/albums/{album['slug']}")) == {cover.id: 2}
    assert set(tiles(opened(client, f"/albums/{phrase['slug']}"))) == {under.id}


def test_an_unlisted_album_covers_less(owner: FlaskClient, make: Maker, database: Database) -> None:
    who = Person(ObjectId(), "ada@example.com", "contributor")
    told = made(owner, visibility="unlisted", order="newest")
    attic = albums.find(database, told["id"], policy.seen_albums(Operator()))
    hung = {"visibility": "unlisted", "albums": [ObjectId(attic.id)]}
    own, other = make(owner=who.id, **hung), make(owner="somebody", **hung)
    stacked(database, own, other)
    wanted = albums.pictures_in(database, attic, policy.seen_in(who, attic))
    assert {one.id for one in listing.page(database, wanted, size=9).pictures} == {own.id, other.id}
