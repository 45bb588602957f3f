"""What lists ask for those who have pictures of their own, or albums given to them: no more where there are many."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from bson import ObjectId

from picturerail.database import TOKEN_ORDER, Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, timeline
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.pictures.order import ORDERS
from picturerail.gallery.policy import Person
from picturerail.gallery.principals import VISITOR, Anybody
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from tests.gallery.test_search_cost import Heard

ALBUM = ObjectId()
VIEWER = Person(ObjectId(), "ada@example.com", "viewer", granted=(ALBUM,))
CONTRIBUTOR = Person(ObjectId(), "bob@example.com", "contributor")
EDITOR = Person(ObjectId(), "eve@example.com", "editor")
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


def _looked_at(database: Database, query: Any, order: Any, most: int) -> int:
    """At how many pictures MongoDB looks to count those of a query."""
    steps = [{"$match": query}, {"$limit": most + 1}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
    asked = {"aggregate": "gallery", "pipeline": steps, "cursor": {}, "hint": dict(order)}
    plan = database.command("explain", asked, verbosity="executionStats")
    told = plan["stages"][0]["$cursor"] if "stages" in plan else plan
    assert told["executionStats"]["totalKeysExamined"] <= most + 2
    return int(told["executionStats"]["totalDocsExamined"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", [VISITOR, VIEWER, CONTRIBUTOR], ids=["visitor", "viewer", "contributor"])
def test_many_are_counted_without_a_look_at_one(database: Database, who: Anybody | Person, name: str) -> None:
    _insert(database, 900)
    wanted = LISTS[name](policy.listed(who))
    query, order = wanted.counted({})[0]
    assert _looked_at(database, query, order, 400) == 0
    assert listing.count_within(database, wanted, {}, 400) == listing.Count(400, exact=False)


@pytest.mark.parametrize("name", LISTS)
def test_few_are_counted_with_what_is_ones_own(database: Database, name: str) -> None:
    _insert(database, 90)
    counted = [
        listing.count_within(database, LISTS[name](policy.listed(who)), {}, 400).number
        for who in (VISITOR, CONTRIBUTOR, VIEWER)
    ]
    assert counted == [60, 66, 90]


@pytest.mark.parametrize("name", ["all", "taken"])
def test_of_few_only_those_are_looked_at_that_not_everybody_sees(database: Database, name: str) -> None:
    """In lists whose index holds one place for each picture; others cannot tell it without a look."""
    _insert(database, 90)
    query, order = LISTS[name](policy.listed(VIEWER)).counted({})[1]
    assert _looked_at(database, query, order, 400) == 30


@pytest.mark.parametrize("name", LISTS)
def test_each_picture_is_counted_once_whatever_its_document_says_of_itself(
    database: Database, name: str
) -> None:
    """Those of a tutorial say neither that they are there nor who sees them."""
    _insert(database, 90)
    database.gallery.update_many({"hung": {str(ALBUM): "00000001"}}, {"$unset": {"state": ""}})
    database.gallery.update_many({"hung": {str(ALBUM): "00000002"}}, {"$unset": {"shown": ""}})
    database.gallery.update_many({"hung": {str(ALBUM): "00000003"}}, {"$unset": {"state": ""}})
    database.gallery.update_many({"hung": {str(ALBUM): "00000004"}}, {"$unset": {"state": "", "shown": ""}})
    database.gallery.update_many({"hung": {str(ALBUM): "00000007"}}, {"$set": {"state": "trash"}})
    for who in (VISITOR, CONTRIBUTOR, VIEWER, EDITOR):
        wanted = LISTS[name](policy.listed(who))
        every = database.gallery.count_documents(wanted.query)
        assert every in (59, 65, 89)
        assert listing.count_within(database, wanted, {}, 400) == listing.Count(every, exact=True)


def test_a_period_of_many_is_counted_without_a_look_at_one(database: Database) -> None:
    _insert(database, 2000)
    query, order = (
        policy.listed(VIEWER).ordered(ORDERS["taken"]).counted({"$gte": "2024-05", "$lt": "2024-05~"})[0]
    )
    assert _looked_at(database, query, order, timeline.MAX_COUNTED) == 0
    [month] = timeline.months(database, policy.listed(VIEWER), 2024)
    assert (month.number, month.exact) == (timeline.MAX_COUNTED, False)


def test_what_one_can_filter_by_is_told_of_the_pictures_that_one_sees(database: Database) -> None:
    """Without a look at all that is hidden from them, which lies before it in the index."""
    database.gallery.insert_many(
        [
            *(_by("a", "private", albums=[ALBUM]) for _ in range(3)),
            *(_by("b", "private") for _ in range(500)),
            *(_by("b", "public") for _ in range(3)),
            *(_by("c", "private") for _ in range(3)),
            *(_by("d", "public") for _ in range(3)),
        ]
    )
    everybody: list[tuple[Anybody | Person, list[str]]] = [
        (VISITOR, ["b", "d"]),
        (CONTRIBUTOR, ["b", "d"]),
        (VIEWER, ["a", "b", "d"]),
        (EDITOR, ["a", "b", "c", "d"]),
    ]
    for who, cameras in everybody:
        seen = policy.listed(who).looks
        assert index.facet_values(database, "camera", "camera.camera", seen) == cameras
    first = policy.listed(VIEWER).looks[0]
    query = {"tokens": {"$elemMatch": {"$gt": "@camera=a", "$lt": "@camera=c"}}, **first}
    plan = database.gallery.find(query, hint=list(TOKEN_ORDER)).limit(1).explain()
    assert plan["executionStats"]["totalDocsExamined"] == 1


def _most_looked_at(database: Database, mongo_uri: str, ask: Callable[[Database], object]) -> int:
    """At how many pictures MongoDB looks for one of the questions."""
    heard = Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        ask(database_of(client))
    names = ("lsid", "$db", "$clusterTime", "$readPreference")
    looks = [
        {name: value for name, value in each.items() if name not in names}
        for each in heard.commands
        if each.keys() & {"find", "aggregate"}
    ]
    plans = [database.command("explain", each, verbosity="executionStats") for each in looks]
    told = [plan["stages"][0]["$cursor"] if "stages" in plan else plan for plan in plans]
    return max(int(each["executionStats"]["totalDocsExamined"]) for each in told)


def test_whether_there_is_more_before_a_page_is_told_without_a_look_at_all_that_is_hidden(
    database: Database, mongo_uri: str
) -> None:
    _insert(database, 900)
    middle = str(database.gallery.find().sort("_id", 1).skip(450).limit(1)[0]["_id"])
    stranger = Person(ObjectId(), "mia@example.com", "viewer", granted=(ObjectId(),))
    wanted = policy.listed(stranger).hung_in(str(ALBUM))
    assert listing.page(database, wanted, size=9, cursor=middle).newer
    ask = partial(listing.page, wanted=wanted, size=9, cursor=middle)
    assert _most_looked_at(database, mongo_uri, ask) <= 20


def _by(camera: str, shown: str, **more: Any) -> dict[str, Any]:
    tokens = [f"@camera={camera}"]
    return {"state": "live", "shown": shown, "tokens": tokens, "camera": {"camera": camera}, **more}


def test_the_albums_that_one_can_fill_are_found_by_their_owner(database: Database) -> None:
    database.albums.insert_many(
        {
            "slugs": [f"a{n}"],
            "state": "live",
            "shown": "public",
            "owner": CONTRIBUTOR.id if n % 50 == 0 else "",
        }
        for n in range(1000)
    )
    among = {"$and": [policy.fillable_albums(CONTRIBUTOR), {}, {}]}
    plan = database.albums.find(among).sort("_id", -1).limit(201).explain()
    assert plan["executionStats"]["totalDocsExamined"] <= 20


def test_a_range_of_many_days_is_not_sorted(database: Database) -> None:
    """However many periods it has: what is looked at is what is shown, and one more."""
    database.gallery.drop()  # for minutes MongoDB walks over what other tests have deleted
    ensure_schema(database)
    database.gallery.insert_many(
        {"_id": new_id(), "state": "live", "shown": "public", "tokens": [f"@taken=2024-{number % 12 + 1:02}"]}
        for number in range(600)
    )
    everybody: tuple[Anybody | Person, ...] = (VISITOR, CONTRIBUTOR, EDITOR)
    for days, who in product(("2014-02-02..2024-12-30", "2014-02-02.."), everybody):
        words = index.found_by(database, Search.of(f"taken:{days}"))
        wanted = policy.listed(who).among(words)
        found = database.gallery.find(wanted.tiles({}), hint=wanted.index).sort("_id", -1).limit(61)
        assert found.explain()["executionStats"]["totalDocsExamined"] <= 62, (days, who)


@pytest.mark.parametrize("name", LISTS)
def test_mongodb_seeks_no_index_for_what_is_ones_own(database: Database, name: str) -> None:
    """The list's own serves the whole: an alternative at the top takes as long to plan as the list to be found."""
    _insert(database, 90)
    wanted = LISTS[name](policy.listed(VIEWER))
    found = (
        database.gallery.find(wanted.past({}), hint=wanted.index)
        .sort(wanted.order.field, wanted.order.direction)
        .limit(20)
        .explain()
    )
    parsed = found["queryPlanner"]["parsedQuery"]
    assert not any("$or" in each for each in (parsed, *parsed["$and"]))
    assert found["executionStats"]["nReturned"] == 20
