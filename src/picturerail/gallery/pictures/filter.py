"""Which pictures: the query value that every listing, count, neighbour and look-up takes. `policy` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from picturerail.database import ALBUM_ORDER, HAND_ORDER, LIVE_ORDER, MARK_ORDER, TOKEN_ORDER, Document
from picturerail.gallery.pictures.model import DELETED, DUPLICATE, LIVE, STATES, TRASH
from picturerail.gallery.pictures.order import NEWEST_ADDED, PictureOrder
from picturerail.gallery.pictures.visibility import PUBLIC, VISIBILITIES

MAX_EXACT = 2000  # pictures are counted up to here; beyond, counting would cost more than the page
MAX_FOUND = 500  # the same for a search

# What nearly everybody has most of. One value each: an index cannot tell null from nothing without a look.
PUBLIC_ONES: Document = {"state": LIVE, "shown": PUBLIC}
# no picture is both
_BESIDE_THEM: tuple[Document, ...] = ({"state": LIVE, "shown": {"$ne": PUBLIC}}, {"state": {"$ne": LIVE}})

_GONE: Document = {"state": {"$in": [TRASH, DUPLICATE, DELETED]}}

Index = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PictureFilter:
    """The pictures that a query finds, and the order in which an index serves them.

    `others` find those that it leaves out, each by an index where one counts them without a look: where these are few,
    even a large gallery is counted quickly.
    `index` is told to MongoDB where it would try others first; `countable` is how far a count goes. `stacked` is the
    condition by which a picture stands for those behind it in its stack, `covered` the one by which those are passed
    over, where not all of these pictures are: see `tiles`. Counts count every picture.
    `surely` finds those of them that an index counts by itself, without a look at one: where these are more than are
    counted, the others need no look.
    `placed` finds the pictures of which one may know where they stand: at these a page may begin though they are in the
    list no more. None for no other than those of the list.
    """

    query: Mapping[str, Any]
    others: tuple[tuple[Mapping[str, Any], Index | None], ...] | None = None
    index: Index | None = None
    countable: int = MAX_EXACT
    order: PictureOrder = NEWEST_ADDED
    stacked: Mapping[str, Any] | None = None
    covered: Mapping[str, Any] = field(default_factory=dict)
    surely: Mapping[str, Any] | None = None
    placed: Mapping[str, Any] | None = None

    @property
    def is_by_id(self) -> bool:
        """Whether they are all that somebody sees, in the order of their ids."""
        return self.index == LIVE_ORDER and self.order == NEWEST_ADDED

    @property
    def looks(self) -> tuple[Mapping[str, Any], ...]:
        """Queries, the last of which finds them all; one before it a part, where it need not look who sees what."""
        return (
            (self.surely, self.query) if self.surely is not None and "$nor" in self.query else (self.query,)
        )

    def among(self, words: Mapping[str, Any], *, stacked: bool = True) -> "PictureFilter":
        """Those of them that a search finds by their words; each by itself where it is not `stacked`."""
        found = self if stacked else replace(self, stacked=None)
        return replace(_fitting(found, words), index=TOKEN_ORDER, countable=MAX_FOUND)

    def but(self, condition: Mapping[str, Any]) -> "PictureFilter":
        """Only those of them that fit the condition, too."""
        return replace(_fitting(self, condition), surely=None) if condition else self

    def hung_in(self, album_id: str) -> "PictureFilter":
        """Those of them that hang in this album."""
        here = {"albums": ObjectId(album_id)}
        return replace(_fitting(self._only(here), here), index=ALBUM_ORDER)

    def by_hand(self, album_id: str) -> "PictureFilter":
        """Those of them that hang in this album, in the order in which somebody hung them."""
        field = f"hung.{album_id}"
        query = _both(self.query, {field: {"$gt": ""}})
        order = PictureOrder(field, ASCENDING)
        here = {"albums": ObjectId(album_id)}
        return replace(_fitting(self._only(here), here), query=query, index=HAND_ORDER, order=order)

    def marked(self, mark: str) -> "PictureFilter":
        """Those of them that somebody has marked so."""
        return replace(self.but({"marks": mark}), index=MARK_ORDER)

    def ordered(self, order: PictureOrder) -> "PictureFilter":
        """The same pictures in another order, which an index serves for all, and for those of an album."""
        if order == NEWEST_ADDED:
            return self
        index = self.index
        if index in (ALBUM_ORDER, LIVE_ORDER):
            index = (*index[:-1], (order.field, DESCENDING))
        return replace(self, order=order, index=index)

    def past(self, bound: Mapping[str, Any]) -> Document:
        """The query for those of them whose place in the order lies within `bound`."""
        return _both(self.query, {self.order.field: dict(bound)} if bound else {})

    def tiles(self, bound: Mapping[str, Any]) -> Document:
        """The same, but of each stack only the first that a list may show in place of those behind it.

        A picture keeps of all before it in its stack who sees them (`ahead`): no look at another picture is needed.
        A search passes over those only for whose words the first one is found.
        """
        if self.stacked is None:
            return self.past(bound)
        first = _both(self.stacked, {"words": True}) if self.index == TOKEN_ORDER else self.stacked
        behind = _both({"ahead": {"$elemMatch": first}}, self.covered)
        return _both(self.past(bound), {"$nor": [behind]})

    def within(self, bound: Mapping[str, Any]) -> Document:
        """The query for those of them whose id lies within `bound`."""
        return _both(self.query, {"_id": dict(bound)} if bound else {})

    def counted(self, bound: Mapping[str, Any]) -> list[tuple[Document, Index | None]]:
        """The queries by which those of them are counted whose place lies within `bound`, each with its index.

        No picture is counted by two of them: what the index counts by itself comes first, then what is beside that.
        """
        if self.surely is None:
            return [(self.past(bound), self.index)]
        place = {self.order.field: dict(bound)} if bound else {}
        by_itself = ALBUM_ORDER if self.index == HAND_ORDER else self.index
        whole = self.past(bound)
        beside: Document = {"$and": [whole, {"$or": list(_BESIDE_THEM)}]}
        if self.index and self.index[0][0] == "state":
            # Each by itself is one part of that index. Together they are three times as dear: of every picture that the
            # index finds all conditions would be looked at once more.
            beside = {"$or": [{"$and": [whole, each]} for each in _BESIDE_THEM]}
        return [(_both(self.surely, place), by_itself), (beside, self.index)]

    def _only(self, here: Mapping[str, Any]) -> "PictureFilter":
        """The same, but only what is here stands for what is behind it."""
        return replace(self, stacked=None if self.stacked is None else _both(self.stacked, here))


def in_state(*states: str) -> PictureFilter:
    """All pictures in one of these states, whoever asks: for machines, and for `policy` to begin with."""
    if states == (LIVE,):
        return PictureFilter({"state": STATES[LIVE]}, others=((_GONE, None),))
    found = [*states, *([None] if LIVE in states else [])]
    return PictureFilter({"state": {"$in": found} if len(found) > 1 else found[0]})


def shown_as(*visibilities: str) -> Document:
    """The query for what is shown to those who see these; a document that says nothing is public.

    Those who see all say so, too: an index that begins with it then serves them in its order.
    """
    return {"shown": {"$in": [*visibilities, *([None] if PUBLIC in visibilities else [])]}}


@cache
def live_and(*visibilities: str) -> PictureFilter:
    """The live pictures of these visibilities: made once, as each page wants it several times."""
    live = in_state(LIVE)
    hidden = [each for each in VISIBILITIES if each not in visibilities]
    others = live.others
    if hidden:
        # what says by itself that it is live comes first: of null an index does not know that it is none
        unsaid = {"state": None, "shown": {"$in": hidden}}
        by_themselves = (({"state": LIVE, "shown": each}, LIVE_ORDER) for each in hidden)
        others = (*by_themselves, ({"$or": [_GONE, unsaid]}, None))
    surely = PUBLIC_ONES if PUBLIC in visibilities else None
    return replace(live.but(shown_as(*visibilities)), others=others, index=LIVE_ORDER, surely=surely)


def _fitting(wanted: PictureFilter, condition: Mapping[str, Any]) -> PictureFilter:
    """Only those that fit a condition, which the index by which they are counted holds."""
    surely = None if wanted.surely is None else _both(wanted.surely, condition)
    return replace(wanted, query=_both(wanted.query, condition), others=None, surely=surely)


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> Document:
    """The query for what fits both; neither may take a condition of the other away."""
    return {"$and": [one, other]} if one.keys() & other.keys() else {**one, **other}
