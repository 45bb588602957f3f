"""Counts beside the results: how many matches have each value of a field, or lie in each range."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.media.search.expression.fields import Field

BY_VALUE = ("resource_type", "type", "format", "status", "access_mode")
BY_RANGE = ("bytes", "pixels", "width", "height", "aspect_ratio")
# Where the categories begin when a client names no ranges, as the SDKs' own methods do.
CATEGORIES = {
    "bytes": (0, 100 * 1024, 1024**2, 10 * 1024**2, 100 * 1024**2),
    "pixels": (0, 500_000, 2_000_000, 8_000_000, 24_000_000),
}
OTHER_NAMES = {"image_pixels": "pixels"}
OF_VIDEO = ("duration", "video_pixels")  # which nothing here has
MAX_AGGREGATES = 10
MAX_RANGES = 50


@dataclass(frozen=True)
class ValueRange:
    """One range of an aggregate; an end of None is open. Both ends are included."""

    key: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Aggregate:
    """A field to count by: each value, or the ranges that were given."""

    name: str
    path: str
    ranges: tuple[ValueRange, ...] = ()


def read_aggregates(given: list[Any], fields: tuple[Field, ...]) -> tuple[Aggregate, ...]:
    """The parameter `aggregate`: names of fields, or {"type": name, "ranges": [{"key", "from", "to"}]}."""
    if len(given) > MAX_AGGREGATES:
        raise BadRequest(f"Invalid aggregate: {MAX_AGGREGATES} may be given.")
    paths = {field.name: field.path for field in fields}
    if given and "bytes" not in paths:
        raise BadRequest("Invalid aggregate: assets are counted so, not folders.")
    return tuple(_aggregate(each, paths) for each in given)


def count(
    db: Database, collection: str, query: dict[str, Any], aggregate: Aggregate, left: Callable[[], int]
) -> dict[str, int]:
    """How many of the matches of `query` have each value, or lie in each range; `left` are the milliseconds for it."""
    if aggregate.name in OF_VIDEO:
        return {span.key: 0 for span in aggregate.ranges}
    if aggregate.ranges:
        return {
            span.key: db[collection].count_documents(
                {"$and": [query, {aggregate.path: _between(span)}]}, maxTimeMS=left()
            )
            for span in aggregate.ranges
        }
    if aggregate.name == "status":  # of what is here; what is deleted is not
        found = db[collection].count_documents(query, maxTimeMS=left())
        return {"active": found} if found else {}
    groups = db[collection].aggregate(
        [
            {"$match": query},
            {"$group": {"_id": f"${aggregate.path}", "count": {"$sum": 1}}},
            {"$sort": {"count": -1}},
        ],
        maxTimeMS=left(),
    )
    return {str(group["_id"]): group["count"] for group in groups if group["_id"] is not None}


def _aggregate(given: Any, paths: dict[str, str]) -> Aggregate:  # noqa: ANN401 - whatever a client sent
    told = given.get("type") if isinstance(given, dict) else given
    name = OTHER_NAMES.get(told, told) if isinstance(told, str) else ""
    path = paths.get(name, "")
    if isinstance(given, dict) and (name in OF_VIDEO or (name in BY_RANGE and path)):
        ranges = given.get("ranges")
        if isinstance(ranges, list) and 0 < len(ranges) <= MAX_RANGES:
            return Aggregate(str(told), path, tuple(map(_span, ranges)))
    elif not isinstance(given, dict) and (name in OF_VIDEO or (name in (*BY_VALUE, *CATEGORIES) and path)):
        return Aggregate(str(told), path, _categories(name))
    raise BadRequest(
        f"Invalid aggregate: use one of {', '.join((*BY_VALUE, *CATEGORIES, *OF_VIDEO))}, or an object with ranges of "
        f"{', '.join(BY_RANGE)}."
    )


def _categories(name: str) -> tuple[ValueRange, ...]:
    starts = CATEGORIES.get(name, ())
    ends = [start - 1 for start in starts[1:]]
    spans = zip(starts, [*ends, None], strict=False)
    return tuple(ValueRange(f"{low}-{'*' if high is None else high}", low, high) for low, high in spans)


def _span(given: Any) -> ValueRange:  # noqa: ANN401
    ends = [given.get("from"), given.get("to")] if isinstance(given, dict) else ["", ""]
    if not all(end is None or (isinstance(end, int | float) and not isinstance(end, bool)) for end in ends):
        raise BadRequest('Invalid aggregate: a range is {"key": text, "from": number, "to": number}.')
    key = given.get("key")
    if not isinstance(key, str) or ends == [None, None]:
        raise BadRequest("Invalid aggregate: a range needs a key, and from or to.")
    return ValueRange(key, *ends)


def _between(span: ValueRange) -> dict[str, float]:
    ends = {"$gte": span.low, "$lte": span.high}
    return {name: end for name, end in ends.items() if end is not None}
