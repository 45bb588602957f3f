"""When pictures were taken: the years, the months of one, how many in each, by one look into an index for each year."""

from collections import Counter
from dataclasses import dataclass, replace

from pymongo import DESCENDING

from picturerail.database import Database, Document
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.listing import Along
from picturerail.gallery.pictures.order import ORDERS, Month

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


def years(db: Database, seen: PictureFilter, ends: tuple[Month, Month] | None) -> list[Period]:
    """The years in which pictures were taken, newest first, from the first to the last month where these are known.

    Mostly a year follows the next: only before one without pictures is the one before it sought.
    """
    found: list[Period] = []
    year, oldest = (ends[0][0], ends[1][0]) if ends else (_year_before(db, seen, _LAST), 0)
    while year is not None and year >= oldest and len(found) < MAX_YEARS:
        period = _period(db, seen, f"{year:04}")
        if period.number:
            found.append(period)
        year = year - 1 if period.number else _year_before(db, seen, period.name)
    return found


def months(db: Database, seen: PictureFilter, year: int, *, has_many: bool = False) -> list[Period]:
    """The months of a year in which pictures were taken, newest first.

    Unless it `has_many`, only what an index counts by itself is counted each month, and what is beside that together.
    """
    names, beside = [f"{year:04}-{month:02}" for month in range(12, 0, -1)], None
    wanted = seen.ordered(ORDERS["taken"])
    if wanted.surely is not None and not has_many:
        beside = _beside_by_month(db, wanted, f"{year:04}")
    if beside is None:
        counted = (_period(db, seen, name) for name in names)
    else:
        surely = replace(wanted, query=wanted.surely or {}, surely=None)
        counted = (_period(db, surely, name, beside[name]) for name in names)
    return [each for each in counted if each.number]


def span(
    db: Database, wanted: PictureFilter, page: listing.Page | None = None, along: Along | None = None
) -> tuple[Month, Month] | None:
    """The months in which an order by time begins and ends; None where none is known, or there is none.

    What a `page` of it tells is not asked.
    """
    order = wanted.order
    known: dict[int, object] = {}
    if page and page.pictures and not page.newer:
        known[order.direction] = order.place_of(page.pictures[0])
    if page and page.pictures and not page.older:
        known[-order.direction] = order.place_of(page.pictures[-1])
    asked = [each for each in (order.direction, -order.direction) if each not in known]
    if asked:
        known |= zip(asked, listing.ends(db, wanted, asked, along), strict=True)
    first, last = known[order.direction], known[-order.direction]
    if first is None or last is None:
        return None
    return order.month_of(first), order.month_of(last)


def _within(name: str) -> Document:
    """The bound of all times in a year or a month."""
    return {"$gte": name, "$lt": f"{name}{_LAST}"}


def _period(db: Database, seen: PictureFilter, name: str, beside: int = 0) -> Period:
    wanted = seen.ordered(ORDERS["taken"])
    found = listing.count_within(db, wanted, _within(name), MAX_COUNTED)
    number = found.number + beside
    return Period(name, min(number, MAX_COUNTED), found.exact and number <= MAX_COUNTED)


def _beside_by_month(db: Database, wanted: PictureFilter, year: str) -> Counter[str] | None:
    """How many pictures of a year, of those that no index counts by itself, are of each month; None for very many."""
    _, (query, index) = wanted.counted(_within(year))
    steps: list[Document] = [
        {"$match": query},
        {"$limit": MAX_COUNTED + 1},
        {"$group": {"_id": {"$substrBytes": ["$sort.taken", 0, len("2026-05")]}, "n": {"$sum": 1}}},
    ]
    hint: Document = {"hint": dict(index)} if index else {}
    numbers = Counter({each["_id"]: each["n"] for each in db.gallery.aggregate(steps, **hint)})
    return numbers if numbers.total() <= MAX_COUNTED else None


def _year_before(db: Database, seen: PictureFilter, bound: str) -> int | None:
    """The year of the newest picture that was taken before a time; None without one."""
    wanted = seen.ordered(ORDERS["taken"])
    query = wanted.past({"$gt": "", "$lt": bound})
    document = db.gallery.find_one(
        query, {"sort.taken": 1}, sort=[("sort.taken", DESCENDING)], hint=wanted.index
    )
    return int(document["sort"]["taken"][:4]) if document else None
