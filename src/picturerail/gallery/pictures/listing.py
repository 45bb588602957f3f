"""Pages of pictures in an order, their count and their neighbours, each served by an index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import ExecutionTimeout

from picturerail.database import TOKEN_ORDER, Database, Document
from picturerail.errors import NotFound, Unavailable
from picturerail.gallery.pictures.filter import Index, PictureFilter
from picturerail.gallery.pictures.lookup import NO_PICTURE
from picturerail.gallery.pictures.model import FIELDS, Picture, parse_id, parse_picture

MAX_MILLISECONDS = 2000  # of the database, for one look at the words of pictures
MAX_END_MILLISECONDS = 100  # the same, for the far end of them, which a page can do without
_LOOK = "_look"  # tells of what a question found which of its looks it was
NEXT_ONES = 8  # pictures among which one that is listed is sought first: mostly it is the very next
TOO_WIDE = (
    "Very many pictures have one of these words, and hardly any have them all, so this takes too long. "
    "Add a word that few pictures have, or take one away."
)

# Of a place in the order: a bound, and the direction from it.
Side: TypeAlias = tuple[Mapping[str, object], int]


@dataclass(frozen=True)
class Along:
    """What else is asked in a question about pictures, and who is told the answer; a page that asks none has to."""

    stages: Sequence[Document]
    note: Callable[[list[Document]], None]


@dataclass(frozen=True)
class Page:
    """Some pictures in their order, whether there are some before them (newer), and the id of the next one behind."""

    pictures: tuple[Picture, ...]
    newer: bool = False
    following: str = ""

    @property
    def older(self) -> bool:
        """Whether there are some behind them."""
        return bool(self.following)

    @property
    def tells_all(self) -> bool:
        """Whether there is no picture beside these, nor one that lies in a stack below one of them."""
        return not (self.newer or self.older or any(one.stack for one in self.pictures))


@dataclass(frozen=True)
class Count:
    """How many pictures there are; not exact for large galleries."""

    number: int
    exact: bool


def page(
    db: Database,
    wanted: PictureFilter,
    *,
    size: int,
    cursor: str = "",
    direction: str = "after",
    begin: object = None,
    leads_back: bool = True,
) -> Page:
    """One page of pictures, in their order: `newer` are those before it, `older` those after it.

    Where no page `leads_back`, nobody looks whether there are newer ones.

    `direction` says where the page lies as seen from the picture `cursor`: `after` it, `before` it, or `at` it (the
    page starts with it). A page `before` that would not be full is the first. In place of a picture, `begin` is a place
    in the order.
    """
    onwards = wanted.order.direction
    if not cursor and begin is None:
        found, following = _some(db, wanted, {}, size, onwards)
        return Page(_parsed(found), following=following)
    known = wanted.query if wanted.placed is None else wanted.placed
    place = _place(db, wanted, cursor, known) if cursor else begin
    if place is None:  # an empty page would say that there is nothing more
        raise NotFound(
            "The picture at which this page begins is not here any more. Begin with the first page."
        )
    behind, ahead = _sides(onwards)
    if direction == "before":
        found, newer = _some(db, wanted, {ahead: place}, size, -onwards)
        if len(found) < size:
            return page(db, wanted, size=size)
        last = _value(found[0], wanted)
        [older] = _next_ids(db, wanted, [({behind: last}, onwards)])
        return Page(_parsed(found[::-1]), bool(newer), older)
    found, following = _some(
        db, wanted, {f"{behind}e" if direction == "at" else behind: place}, size, onwards
    )
    if not leads_back:
        return Page(_parsed(found), following=following)
    first = _value(found[0], wanted) if found else place
    [before] = _next_ids(db, wanted, [({ahead: first}, -onwards)])
    return Page(_parsed(found), bool(before), following)


def first(db: Database, wanted: PictureFilter, *, milliseconds: int) -> Picture | None:
    """The first of the pictures in their order; None without one, or when finding it takes longer."""
    cursor = db.gallery.find(wanted.tiles({}), FIELDS, hint=wanted.index).sort(
        wanted.order.field, wanted.order.direction
    )
    try:
        return next(map(parse_picture, cursor.limit(1).max_time_ms(milliseconds)), None)
    except ExecutionTimeout:
        return None


def firsts(db: Database, lists: Mapping[str, PictureFilter]) -> dict[str, Picture]:
    """The first picture of each list that has one, by the list's name: one question for all of them.

    MongoDB takes no index by name for such a question: it is for lists that one serves by itself.
    """
    looks: list[list[Document]] = [
        [
            {"$match": wanted.tiles({})},
            {"$sort": {wanted.order.field: wanted.order.direction}},
            {"$limit": 1},
        ]
        for wanted in lists.values()
    ]
    found = zip(lists, _together(db, looks), strict=True)
    return {name: parse_picture(each) for name, documents in found for each in documents}


def ends(
    db: Database, wanted: PictureFilter, directions: Sequence[int], along: Along | None = None
) -> list[object]:
    """In each direction of their order the place of the picture that comes first; None without one.

    Of what a search finds none is known where it lies so deep that finding it takes long.
    """
    if wanted.is_by_id:
        ids = _next_ids(db, wanted, [({}, direction) for direction in directions], along)
        return [ObjectId(each) if each else None for each in ids]
    limit = MAX_END_MILLISECONDS if _limit(wanted) else 0
    told, query, found = {wanted.order.field: 1}, wanted.past({}), list[object]()
    for direction in directions:
        cursor = db.gallery.find(query, told, hint=wanted.index).sort(wanted.order.field, direction)
        try:
            first = next(iter(cursor.limit(1).max_time_ms(limit)), None)
        except ExecutionTimeout:
            first = None
        found.append(first and _value(first, wanted))
    return found


def count(db: Database, wanted: PictureFilter, page: Page | None = None) -> Count:
    """How many pictures there are: counted in small galleries, in large ones the collection's own estimate.

    Both take the same short time for a million pictures: counting stops at `countable`, the estimate is kept by
    MongoDB itself. Of a `page` that shows them all nothing is asked.
    """
    if page and page.tells_all:
        return Count(len(page.pictures), exact=True)
    if wanted.others is None or (whole := db.gallery.estimated_document_count()) <= wanted.countable:
        return count_within(db, wanted, {}, wanted.countable)
    others = 0
    for query, index in wanted.others:
        others += _number(db, query, wanted.countable + 1 - others, index)
        if others > wanted.countable:  # an estimate would tell of what is hidden
            return count_within(db, wanted, {}, wanted.countable)
    return Count(max(0, whole - others), exact=False)


def count_within(db: Database, wanted: PictureFilter, bound: Mapping[str, Any], most: int) -> Count:
    """How many pictures there are whose place in the order lies within `bound`, counted up to `most`."""
    number = 0
    for query, index in wanted.counted(bound):
        try:
            number += _number(db, query, most + 1 - number, index, maxTimeMS=_limit(wanted))
        except ExecutionTimeout:
            return Count(1, exact=False)
        if number > most:
            return Count(most, exact=False)
    return Count(number, exact=True)


def _number(
    db: Database,
    query: Mapping[str, Any],
    limit: int,
    index: Index | None,
    **more: Any,  # noqa: ANN401 - of the command
) -> int:
    """How many pictures a query finds, up to `limit`.

    `count_documents` is an aggregation, which takes up to twice as long to step over the keys of an index.
    """
    hint: Document = {"hint": dict(index)} if index else {}
    return int(db.command("count", db.gallery.name, query=query, limit=limit, **more, **hint)["n"])


def neighbours(
    db: Database, wanted: PictureFilter, picture: Picture, along: Along | None = None
) -> tuple[str, str]:
    """Ids of the pictures before and behind it in their order, empty at the ends."""
    place = _place(db, wanted, picture.id, {})
    if place is None:  # it has none there: it hangs no more in the album, perhaps
        return "", ""
    before, after = _next_ids(db, wanted, _around(wanted, place), along)
    return before, after


def with_neighbours(
    db: Database, picture_id: str, among: PictureFilter, wanted: PictureFilter, along: Along | None
) -> tuple[Picture, tuple[str, str]]:
    """A picture, if it is `among` those, or NotFound, and its `neighbours`: one question, where they are by id.

    The picture and the next one before it are one look: MongoDB plans each by itself.
    """
    identity = parse_id(picture_id)
    before_it, behind_it = {"$gt": identity}, {"$lt": identity}
    itself = {"$and": [{"_id": identity}, among.query]}
    from_it: list[Document] = [
        {"$match": {"_id": {"$gte": identity}}},
        {"$sort": {"_id": ASCENDING}},
        {"$limit": 1 + NEXT_ONES},
        {"$match": {"$or": [itself, wanted.tiles(before_it)]}},
        {"$limit": 2},
        {"$project": FIELDS},
    ]
    [found], [after] = _looked(db, wanted, [(behind_it, DESCENDING)], [from_it], along)
    if not found or found[0]["_id"] != identity:
        raise NotFound(NO_PICTURE)
    before = str(found[1]["_id"]) if len(found) > 1 else _next_id(db, wanted, before_it, ASCENDING)
    return parse_picture(found[0]), (before, after)


def _limit(wanted: PictureFilter) -> int:
    """Milliseconds that the database may look; 0 for what an index serves alone."""
    return MAX_MILLISECONDS if wanted.index == TOKEN_ORDER else 0


def _sides(direction: int) -> tuple[str, str]:
    """The operators for what comes behind a place, and before it."""
    return ("$gt", "$lt") if direction == ASCENDING else ("$lt", "$gt")


def _around(wanted: PictureFilter, place: object) -> list[Side]:
    """What lies before a place in the order, and behind it."""
    onwards = wanted.order.direction
    behind, ahead = _sides(onwards)
    return [({ahead: place}, -onwards), ({behind: place}, onwards)]


def _place(db: Database, wanted: PictureFilter, picture_id: str, known: Mapping[str, Any]) -> object:
    """Where a picture stands in the order; None when nobody knows. An id is its own place, though nobody has it.

    Only of those that are `known` to whoever asks: what stands around a hidden one would tell of its title and its day.
    """
    identity = parse_id(picture_id)
    if wanted.order.field == "_id":
        return identity
    document = db.gallery.find_one({"$and": [{"_id": identity}, known]}, {wanted.order.field: 1})
    return _value(document, wanted) if document else None


def _value(document: Mapping[str, Any], wanted: PictureFilter) -> object:
    """Where the picture of a document stands in the order."""
    value: Any = document
    for name in wanted.order.field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _some(
    db: Database, wanted: PictureFilter, bound: Mapping[str, object], size: int, direction: int
) -> tuple[list[Document], str]:
    """The documents of up to `size` pictures in that direction of their order, and the id of the next one."""
    told = {**FIELDS, wanted.order.field.partition(".")[0]: 1}
    cursor = db.gallery.find(wanted.tiles(bound), told, hint=wanted.index).sort(wanted.order.field, direction)
    try:
        found = list(cursor.limit(size + 1).max_time_ms(_limit(wanted)))
    except ExecutionTimeout:
        raise Unavailable(TOO_WIDE) from None
    return found[:size], str(found[size]["_id"]) if len(found) > size else ""


def _parsed(documents: Sequence[Document]) -> tuple[Picture, ...]:
    return tuple(map(parse_picture, documents))


def _next_ids(
    db: Database, wanted: PictureFilter, sides: Sequence[Side], along: Along | None = None
) -> list[str]:
    """Of each side, a bound and a direction, the id of the first picture there; empty where there is none."""
    return _looked(db, wanted, sides, (), along)[1]


def _looked(
    db: Database,
    wanted: PictureFilter,
    sides: Sequence[Side],
    others: Sequence[list[Document]],
    along: Along | None,
) -> tuple[list[list[Document]], list[str]]:
    """What other looks find, and of each side the next id: in one question where the order is that of the ids.

    To look at a few by their ids costs a third of what MongoDB needs to plan how states and visibilities are merged;
    where none of these is listed, the index of lists finds it.
    """
    near: list[list[Document]] = []
    if wanted.is_by_id:
        near = [
            [
                *([{"$match": {"_id": dict(bound)}}] if bound else []),
                {"$sort": {"_id": direction}},
                {"$limit": NEXT_ONES},
                {"$match": wanted.tiles({})},
                {"$limit": 1},
                {"$project": {"_id": 1}},
            ]
            for bound, direction in sides
        ]
    found = _together(db, [*others, *near], along)
    ids = [str(each[0]["_id"]) if each else "" for each in found[len(others) :]] or [""] * len(sides)
    known = zip(sides, ids, strict=True)
    return found[: len(others)], [known_id or _next_id(db, wanted, *side) for side, known_id in known]


def _together(
    db: Database, looks: Sequence[list[Document]], along: Along | None = None
) -> list[list[Document]]:
    """What each of some looks at the pictures finds, asked in one question."""
    if not looks:
        return []
    named = [[*look, {"$set": {_LOOK: number}}] for number, look in enumerate(looks)]
    further = [{"$unionWith": {"coll": db.gallery.name, "pipeline": look}} for look in named[1:]]
    found: list[list[Document]] = [[] for _ in looks]
    beside: list[Document] = []
    for each in db.gallery.aggregate([*named[0], *further, *(along.stages if along else ())]):
        (found[each[_LOOK]] if _LOOK in each else beside).append(each)
    if along:
        along.note(beside)
    return found


def _next_id(db: Database, wanted: PictureFilter, bound: Mapping[str, object], direction: int) -> str:
    """The id of the first picture in that direction of their order; empty where there is none.

    Any would do for a yes or no, but without an order the index begins with what is hidden, which may be very many.
    """
    cursor = db.gallery.find(wanted.tiles(bound), {"_id": 1}, hint=wanted.index)
    cursor = cursor.sort(wanted.order.field, direction).limit(1)
    try:
        return next((str(each["_id"]) for each in cursor.max_time_ms(_limit(wanted))), "")
    except ExecutionTimeout:
        raise Unavailable(TOO_WIDE) from None
