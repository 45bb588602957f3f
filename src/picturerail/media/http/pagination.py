"""Pages of a long list: so many at a time, and an opaque cursor to the rest."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import bson
from bson import ObjectId
from bson.errors import BSONError
from pymongo.collection import Collection

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.http.params import Params

DEFAULT = 10
MAX_RESULTS = 500


@dataclass(frozen=True)
class ResultPage:
    """Some documents, and the cursor to the next page ("" on the last one)."""

    documents: list[Document]
    cursor: str

    def answer(self, name: str, items: list[Any]) -> dict[str, Any]:
        """The part of an answer that holds this page's `items` under `name`."""
        return {name: items, **({"next_cursor": self.cursor} if self.cursor else {})}


def page_of(
    collection: Collection[Document],
    query: Document,
    params: Params,
    *,
    sort: str = "_id",
    direction: int = 1,
    cursor: str = "next_cursor",
) -> ResultPage:
    """One page of what `query` finds, sorted by `sort` and then _id; `params` hold max_results and the cursor."""
    size = params.number("max_results", DEFAULT, low=1, high=MAX_RESULTS)
    given = params.text(cursor)
    wanted = {"$and": [query, _behind(sort, direction, *decode(given))]} if given else query
    order = [(sort, direction)] if sort == "_id" else [(sort, direction), ("_id", direction)]
    found = list(collection.find(wanted).sort(order).limit(size + 1))
    last = found[size - 1] if len(found) > size else None
    return ResultPage(found[:size], encode(last.get(sort), last["_id"]) if last else "")


def encode(value: object, id_: object) -> str:
    """The cursor behind a document, from its sort value and its id."""
    return base64.urlsafe_b64encode(bson.encode({"v": value, "i": id_})).decode().rstrip("=")


def decode(cursor: str) -> tuple[Any, Any]:
    """The sort value and the id in a cursor; BadRequest for what is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        held = bson.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
        value, id_ = held["v"], held["i"]
    except (binascii.Error, BSONError, KeyError, UnicodeError, ValueError):
        raise BadRequest("Invalid value for parameter next_cursor: use the one of the last answer.") from None
    if not all(isinstance(each, str | int | float | datetime | ObjectId | None) for each in (value, id_)):
        raise BadRequest("Invalid value for parameter next_cursor: use the one of the last answer.")
    return value, id_


def _behind(sort: str, direction: int, value: object, id_: object) -> Document:
    beyond = "$gt" if direction > 0 else "$lt"
    if sort == "_id":
        return {"_id": {beyond: id_}}
    # the bound on the sort value alone is what an index can start to read from
    return {
        sort: {f"{beyond}e": value},
        "$or": [{sort: {beyond: value}}, {sort: value, "_id": {beyond: id_}}],
    }
