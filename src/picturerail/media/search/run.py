"""Ask the database: one page of matches, how many there are, and where the next page begins."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from pymongo.errors import ExecutionTimeout

from picturerail.database import Database, Document
from picturerail.errors import BadRequest
from picturerail.media.search import aggregates, pagination
from picturerail.media.search.request import SearchRequest

# Beyond this many matches the total says no more than that there are at least so many: counting a million of them
# would take longer than finding the page.
MAX_COUNTED = 3_000
MAX_SECONDS = 10  # for all that one search asks the database, however many ranges it counts


@dataclass(frozen=True)
class Found:
    """One page of a search."""

    documents: list[Document]
    total: int
    at_least: bool  # there may be more than `total`
    cursor: str | None
    aggregations: dict[str, dict[str, int]]


def run(db: Database, collection: str, request: SearchRequest, shown: dict[str, Any]) -> Found:
    """Run a search; `shown` is a condition that everything found must meet as well."""
    query = {"$and": [request.query, shown]} if request.query and shown else request.query or shown
    page = query
    if request.cursor:
        page = {"$and": [query, pagination.query_after(request.cursor, request.sort, request.expression)]}
    left = _clock()
    try:
        cursor = (
            db[collection].find(page).sort(pagination.mongo_sort(request.sort)).limit(request.max_results + 1)
        )
        documents = list(cursor.max_time_ms(left()))
        whole = not request.cursor and len(documents) <= request.max_results
        total = len(documents) if whole else _count(db, collection, query, left())
        groups = {
            each.name: aggregates.count(db, collection, query, each, left) for each in request.aggregates
        }
    except ExecutionTimeout:
        raise BadRequest(
            f"The search took longer than {MAX_SECONDS} seconds. Add a condition on one field, such as tags or format."
        ) from None
    more = len(documents) > request.max_results
    documents = documents[: request.max_results]
    goes_on = more and bool(documents)
    behind = pagination.cursor_after(documents[-1], request.sort, request.expression) if goes_on else None
    return Found(documents, total, bool(query) and total == MAX_COUNTED, behind, groups)


def counted(found: Found) -> dict[str, Any]:
    """How many there are, as an answer tells it: above the bound, with the word that it is only the least."""
    return {"total_count": found.total} | ({"total_count_relation": "gte"} if found.at_least else {})


def _clock() -> Callable[[], int]:
    """What tells how many milliseconds are left, from now on; at least one, since none would be no limit."""
    end = monotonic() + MAX_SECONDS
    return lambda: max(1, int((end - monotonic()) * 1000))


def _count(db: Database, collection: str, query: dict[str, Any], milliseconds: int) -> int:
    """How many match; the command `count` reads an index alone where it can, which an aggregation does not."""
    if not query:
        return db[collection].estimated_document_count()
    counting = {"count": collection, "query": query, "limit": MAX_COUNTED, "maxTimeMS": milliseconds}
    return int(db.command(counting)["n"])
