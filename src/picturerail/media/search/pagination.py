"""Sorting, and cursors that go on where the last page ended, whatever was added or deleted meanwhile. Pure."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from bson import ObjectId
from bson.errors import InvalidId

from picturerail.database import NAME_ORDER
from picturerail.errors import BadRequest
from picturerail.media.http import json_text
from picturerail.media.search.expression.fields import Field

MAX_SORT_KEYS = 4
METADATA_NAME = re.compile(r"metadata\.[\w-]+")
SCORE = "score"  # every match is as good as any other: the newest comes first


@dataclass(frozen=True)
class SortKey:
    """One key to sort by: where it is stored, 1 for ascending or -1, and whether some documents lack it."""

    path: str
    direction: int
    optional: bool = False


Sort: TypeAlias = tuple[SortKey, ...]
MongoQuery: TypeAlias = dict[str, Any]
NEWEST = SortKey("created_at", -1)


def read_sort(given: Any, fields: Sequence[Field]) -> Sort:  # noqa: ANN401 - whatever a client sent
    """Paths and directions of `sort_by`: a list of {field: "asc" or "desc"}; the order is made total."""
    keys: dict[str, SortKey] = {}
    for name, direction in _pairs(given):
        field = _sortable(fields, str(name))
        if str(direction).lower() not in ("asc", "desc"):
            raise BadRequest("Invalid sort_by: the direction is asc or desc.")
        path = field.order or field.path
        keys.setdefault(path, SortKey(path, 1 if direction.lower() == "asc" else -1, field.optional))
    if len(keys) > MAX_SORT_KEYS:
        raise BadRequest(f"Invalid sort_by: {MAX_SORT_KEYS} fields may be given.")
    sort = tuple(keys.values()) or (NEWEST,)
    last = NAME_ORDER[1:] if sort[-1].path == NAME_ORDER[0] else ("_id",)  # as the index has them
    return (*sort, *(SortKey(name, sort[-1].direction) for name in last if name not in keys))


def _sortable(fields: Sequence[Field], name: str) -> Field:
    """The field to sort by; of metadata, each of its own, which not every asset has."""
    known = {field.name: field for field in fields if field.sortable}
    known[SCORE] = known["created_at"]
    has_metadata = any(each.name == "metadata" for each in fields)
    if has_metadata and METADATA_NAME.fullmatch(name):
        return Field(name, "pairs", name, sortable=True, optional=True)
    if name not in known:
        names = [*known, *(["metadata.<external_id>"] if has_metadata else [])]
        raise BadRequest(f"Invalid sort_by: {name[:50]} is not one of {', '.join(names)}.")
    return known[name]


def mongo_sort(sort: Sort) -> list[tuple[str, int]]:
    """`sort` as MongoDB takes it."""
    return [(key.path, key.direction) for key in sort]


def cursor_after(document: Mapping[str, Any], sort: Sort, asked: str) -> str:
    """The cursor behind `document`; `asked` is what was searched for, which a cursor belongs to."""
    values = [_encode(_value(document, key.path)) for key in sort]
    text = json.dumps([_digest(asked, sort), values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def query_after(cursor: str, sort: Sort, asked: str) -> MongoQuery:
    """What comes behind a cursor; BadRequest for one that does not belong to this search."""
    values = _values(cursor, sort, asked)
    branches: list[MongoQuery] = []
    equal: MongoQuery = {}
    for key, value in zip(sort, values, strict=True):
        branches += [{**equal, **each} for each in _behind(key, value)]
        equal[key.path] = value
    return {"$and": [*_lead(sort[0], values[0]), {"$or": branches}]}


def _lead(key: SortKey, value: Any) -> list[MongoQuery]:  # noqa: ANN401
    """The bound on the first key alone, from which an index can start to read."""
    if key.optional or value is None:
        return []
    return [{key.path: {"$gte" if key.direction > 0 else "$lte": value}}]


def _behind(key: SortKey, value: Any) -> list[MongoQuery]:  # noqa: ANN401
    """Queries for what is sorted behind `value`; MongoDB sorts what has no value below everything else."""
    if value is None:
        return [{key.path: {"$ne": None}}] if key.direction > 0 else []
    if key.direction > 0:
        return [{key.path: {"$gt": value}}]
    return [{key.path: {"$lt": value}}, *([{key.path: None}] if key.optional else [])]


def _pairs(given: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401
    if not given:
        return []
    items = given if isinstance(given, list) else [given]
    if not all(isinstance(item, dict) for item in items):
        raise BadRequest('Invalid sort_by: use [{"created_at": "desc"}].')
    return [pair for item in items for pair in item.items()]


def _values(cursor: str, sort: Sort, asked: str) -> list[Any]:
    refusal = BadRequest("Invalid next_cursor: it does not belong to this search. Begin without one.")
    try:
        digest, values = json_text.parsed(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if digest != _digest(asked, sort) or len(values) != len(sort):
            raise refusal
        return [_decode(value) for value in values]
    except (binascii.Error, ValueError, TypeError, InvalidId, OverflowError):
        raise refusal from None


def _digest(asked: str, sort: Sort) -> str:
    return hashlib.sha256(f"{mongo_sort(sort)} {asked}".encode(errors="surrogatepass")).hexdigest()[:16]


def _value(document: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _encode(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, ObjectId):
        return {"id": str(value)}
    if isinstance(value, datetime):
        return {"at": round(value.timestamp() * 1000)}
    return value


def _decode(value: Any) -> Any:  # noqa: ANN401
    """Only plain values come out of a cursor, whatever somebody put into it."""
    match value:
        case {"id": str(text)}:
            return ObjectId(text)
        case {"at": int(milliseconds)}:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        case str() | int() | float() | None:
            return value
    raise ValueError("not a value")
