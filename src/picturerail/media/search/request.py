"""One search as it is asked for: the parameters, parsed once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params
from picturerail.media.search.aggregates import Aggregate, read_aggregates
from picturerail.media.search.expression.fields import Field
from picturerail.media.search.expression.parser import parse
from picturerail.media.search.expression.translate import SearchQuery, Translator
from picturerail.media.search.pagination import Sort, read_sort

DEFAULT_RESULTS = 50
MAX_RESULTS = 500
MAX_NAMES = 50


@dataclass(frozen=True)
class SearchRequest:
    """What to look for and what to answer about it."""

    expression: str
    query: SearchQuery
    sort: Sort
    max_results: int
    cursor: str
    with_field: frozenset[str]
    fields: frozenset[str]
    aggregates: tuple[Aggregate, ...]


def read_request(params: Params, fields: tuple[Field, ...], now: datetime) -> SearchRequest:
    """The search that a call asks for; BadRequest that names the parameter."""
    expression = params.text("expression")
    return SearchRequest(
        expression=expression,
        query=Translator(expression, fields, now).query(parse(expression)),
        sort=read_sort(params.data("sort_by") if "sort_by" in params else None, fields),
        max_results=params.number("max_results", DEFAULT_RESULTS),
        cursor=params.text("next_cursor"),
        with_field=_names(params, "with_field"),
        fields=_names(params, "fields"),
        aggregates=read_aggregates(_list(params, "aggregate"), fields),
    )


def _names(params: Params, name: str) -> frozenset[str]:
    names = params.names(name)
    if len(names) > MAX_NAMES:
        raise BadRequest(f"Invalid value for parameter {name}: {MAX_NAMES} names may be given.")
    return frozenset(names)


def _list(params: Params, name: str) -> list[Any]:
    value = params.get(name) or []
    return value if isinstance(value, list) else [value]
