"""How many pictures somebody sees is counted in an index alone where there are many, whatever else is theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId

from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, timeline
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.pictures.order import ORDERS
from picturerail.gallery.policy import Person
from picturerail.gallery.principals import VISITOR, Anybody

ALBUM = ObjectId()
VIEWER = Person(ObjectId(), "ada@example.com", "viewer", granted=(ALBUM,))
CONTRIBUTOR = Person(ObjectId(), "bob@example.com", "contributor")
LISTS: dict[str, Callable[[PictureFilter], PictureFilter]] = {
    "all": lambda seen: seen,
    "taken": lambda seen: seen.ordered(ORDERS["taken"]),
    "words": lambda seen: seen.among({"tokens": "wave"}),
    "album": lambda seen: seen.hung_in(str(ALBUM)),
    "album by title": lambda seen: seen.hung_in(str(ALBUM)).ordered(ORDERS["title"]),
    "album by hand": lambda seen: seen.by_hand(str(ALBUM)),
}


def _insert(database: Database, count: int) -> None:
    """Every third of them is private, and everything hangs in one album."""
    database.gallery.insert_many(
        {
            "_id": new_id(),
            "state": "live",
            "shown": "private" if number % 3 == 0 else "public",
            "owner": CONTRIBUTOR.id if number % 5 == 0 else "",
            "albums": [ALBUM],
            "hung": {str(ALBUM): f"{number:08}"},
            "tokens": ["wave"],
            "sort": {"taken": f"2024-05-01T00:00:00.{number:08}", "title": f"wave {number:08}"},
        }
        for number in range(count)
    )


def _looked_at(database: Database, query: Any, index: Any, most: int) -> int:
    """At how many pictures MongoDB looks to count those of a query."""
    steps = [{"$match": query}, {"$limit": most + 1}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
    asked = {"aggregate": "gallery", "pipeline": steps, "cursor": {}, "hint": dict(index)}
    plan = database.command("explain", asked, verbosity="executionStats")
    told = plan["stages"][0]["$cursor"] if "stages" in plan else plan
    assert told["executionStats"]["totalKeysExamined"] <= most + 2
    return int(told["executionStats"]["totalDocsExamined"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", [VISITOR, VIEWER, CONTRIBUTOR], ids=["visitor", "viewer", "contributor"])
def test_many_are_counted_without_a_look_at_one(database: Database, who: Anybody | Person, name: str) -> None:
    _insert(database, 900)
    wanted = LISTS[name](policy.listed(who))
    query, index = wanted.counted({})[0]
    assert _looked_at(database, query, index, 400) == 0
    assert listing.count_within(database, wanted, {}, 400) == listing.Count(400, exact=False)


@pytest.mark.parametrize("name", LISTS)
def test_few_are_counted_with_what_is_ones_own(database: Database, name: str) -> None:
    _insert(database, 90)
    counted = [
        listing.count_within(database, LISTS[name](policy.listed(who)), {}, 400).number
        for who in (VISITOR, CONTRIBUTOR, VIEWER)
    ]
    assert counted == [60, 66, 90]


def test_a_period_of_many_is_counted_without_a_look_at_one(database: Database) -> None:
    _insert(database, 2000)
    query, index = (
        policy.listed(VIEWER).ordered(ORDERS["taken"]).counted({"$gte": "2024-05", "$lt": "2024-05~"})[0]
    )
    assert _looked_at(database, query, index, timeline.MAX_COUNTED) == 0
    [month] = timeline.months(database, policy.listed(VIEWER), 2024)
    assert (month.number, month.exact) == (timeline.MAX_COUNTED, False)
