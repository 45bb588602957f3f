"""How often a page asks MongoDB, for each role: who is signed in costs no question more than a visitor.

Who asks is one question, and the texts of the site come along with it. The API says none of these.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient
from pymongo.monitoring import CommandStartedEvent

from picturerail.database import Database
from picturerail.gallery.accounts import album_grants
from picturerail.gallery.accounts.sessions import find_person
from picturerail.metrics import DatabaseTime
from tests.gallery.conftest import ROLES, Maker, call

TEXTS_ALONG = ("PICTURE",)  # pages that ask for the texts with something else

Ask = Callable[[FlaskClient, str], list[str]]

PEOPLE = ROLES[1:]

# Each page: the questions of a visitor, and what a role asks beyond those and the one for who it is.
PAGES: dict[str, tuple[int, dict[str, int]]] = {
    "/": (2, {}),
    "/gallery/": (2, {}),  # what is whole on a page is counted there
    "/gallery/?q=boat": (2, {}),
    # what is theirs is looked at by itself
    "/gallery/filters": (3, dict.fromkeys(("viewer", "contributor"), 2)),
    "/timeline/": (19, {}),  # both ends, the year by two looks, its months, what is beside them, and this day
    # the covers of all albums; of one that visitors do not see also among what not everybody sees
    "/albums/": (3, dict.fromkeys(("viewer", "contributor"), 1)),
    "ALBUM": (4, dict.fromkeys(("editor", "owner"), 1)),  # to which groups it could be given
    # the picture, both neighbours and the texts are one, the albums in which it hangs another
    "PICTURE": (2, {}),
    "/gallery/feed.atom": (2, {}),
    "/api/v1/pictures": (2, {}),
    "API DEEP": (2, {}),  # whose answer leads on only: whether there are newer ones is not asked
    "API SEARCH DEEP": (2, {}),
    "/api/v1/albums": (1, {}),
}
FOR_PEOPLE = {"/favourites/": 2, "/account": 6}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """What a client's page asks for when it is opened a second time, by commands and collections."""
    asked: list[str] = []

    def started(_: DatabaseTime, event: CommandStartedEvent) -> None:
        collection = event.command[event.command_name]
        if collection != "jobs":  # a worker of another test's may look for some at any moment
            asked.append(f"{event.command_name} {collection}")

    monkeypatch.setattr(DatabaseTime, "started", started)

    def opened(client: FlaskClient, path: str) -> list[str]:
        assert client.get(path).status_code == 200
        asked.clear()
        assert client.get(path).status_code == 200
        return list(asked)

    return opened


@pytest.fixture
def paths(people: dict[str, FlaskClient], make: Maker, database: Database) -> dict[str, str]:
    """Addresses, in a gallery whose owner has given an album, with another one in it, to all lesser roles."""
    pictures = [make(description=f"A boat {number}") for number in range(3)]
    albums = [
        call(people["owner"], "POST", "/api/v1/albums", {"title": title, "visibility": visibility}).json[
            "album"
        ]
        for title, visibility in (("Boats", "public"), ("Hidden", "private"))
    ]
    shown, hidden = albums
    inside = {"title": "Inside", "visibility": "private", "parent": hidden["id"]}
    call(people["owner"], "POST", "/api/v1/albums", inside)
    wanted = {"add": [picture.id for picture in pictures]}
    call(people["owner"], "POST", f"/api/v1/albums/{shown['id']}/pictures", wanted)
    lesser = [user["email"] for user in database.users.find({"role": {"$in": ["viewer", "contributor"]}})]
    given = call(people["owner"], "POST", f"/api/v1/albums/{hidden['id']}/viewers", {"add": lesser})
    assert len(given.json["people"]) == 2
    deep = f"after={pictures[2].id}"
    return {
        "ALBUM": shown["href"],
        "PICTURE": f"/gallery/{pictures[1].id}",
        "API DEEP": f"/api/v1/pictures?{deep}",
        "API SEARCH DEEP": f"/api/v1/pictures?q=boat&{deep}",
    }


def test_who_is_signed_in_costs_no_question_more_than_the_texts_of_the_site(
    people: dict[str, FlaskClient], paths: dict[str, str], ask: Ask
) -> None:
    for page, (usual, beyond) in PAGES.items():
        for role, client in people.items():
            asked = ask(client, paths.get(page, page))
            who = [] if role == "visitor" else ["aggregate sessions"]
            assert asked[: len(who)] == who
            asks_texts = page not in TEXTS_ALONG and not page.startswith(("/api/", "API "))
            texts = len(who) if asks_texts else 0
            assert ("find site" in asked) == (asks_texts and role == "visitor")
            assert len(asked) == usual + beyond.get(role, 0) + len(who) - texts, (page, role, asked)


def test_pages_for_people_ask_the_same_for_each_of_them(
    people: dict[str, FlaskClient], paths: dict[str, str], ask: Ask
) -> None:
    for page, number in FOR_PEOPLE.items():
        for role in PEOPLE:
            assert len(ask(people[role], paths.get(page, page))) == number, (page, role)


def test_who_is_given_nothing_is_given_no_album_of_others(
    people: dict[str, FlaskClient], database: Database
) -> None:
    """An empty list of what somebody stands for would join every album that is given to nobody."""
    call(people["owner"], "POST", "/api/v1/albums", {"title": "Boats", "visibility": "private"})
    for role in PEOPLE:
        cookie = people[role].get_cookie("picturerail")
        person = find_person(database, cookie.value if cookie else "")
        assert person
        assert (person.role, person.granted, person.granted_by) == (role, (), ())


def test_an_answer_as_before_is_not_worked_out_anew_and_holds_no_password(
    people: dict[str, FlaskClient], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[list[Mapping[str, Any]]] = []
    read = album_grants.read

    def noted(documents: list[Mapping[str, Any]]) -> album_grants.GrantAnswer:
        answers.append(documents)
        return read(documents)

    cookie = people["viewer"].get_cookie("picturerail")
    token = cookie.value if cookie else ""
    first = find_person(database, token)
    assert first
    monkeypatch.setattr(album_grants, "read", noted)
    assert find_person(database, token) is first
    assert not answers
    database.users.update_one({"_id": first.user_id}, {"$set": {"role": "contributor"}})
    changed = find_person(database, token)
    assert changed
    assert (first.role, changed.role, len(answers)) == ("viewer", "contributor", 1)
    assert not [each for each in answers[0] if "password" in each]


def test_what_was_asked_last_decides_nothing_but_the_question(
    people: dict[str, FlaskClient], database: Database
) -> None:
    """What is given, taken, left, or another role counts on the next click, and so in the next question."""
    cookie = people["viewer"].get_cookie("picturerail")
    token = cookie.value if cookie else ""
    viewer, contributor = (
        database.users.find_one({"role": role}) or {} for role in ("viewer", "contributor")
    )

    def given() -> tuple[int, int]:
        person = find_person(database, token)
        assert person
        return len(person.granted), len(person.granted_by)

    def album(title: str, parent: str | None = None) -> str:
        new = {"title": title, "visibility": "private", "parent": parent}
        found: str = call(people["owner"], "POST", "/api/v1/albums", new).json["album"]["id"]
        return found

    def change(who: Mapping[str, Any], **fields: object) -> None:  # by a hand: our own changes end sessions
        database.users.update_one({"_id": who["_id"]}, {"$set": fields})

    outer = album("outer")
    group = call(people["owner"], "POST", "/api/v1/groups", {"name": "Friends"}).json["group"]["id"]
    assert given() == (0, 0)
    call(people["owner"], "POST", f"/api/v1/albums/{outer}/viewers", {"add": ["Friends"]})
    assert given() == (0, 0)
    change(viewer, groups=[ObjectId(group)])
    assert given() == (1, 0)
    inner = album("inner", outer)
    innermost = album("innermost", inner)
    assert given() == (3, 0)
    database.albums.update_one({"_id": ObjectId(inner)}, {"$set": {"owner": str(contributor["_id"])}})
    assert given() == (2, 1)
    change(contributor, role="editor")
    assert given() == (3, 0)
    change(contributor, role="contributor")
    call(people["owner"], "DELETE", f"/api/v1/albums/{innermost}")
    assert given() == (1, 1)
    for role, number in ("editor", (0, 0)), ("viewer", (1, 1)):
        change(viewer, role=role)
        assert given() == number
    change(viewer, groups=[])
    assert given() == (0, 0)
    change(viewer, disabled=True)
    assert find_person(database, token) is None
