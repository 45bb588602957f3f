"""When pictures were taken: the years, the months of one, how many in each, by one look into an index for each."""

from dataclasses import dataclass

from pymongo import DESCENDING

from picturerail.database import Database
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


def _period(db: Database, seen: PictureFilter, name: str) -> Period:
    wanted = seen.ordered(ORDERS["taken"])
    found = listing.count_within(db, wanted, {"$gte": name, "$lt": f"{name}{_LAST}"}, MAX_COUNTED)
    return Period(name, found.number, found.exact)


def _before(db: Database, seen: PictureFilter, bound: str) -> str:
    wanted = seen.ordered(ORDERS["taken"])
    query = wanted.past({"$gt": "", "$lt": bound})
    document = db.gallery.find_one(
        query, {"sort.taken": 1}, sort=[("sort.taken", DESCENDING)], hint=wanted.index
    )
    return str(document["sort"]["taken"]) if document else ""
