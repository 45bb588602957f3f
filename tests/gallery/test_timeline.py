"""The years and months of the timeline: the same as counted by hand, by few questions."""

from collections import Counter
from typing import Any

import pytest
from bson import ObjectId

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.pictures import timeline
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.pictures.order import ORDERS, Month
from picturerail.gallery.policy import Person
from picturerail.gallery.principals import VISITOR, Principal
from tests.gallery.test_search_cost import Heard

CONTRIBUTOR = Person(ObjectId(), "bob@example.com", "contributor")
EDITOR = Person(ObjectId(), "eve@example.com", "editor")
TIMES = ["1850-06", *["2019-01"] * 3, *["2020-12"] * 4, *["2021-02"] * 5, "2021-03", "2023-04", "2024-05"]
# of which the contributor added the first two
HIDDEN = ["1700-01", "2020-12", "2022-07", "2024-06", "2025-08"]


@pytest.fixture
def seen(database: Database) -> dict[str, tuple[Principal, list[str]]]:
    """Who looks, and the months of what they see."""

    def document(number: int, month: str, **more: Any) -> dict[str, Any]:
        identity = new_id()
        sort = {"taken": f"{month}-{number + 1:02}T10:00:00.{identity}", "title": str(identity)}
        return {"_id": identity, "state": "live", "shown": "public", "tokens": [], "sort": sort, **more}

    shown = [document(*each) for each in enumerate(TIMES)]
    hidden = [
        document(number, month, shown="private", owner=CONTRIBUTOR.id if number < 2 else "")
        for number, month in enumerate(HIDDEN)
    ]
    trashed = document(0, "2018-01", state="trash")
    database.gallery.insert_many([*shown, *hidden, trashed])
    return {
        "visitor": (VISITOR, TIMES),
        "contributor": (CONTRIBUTOR, [*TIMES, *HIDDEN[:2]]),
        "editor": (EDITOR, [*TIMES, *HIDDEN]),
    }


def _ends(database: Database, who: Principal) -> tuple[Month, Month] | None:
    return timeline.span(database, policy.listed(who).ordered(ORDERS["taken"]))


def _asked(heard: Heard) -> Counter[str]:
    """How often the pictures were asked for, by commands."""
    names = ("find", "count", "aggregate")
    return Counter(name for each in heard.commands for name in names if each.get(name) == "gallery")


@pytest.mark.parametrize("most", [1, 5, 1000])
@pytest.mark.parametrize("role", ["visitor", "contributor", "editor"])
def test_each_sees_the_years_and_months_of_what_they_see(
    database: Database,
    seen: dict[str, tuple[Principal, list[str]]],
    role: str,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where neither end is known, and of a year that has more than are counted."""
    monkeypatch.setattr(timeline, "MAX_COUNTED", most)
    who, times = seen[role]

    def by(length: int) -> list[tuple[str, int, bool]]:
        numbers = sorted(Counter(each[:length] for each in times).items(), reverse=True)
        return [(name, min(number, most), number <= most) for name, number in numbers]

    def told(periods: list[timeline.Period]) -> list[tuple[str, int, bool]]:
        return [(each.name, each.number, each.exact) for each in periods]

    listed = policy.listed(who)
    for ends in (_ends(database, who), None):
        assert told(timeline.years(database, listed, ends)) == by(4)
    for year in (1700, 1850, 2018, 2019, 2020, 2021, 2022):
        here = [each for each in by(7) if each[0].startswith(f"{year}-")]
        for has_many in (True, False):
            assert told(timeline.months(database, listed, year, has_many=has_many)) == here, (year, has_many)


def test_no_year_is_sought_that_follows_another_and_no_month_is_counted_twice(
    database: Database, seen: dict[str, tuple[Principal, list[str]]], mongo_uri: str
) -> None:
    """A year is counted by two parts of an index: what all see, and what is beside that."""
    heard = Heard()
    listed, ends = policy.listed(VISITOR), _ends(database, VISITOR)
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        years = timeline.years(db, listed, ends)
        asked, heard.commands = _asked(heard), []
        timeline.months(db, listed, 2021)
    gaps = [2022, 2018]  # after which the next year is sought
    assert asked == {"find": len(gaps), "count": 2 * (len(years) + len(gaps))}
    assert _asked(heard) == {"count": 12, "aggregate": 1}
