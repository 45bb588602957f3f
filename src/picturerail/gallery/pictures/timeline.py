"""When pictures were taken: the years, the months of one, how many in each, by one look into an index for each."""

from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING

from picturerail.database import Database
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.order import ORDERS

MAX_YEARS = 150
MAX_COUNTED = 1000  # pictures of one year or month; for more, the page says "1,000+"
_LAST = "~"  # comes behind whatever goes on behind a prefix of a time


@dataclass(frozen=True)
class Period:
    """A year (2026) or a month (2026-05), and how many pictures were taken in it."""

    name: str
    number: int
    exact: bool

    @property
    def year(self) -> int:
        """The year, or that of the month."""
        return int(self.name[:4])

    @property
    def month(self) -> int:
        """The month; 0 of a year."""
        return int(self.name[5:7] or 0)


def years(db: Database, seen: PictureFilter) -> list[Period]:
    """The years in which pictures were taken, newest first."""
    found: list[Period] = []
    bound = _LAST
    while len(found) < MAX_YEARS and (taken := _before(db, seen, bound)):
        bound = taken[:4]
        found.append(_period(db, seen, bound))
    return found


def months(db: Database, seen: PictureFilter, year: int) -> list[Period]:
    """The months of a year in which pictures were taken, newest first."""
    counted = (_period(db, seen, f"{year:04}-{month:02}") for month in range(12, 0, -1))
    return [each for each in counted if each.number]


def span(db: Database, seen: PictureFilter) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """(year, month) of the newest and of the oldest picture by capture; None when there is none."""
    ends = [_first(db, seen, _LAST, direction) for direction in (DESCENDING, ASCENDING)]
    if not all(ends):
        return None
    newest, oldest = (str(end["sort"]["taken"]) for end in ends)
    return (int(newest[:4]), int(newest[5:7])), (int(oldest[:4]), int(oldest[5:7]))


def newest_in(db: Database, seen: PictureFilter, period: str) -> str:
    """The id of the newest picture that was taken in a year or month, or before it; "" when there is none."""
    document = _first(db, seen, f"{period}{_LAST}")
    return str(document["_id"]) if document else ""


def _period(db: Database, seen: PictureFilter, name: str) -> Period:
    wanted = seen.ordered(ORDERS["taken"])
    found = listing.count_within(db, wanted, {"$gte": name, "$lt": f"{name}{_LAST}"}, MAX_COUNTED)
    return Period(name, found.number, found.exact)


def _before(db: Database, seen: PictureFilter, bound: str) -> str:
    document = _first(db, seen, bound)
    return str(document["sort"]["taken"]) if document else ""


def _first(db: Database, seen: PictureFilter, bound: str, direction: int = DESCENDING) -> Any:  # noqa: ANN401 - a document, or None
    wanted = seen.ordered(ORDERS["taken"])
    query = wanted.past({"$gt": "", "$lt": bound})
    return db.gallery.find_one(query, {"sort.taken": 1}, sort=[("sort.taken", direction)], hint=wanted.index)
