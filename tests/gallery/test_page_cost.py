"""What a page of pictures costs the database: few questions, and of a picture only what is read from it."""

from copy import deepcopy
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from bson import ObjectId
from flask import Flask, g
from flask.testing import FlaskClient
from pymongo import ASCENDING, DESCENDING

from picturerail.database import LIVE_ORDER, Database, connect
from picturerail.database import database as database_of
from picturerail.errors import NotFound
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, lookup, stacks
from picturerail.gallery.pictures.filter import PictureFilter, live_and
from picturerail.gallery.pictures.model import FIELDS, Picture, parse_picture
from picturerail.gallery.pictures.visibility import PUBLIC
from picturerail.gallery.policy import VISITOR
from picturerail.gallery.site.texts import ALONG, save_texts, texts_along
from picturerail.gallery.token_terms import TokenTerms
from picturerail.gallery.web import services
from tests.gallery.conftest import Maker
from tests.gallery.test_albums import fill, made
from tests.gallery.test_search_cost import Heard

NOW = datetime(2024, 5, 17, 18, 30, tzinfo=UTC)
EVERYTHING: dict[str, Any] = {
    **{each.name: f"a {each.name}" for each in fields(Picture) if each.type is str and each.name != "id"},
    **dict.fromkeys(("version", "width", "height", "bytes", "stack_place"), 3),
    **dict.fromkeys(("created_at", "updated_at", "trashed_at"), NOW),
    **{name: ["one", "two"] for name in ("tags", "lent", "marks", "albums")},
    "color": "#aabbcc",
    "phash": "0" * 16,
    "description": "What is seen",
    "camera": {"camera": "A camera"},
    "visibility": "unlisted",
    "shown": "private",
}


def test_all_that_a_picture_says_is_asked_for_and_nothing_that_only_leads_to_it(database: Database) -> None:
    database.gallery.insert_one({"_id": ObjectId(), **EVERYTHING, "tokens": ["a"]})
    whole, asked = (database.gallery.find_one({}, told) for told in (None, FIELDS))
    assert whole
    assert asked
    empty = Picture(id="")
    one = parse_picture(whole)
    assert [each.name for each in fields(one) if getattr(one, each.name) == getattr(empty, each.name)] == []
    assert parse_picture(asked) == one
    assert "tokens" not in asked


def test_the_next_picture_is_found_behind_many_that_are_hidden(make: Maker, database: Database) -> None:
    """A few are looked at by their ids first; behind more than these the index of lists knows it."""
    hidden = listing.NEXT_ONES + 2
    first = make()
    for _ in range(hidden):
        make(shown="private")
    middle = make()
    for _ in range(hidden):
        make(state="trash")
    last, listed = make(), policy.listed(VISITOR)
    assert listing.neighbours(database, listed, middle) == (last.id, first.id)
    assert listing.neighbours(database, listed, last) == ("", middle.id)
    assert listing.neighbours(database, listed, first) == (middle.id, "")
    ends = listing.ends(database, listed, [ASCENDING, DESCENDING])
    assert ends == [ObjectId(first.id), ObjectId(last.id)]
    page = listing.page(database, listed, size=1, cursor=middle.id, direction="at")
    assert (page.newer, page.following) == (True, first.id)
    ids = [str(each) for each in database.gallery.distinct("_id")]
    assert len(ids) == 2 * hidden + 3
    assert [lookup.find(database, each.id, listed) for each in (first, middle, last)] == [first, middle, last]


def test_what_a_page_says_beside_its_pictures_is_asked_together(
    make: Maker, database: Database, mongo_uri: str
) -> None:
    pictures = [make() for _ in range(3)]
    save_texts(database, "Boats", "")
    heard, told = Heard(), list[str]()
    along = listing.Along(ALONG, lambda found: told.append(texts_along(found).name))
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db, listed = database_of(client), policy.listed(VISITOR)
        before, behind = listing.neighbours(db, listed, pictures[1])
        found = listing.with_neighbours(db, pictures[1].id, policy.seen(VISITOR), listed, along)
        assert found == (pictures[1], (before, behind))
        assert (before, behind) == (pictures[2].id, pictures[0].id)
        assert listing.ends(db, listed, [ASCENDING], along) == [ObjectId(pictures[0].id)]
    assert told == ["Boats", "Boats"]
    page = next(each["pipeline"] for each in heard.commands if "$gte" in str(each.get("pipeline")))
    assert [each["$unionWith"]["coll"] for each in page if "$unionWith" in each] == ["gallery", "site"]
    assert [each for each in _asked(heard) if each != "count"] == ["aggregate"] * 3


def test_a_picture_that_is_not_seen_is_not_found_with_its_neighbours(make: Maker, database: Database) -> None:
    """Not even where one before it, which the same look finds, is listed."""
    make()
    nobody = str(ObjectId())
    hidden = [make(shown="private").id, make(state="trash").id, nobody]
    make()
    for each in hidden:
        with pytest.raises(NotFound):
            listing.with_neighbours(database, each, policy.seen(VISITOR), policy.listed(VISITOR), None)


def test_a_picture_that_is_in_no_list_has_neighbours(make: Maker, database: Database) -> None:
    older, unlisted, newer = make(), make(shown="unlisted"), make()
    seen, listed = policy.seen(VISITOR), policy.listed(VISITOR)
    for each, sides in ((unlisted, (newer.id, older.id)), (newer, ("", older.id)), (older, (newer.id, ""))):
        assert listing.with_neighbours(database, each.id, seen, listed, None) == (each, sides)


def test_hidden_ones_are_counted_until_they_are_too_many(
    make: Maker, database: Database, mongo_uri: str
) -> None:
    """Each kind by the index of lists; where they are few, the collection's estimate tells the rest."""
    for shown in ("public", "unlisted", "unlisted", "private"):
        make(shown=shown)
    make(state="trash")
    listed, heard = policy.listed(VISITOR), Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        assert listing.count(db, replace(listed, countable=4)) == listing.Count(1, exact=False)
        assert [each["limit"] for each in heard.commands if "query" in each] == [5, 3, 2]
        heard.commands = []
        assert listing.count(db, replace(listed, countable=1)) == listing.Count(1, exact=True)
        hidden, *seen = [each for each in heard.commands if "query" in each]
    assert hidden["query"]["shown"] == "unlisted"
    assert hidden["hint"] == dict(LIVE_ORDER)
    assert all("unlisted" not in str(each["query"]) for each in seen)


def test_of_a_page_that_shows_all_nothing_is_counted(make: Maker, database: Database, mongo_uri: str) -> None:
    """Where none lies in a stack: below it may lie others, which are counted."""
    pictures, listed, heard = [make() for _ in range(3)], policy.listed(VISITOR), Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        whole, part = (listing.page(db, listed, size=size) for size in (3, 2))
        stacks.put(database, stacks.new_places(pictures[:2]))
        stacked = listing.page(db, listed, size=3)
        assert [len(each.pictures) for each in (whole, part, stacked)] == [3, 2, 2]
        heard.commands = []
        assert listing.count(db, listed, whole) == listing.Count(3, exact=True)
        assert _asked(heard) == []
        for each in (part, stacked):
            assert listing.count(db, listed, each) == listing.Count(3, exact=True)


def test_a_shelf_does_not_count_stacks_of_which_it_says_nothing(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, counted = [make() for _ in range(2)], list[str]()
    stacks.put(database, stacks.new_places(pictures))
    album, count = made(owner, "Sea"), stacks.counts
    fill(owner, album, pictures)

    def counts(db: Database, seen: PictureFilter, found: list[Picture]) -> dict[str, int]:
        counted.extend(one.id for one in found)
        return count(db, seen, found)

    monkeypatch.setattr(stacks, "counts", counts)
    assert f"tile p{pictures[0].id}" in client.get("/albums/").text
    assert counted == []
    assert "Stack of" in client.get(album["href"]).text
    assert len(counted) == 1


def _asked(heard: Heard) -> list[str]:
    """What the pictures were asked by."""
    names = ("aggregate", "count", "find")
    return [name for each in heard.commands for name in names if each.get(name) == "gallery"]


def test_a_page_looks_once_whether_its_files_were_built_anew(
    client: FlaskClient, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, looked, stat = make(), list[str](), Path.stat

    def counted(path: Path, **more: Any) -> Any:
        looked.append(path.name)
        return stat(path, **more)

    monkeypatch.setattr(Path, "stat", counted)
    assert client.get(f"/gallery/{picture.id}").text.count("/static/") > 3
    assert looked.count("manifest.json") <= 2  # whether it is there, and of which time


def test_what_opens_the_addresses_of_a_page_is_made_once_for_whoever_asks(app: Flask) -> None:
    """A share link says so after other addresses were made."""
    with app.test_request_context("/"):
        for_all = services.cloud()
        assert services.cloud() is for_all
        g.token_terms = TokenTerms(name="a link")
        assert services.cloud().terms.name == "a link"
    with app.test_request_context("/"):
        assert services.cloud().terms == TokenTerms()


def test_a_page_asks_of_none_of_its_functions_whether_it_is_a_coroutine(
    client: FlaskClient, make: Maker
) -> None:
    picture = make()
    with patch("flask.app.iscoroutinefunction", side_effect=AssertionError):
        assert client.get(f"/gallery/{picture.id}").status_code == 200


def test_what_visitors_see_is_made_once_and_no_page_changes_it(client: FlaskClient, make: Maker) -> None:
    picture, seen = make(), live_and(PUBLIC)
    before = deepcopy(seen)
    for page in ("/gallery/", "/gallery/?q=a", f"/gallery/{picture.id}", "/albums/"):
        assert client.get(page).status_code == 200
    assert live_and(PUBLIC) is seen
    assert seen == before
