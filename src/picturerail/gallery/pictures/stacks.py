"""Stacks: pictures that lie under one cover, and what each keeps so that a list shows the first of them only.

A picture says by itself where it lies: `stack` and `stack_place`. What follows from the others is written down with
it, so that no list looks at them: `ahead` holds who sees those before it (their `shown`, `owner` and `albums`, each
combination once, and whether searches find it by the words of this one, too), `lent` the tokens of those behind it by
which it is found. Whoever changes something that these depend on writes first and calls `settle` then, which looks
again after it has written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo import UpdateOne

from picturerail.database import STACK_ORDER, Database, Document
from picturerail.gallery.pictures.facets import own_tokens
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import LIVE, Picture, new_id, parse_id, parse_picture
from picturerail.gallery.pictures.visibility import PUBLIC, UNLISTED

MAX_MEMBERS = 100  # pictures of one stack: so many a list may have to pass over to come to the next one
MAX_LOOKS = 5
FIELD = "stack"  # what a batch of Undo calls it
KEPT = ("stack", "stack_place", "alike")  # what Undo gives back

Places = Mapping[str, tuple[str, int]]  # by picture: its stack, "" for none, and its place in it


@dataclass(frozen=True)
class Stack:
    """Those of a stack that somebody sees, in its order; the first is its cover, as far as they know."""

    id: str
    pictures: tuple[Picture, ...]


def find(db: Database, among: PictureFilter, stack_id: str) -> Stack:
    """Those of a stack that are among those; perhaps none."""
    query = among.but({"stack": stack_id}).query
    found = db.gallery.find(query, hint=list(STACK_ORDER)) if stack_id else ()
    return Stack(stack_id, tuple(sorted(map(parse_picture, found), key=_place)))


def around(db: Database, among: PictureFilter, picture: Picture) -> tuple[Picture, ...]:
    """The pictures among those with which it lies in a stack, and itself; none where there is no other."""
    others = [one for one in find(db, among, picture.stack).pictures if one.id != picture.id]
    return tuple(sorted((picture, *others), key=_place)) if others else ()


def chosen(db: Database, among: PictureFilter, picture_ids: Sequence[str]) -> list[Picture]:
    """Those of the pictures that are among those, in the given order, each before those that lie in its stack."""
    ids = [parse_id(each) for each in picture_ids]
    found = {one.id: one for one in map(parse_picture, db.gallery.find(among.within({"$in": ids})))}
    every: dict[str, Picture] = {}
    for one in (found[each] for each in picture_ids if each in found):
        if one.id not in every:
            every[one.id] = one
            every |= {each.id: each for each in find(db, among, one.stack).pictures if each.id not in every}
    return list(every.values())


def least_place(db: Database, stack_id: str) -> int:
    """The place of the first picture of a stack, whoever sees it."""
    first = db.gallery.find({"stack": stack_id}, {"stack_place": 1}, hint=list(STACK_ORDER)).sort(
        "stack_place"
    )
    return next((int(each["stack_place"]) for each in first.limit(1)), 0)


def new_places(pictures: Iterable[Picture]) -> Places:
    """Pictures put into one new stack, in this order."""
    stack = str(new_id())
    return {one.id: (stack, number) for number, one in enumerate(pictures)}


def put(db: Database, places: Places, *, decided: bool = False) -> dict[str, Document]:
    """Put live pictures where they are to lie; what they were before, for `put_back`. What is so already stays so.

    With `decided`, nobody is asked any more whether they look alike.
    """
    wanted = {}
    for each, (stack, place) in places.items():
        alike = {"alike": ""} if decided else {}
        wanted[each] = {"stack": stack, "stack_place": place, **alike}
    return _write(db, wanted)


def put_back(db: Database, among: PictureFilter, before: Mapping[str, Document]) -> list[str]:
    """Give those of the pictures that are among those what they were; the ids of those that changed."""
    ids = [ObjectId(each) for each in before]
    there = [str(each["_id"]) for each in db.gallery.find(among.within({"$in": ids}), {"_id": 1})]
    return list(_write(db, {each: before[each] for each in there}))


def counts(db: Database, seen: PictureFilter, pictures: Iterable[Picture]) -> dict[str, int]:
    """How many of each of the pictures' stacks are seen, by stack: one look for a whole page."""
    ids = sorted({one.stack for one in pictures if one.stack})
    if not ids:
        return {}
    steps: list[Document] = [
        {"$match": seen.but({"stack": {"$in": ids}}).query},
        {"$group": {"_id": "$stack", "n": {"$sum": 1}}},
    ]
    return {each["_id"]: each["n"] for each in db.gallery.aggregate(steps, hint=dict(STACK_ORDER))}


def under(db: Database, seen: PictureFilter, covers: Iterable[Picture], ids: Iterable[str]) -> Counter[str]:
    """How many of the pictures with these ids are seen and lie under each of the covers, by the id of the cover."""
    by_stack = {one.stack: one.id for one in covers if one.stack}
    others = [parse_id(each) for each in set(ids).difference(by_stack.values())]
    if not by_stack or not others:
        return Counter()
    wanted = seen.but({"stack": {"$in": sorted(by_stack)}, "_id": {"$in": others}}).query
    return Counter(by_stack[each["stack"]] for each in db.gallery.find(wanted, {"stack": 1}))


def beside(db: Database, picture_ids: Iterable[str]) -> list[str]:
    """The ids of the pictures that lie in one stack with any of those, these among them."""
    if not (stack_ids := _stacks_of(db, picture_ids)):
        return []
    found = db.gallery.find({"stack": {"$in": stack_ids}}, {"_id": 1}, hint=list(STACK_ORDER))
    return [str(each["_id"]) for each in found]


def settle_of(db: Database, picture_ids: Iterable[str]) -> None:
    """Work out anew what is kept with the pictures of the stacks in which these lie."""
    settle(db, _stacks_of(db, picture_ids))


def settle(db: Database, stack_ids: Iterable[str | None]) -> None:
    """Work out anew what is kept with the pictures of these stacks."""
    for stack_id in sorted({each for each in stack_ids if each}):
        for _ in range(MAX_LOOKS):
            documents = list(db.gallery.find({"stack": stack_id}, hint=list(STACK_ORDER)))
            if not (updates := _updates(documents)):
                break
            db.gallery.bulk_write(updates, ordered=False)


def _stacks_of(db: Database, picture_ids: Iterable[str]) -> list[str]:
    ids = [ObjectId(each) for each in picture_ids if ObjectId.is_valid(each)]
    query = {"_id": {"$in": ids}, "stack": {"$exists": True}}
    return (
        sorted({each["stack"] for each in db.gallery.find(query, {"stack": 1}, hint="_id_")}) if ids else []
    )


def _write(db: Database, wanted: Mapping[str, Document]) -> dict[str, Document]:
    """Write these fields, and settle the stacks that were left and joined; of what was changed, what it was.

    Somebody else may move the same pictures: what a picture leaves is known when it is moved, so it looks again.
    """
    before: dict[str, Document] = {}
    touched = set[str]()
    for _ in range(MAX_LOOKS):
        updates = []
        for document in db.gallery.find({"_id": {"$in": [ObjectId(each) for each in wanted]}}):
            fields = wanted[str(document["_id"])]
            former = {name: document.get(name, 0 if name == "stack_place" else "") for name in KEPT}
            if any(former[name] != value for name, value in fields.items()):
                before.setdefault(str(document["_id"]), former)
                touched |= {former["stack"], fields["stack"]}
                updates.append(_move(document, fields))
        if not updates:
            break
        db.gallery.bulk_write(updates, ordered=False)
    settle(db, touched)
    return before


def _move(document: Document, fields: Document) -> UpdateOne:
    """Put a picture somewhere else, unless it lies elsewhere by now; into no stack, it is one of its own again."""
    given = {name: value for name, value in fields.items() if value != ""}
    taken = {name: "" for name, value in fields.items() if value == ""}
    if not fields["stack"]:
        given = {name: value for name, value in given.items() if name != "stack_place"}
        taken |= dict.fromkeys(("stack_place", "ahead", "lent"), "")
        if "tokens" in document:
            given["tokens"] = sorted(own_tokens(parse_picture(document)))
    changes = {"$set": given, "$unset": taken}
    there = {"_id": document["_id"], "stack": document.get("stack")}
    return UpdateOne(there, {name: value for name, value in changes.items() if value})


def _updates(documents: Sequence[Document]) -> list[UpdateOne]:
    """What is to be written so that each keeps what follows from the others. What is not live counts for nobody."""
    pictures = sorted(map(parse_picture, documents), key=_place)
    live = [one for one in pictures if one.state == LIVE]
    tokens = {one.id: own_tokens(one) for one in pictures}
    wanted: dict[str, Document] = {one.id: {"ahead": [], "lent": []} for one in pictures}
    for number, one in enumerate(live):
        ahead: list[Document] = []
        for other in live[:number]:
            if (entry := {**_seen_by(other), "words": _lends(one, other)}) not in ahead:
                ahead.append(entry)
        behind = (tokens[other.id] for other in live[number + 1 :] if _lends(other, one))
        wanted[one.id] = {"ahead": ahead, "lent": sorted(set().union(*behind) - tokens[one.id])}
    updates = []
    for document in documents:
        name = str(document["_id"])
        if "tokens" in document:  # else the housekeeping writes them
            wanted[name]["tokens"] = sorted(tokens[name].union(wanted[name]["lent"]))
        if any(document.get(field, []) != value for field, value in wanted[name].items()):
            same = {name: document.get(name) for name in ("_id", "stack", "updated_at")}
            updates.append(UpdateOne(same, {"$set": wanted[name]}))
    return updates


def _seen_by(picture: Picture) -> Document:
    """What decides who sees a picture, by the names that queries of the policy use."""
    albums = sorted(map(ObjectId, picture.albums))
    return {"shown": picture.shown, "owner": picture.owner, "albums": albums}


def _lends(one: Picture, cover: Picture) -> bool:
    """Whether searches find the cover by the words of one behind it: if everybody who finds the cover sees that one.

    An unlisted cover borrows none, since a link to a search shows what is unlisted by its own words.
    """
    if cover.shown == UNLISTED:
        return False
    is_alike = one.shown == cover.shown and one.owner == cover.owner and set(cover.albums) <= set(one.albums)
    return one.shown == PUBLIC or is_alike


def _place(picture: Picture) -> tuple[int, str]:
    return picture.stack_place, picture.id
