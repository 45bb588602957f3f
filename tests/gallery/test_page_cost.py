"""What a page of pictures costs the database: few questions, and of a picture only what is read from it."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, lookup
from picturerail.gallery.pictures.model import FIELDS, Picture, parse_picture
from tests.gallery.conftest import Maker
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
    last, listed = make(), policy.listed(policy.VISITOR)
    assert listing.neighbours(database, listed, middle) == (last.id, first.id)
    assert listing.neighbours(database, listed, last) == ("", middle.id)
    assert listing.neighbours(database, listed, first) == (middle.id, "")
    span = listing.count_and_span(database, listed)[1]
    assert span == (ObjectId(first.id).generation_time, ObjectId(last.id).generation_time)
    page = listing.page(database, listed, size=1, cursor=middle.id, direction="at")
    assert (page.newer, page.following) == (True, first.id)
    ids = [str(each) for each in database.gallery.distinct("_id")]
    assert len(ids) == 2 * hidden + 3
    assert [lookup.find(database, each.id, listed) for each in (first, middle, last)] == [first, middle, last]


def test_what_a_page_says_beside_its_pictures_is_asked_together(
    make: Maker, database: Database, mongo_uri: str
) -> None:
    pictures = [make() for _ in range(3)]
    heard = Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db, listed = database_of(client), policy.listed(policy.VISITOR)
        assert all(listing.neighbours(db, listed, pictures[1]))
        few = replace(listed, countable=1)
        assert listing.count_and_span(db, few)[0] == listing.Count(3, exact=False)
    asked = [
        name
        for each in heard.commands
        for name in ("aggregate", "count", "find")
        if each.get(name) == "gallery"
    ]
    assert asked == ["aggregate", "count", "aggregate"]
