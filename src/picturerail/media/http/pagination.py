"""Pages of a long list: so many at a time, and an opaque cursor to the rest."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bson
from pymongo.collection import Collection

from picturerail.database import NAME_ORDER, Document
from picturerail.errors import BadRequest
from picturerail.media.http.params import Params

DEFAULT = 10
MAX_RESULTS = 500
SEAL_BYTES = 12


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
    secret: str,
    sort: str = "_id",
    direction: int = 1,
    cursor: str = "next_cursor",
) -> ResultPage:
    """One page of what `query` finds, by `sort` and then _id or the name; `params` hold max_results and the cursor."""
    size = params.number("max_results", DEFAULT)
    cursors = Cursors(secret, f"{collection.name} {sort} {direction} {query!r}")
    after = cursors.read(params, cursor)
    order = NAME_ORDER if sort == NAME_ORDER[0] else tuple(dict.fromkeys((sort, "_id")))
    wanted = {"$and": [query, _behind(order, direction, after)]} if after else query
    found = list(collection.find(wanted).sort([(name, direction) for name in order]).limit(size + 1))
    last = found[size - 1] if len(found) > size else None
    return ResultPage(found[:size], cursors.after(*map(last.get, order)) if last else "")


@dataclass(frozen=True)
class Cursors:
    """The cursors of one list: what it never gave is refused, and also what another list gave."""

    secret: str
    of: str  # what is listed, and in which order

    def after(self, *place: object) -> str:
        """The cursor behind a place in the list, which is some plain values."""
        held = bson.encode({"p": list(place)})
        return base64.urlsafe_b64encode(self._seal(held) + held).decode().rstrip("=")

    def read(self, params: Params, name: str = "next_cursor") -> list[Any]:
        """The place behind which to go on, empty for the beginning; BadRequest for a cursor that was never given."""
        cursor = params.text(name)
        if not cursor:
            return []
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            text = base64.b64decode(padded, altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeError, ValueError):
            text = b""
        seal, held = text[:SEAL_BYTES], text[SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(held)):
            raise BadRequest(
                f"Invalid value for parameter {name}: use the one of the last answer to the same call."
            )
        place: list[Any] = bson.decode(held)["p"]
        return place

    def _seal(self, held: bytes) -> bytes:
        text = b"cursor " + self.of.encode(errors="surrogatepass") + b"\0" + held
        return hmac.new(self.secret.encode(), text, hashlib.sha256).digest()[:SEAL_BYTES]


def _behind(order: Sequence[str], direction: int, values: Sequence[object]) -> Document:
    beyond = "$gt" if direction > 0 else "$lt"
    branches: list[Document] = []
    equal: Document = {}
    # a cursor of an older program has but two values of a name
    for name, value in zip(order, values, strict=False):
        branches.append({**equal, name: {beyond: value}})
        equal[name] = value
    # the bound on the first value alone is what an index can start to read from
    return branches[0] if len(order) == 1 else {order[0]: {f"{beyond}e": values[0]}, "$or": branches}
