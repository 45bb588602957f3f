"""Several pictures at once: ticked, deleted with one Undo, tagged; and what is said when some of them have gone."""

import html
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.pictures import lifecycle, listing, lookup
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.search.tags import MAX_TAGS
from tests.gallery.conftest import Maker, token


def send(client: FlaskClient, action: str, chosen: list[Picture], **fields: str) -> Any:
    form = {"csrf_token": token(client), "action": action, "id": [one.id for one in chosen], **fields}
    return client.post("/selection/", data=form)


def told(client: FlaskClient) -> str:
    """What the next page says about the last action."""
    page = client.get("/trash/").text
    found = re.search(r'class="flash-text">([^<]+)<', page)
    return html.unescape(found[1]) if found else ""


def test_only_editors_can_tick(people: dict[str, FlaskClient], make: Maker) -> None:
    picture = make()
    for role, may in (("visitor", False), ("viewer", False), ("editor", True)):
        page = people[role].get("/gallery/?select=1").text
        assert (f'type="checkbox" name="id" value="{picture.id}"' in page) == may
        assert ("?select=1" in people[role].get("/gallery/").text) == may


def test_many_are_deleted_and_one_undo_takes_them_back(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    chosen = [make() for _ in range(3)]
    other = make()
    earlier = lifecycle.trash(database, make().id)
    answer = send(owner, "trash", [*chosen, chosen[0]], back="/gallery/?select=1&q=boat")
    assert (answer.status_code, answer.location) == (303, "/gallery/?select=1&q=boat")
    page = owner.get(answer.location).text
    assert "3 pictures are in the trash." in page
    assert [one.id for one in listing.page(database, in_state("live"), size=9).pictures] == [other.id]
    undo = re.search(r'action="(/selection/[0-9a-f]+/restore\?[^"]*)"', page)
    assert undo
    owner.post(unescape(undo[1]), data={"csrf_token": token(owner)})
    assert told(owner) == "3 pictures are back in the gallery."
    assert len(listing.page(database, in_state("live"), size=9).pictures) == 4
    assert lookup.find(database, earlier.id, in_state("trash"))
    owner.post(undo[1], data={"csrf_token": token(owner)})
    assert told(owner) == "There is nothing to take back any more."


def test_tags_are_added_and_taken_away(owner: FlaskClient, make: Maker, database: Database) -> None:
    one, two = make(tags=["Sea"]), make(tags=["old", "Sky"])
    send(owner, "tag", [one, two], tags="sky, New York")
    assert told(owner) == "2 pictures are tagged “sky”, “New York”."
    assert lookup.find(database, one.id, in_state("live")).tags == ("Sea", "sky", "New York")
    assert lookup.find(database, two.id, in_state("live")).tags == ("old", "Sky", "New York")
    send(owner, "untag", [one, two], tags="SEA,old")
    assert [lookup.find(database, each.id, in_state("live")).tags for each in (one, two)] == [
        ("sky", "New York"),
        ("Sky", "New York"),
    ]
    assert lookup.find(database, one.id, in_state("live")).description == one.description


def test_what_could_not_be_done_is_told(owner: FlaskClient, make: Maker, database: Database) -> None:
    gone, full, fine = make(), make(tags=[f"tag {n}" for n in range(MAX_TAGS)]), make()
    lifecycle.trash(database, gone.id)
    send(owner, "tag", [gone, full, fine], tags="sea")
    assert told(owner) == (
        "1 picture is tagged “sea”. 1 picture is full: no tag was added there. 1 picture had been deleted already."
    )
    send(owner, "trash", [gone, fine])
    assert told(owner) == "1 picture is in the trash. 1 picture had been deleted already."
    send(owner, "trash", [])
    assert told(owner).startswith("Nothing is selected")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": "burn"}, 400),
        ({"action": "tag", "tags": " , "}, 400),
        ({"action": "tag", "tags": "x" * 41}, 400),
        ({"action": "trash", "id": "no id"}, 404),
        ({"action": "trash", "id": ["5f" * 12 + str(n) for n in range(2)]}, 404),
        ({"action": "trash", "id": [f"{n:024x}" for n in range(501)]}, 400),
        ({"action": "trash", "back": "https://evil.example/"}, 303),
    ],
)
def test_unfit_selections_change_nothing(
    owner: FlaskClient, make: Maker, database: Database, fields: dict[str, Any], status: int
) -> None:
    picture = make()
    form = {"id": [picture.id] if status == 400 else [], "csrf_token": token(owner), **fields}
    answer = owner.post("/selection/", data=form)
    assert answer.status_code == status
    assert status != 303 or answer.location == "/gallery/?select=1"
    assert "Send it again" not in answer.text  # the same would be answered the same
    assert lookup.find(database, picture.id, in_state("live")).tags == ()


def test_the_place_is_kept_and_nothing_else_of_the_address(owner: FlaskClient, make: Maker) -> None:
    for _ in range(70):
        make(description="wave")
    page = owner.get("/gallery/?q=wave&page=3&_external=1&_scheme=evil&select=2").text
    assert 'href="/gallery/?select=1&amp;q=wave&amp;page=3" data-shortcut="s"' in page
    page = owner.get("/gallery/?q=wave&select=1").text
    assert re.search(r'rel="next" href="/gallery/\?q=wave&amp;select=1&amp;after=', page)
