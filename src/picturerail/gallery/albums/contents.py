"""Which pictures hang in an album, and where: hung, taken down, moved, each of which can be undone.

A picture says by itself where it hangs: `albums` holds the ids of its albums, `hung` its position in each.
"""

import secrets
from collections.abc import Mapping, Sequence

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, UpdateOne

from picturerail.clock import now
from picturerail.database import HAND_ORDER, Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.albums import position
from picturerail.gallery.albums.model import Album, AlbumResult
from picturerail.gallery.pictures import stacks
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import new_id, parse_id

MAX_ALBUMS = 100  # in which one picture hangs
MAX_ALBUMS_SHARE = MAX_ALBUMS // 2  # of those who may not change every picture: room for others is left


def change(
    db: Database,
    album: Album,
    among: PictureFilter,
    *,
    add: Sequence[str],
    remove: Sequence[str],
    most: int = MAX_ALBUMS,
) -> AlbumResult:
    """Hang pictures behind all others, in the given order, and take others down; what is so already stays so.

    What hangs in `most` albums hangs in no more; what is not among those is missing, whether it is there or not.
    """
    asked = [parse_id(each) for each in dict.fromkeys(add)]
    there = db.gallery.find(among.within({"$in": asked}), {"albums": 1})
    seen = {each["_id"]: each.get("albums", ()) for each in there}
    found = {each: albums for each, albums in seen.items() if ObjectId(album.id) not in albums}
    full = [str(each) for each, albums in found.items() if len(albums) >= most]
    base = new_id()
    hung = {
        each: position.behind_all(base, number)
        for number, each in enumerate(asked)
        if each in found and str(each) not in full
    }
    taken = _positions(db, album, [parse_id(each) for each in remove])
    _hang(db, album, hung)
    _take_down(db, album, list(taken))
    batch = secrets.token_hex(8) if hung or taken else ""
    if batch:
        kept = {str(each): place for each, place in taken.items()}
        document = {"_id": batch, "album": album.id, "added": [str(each) for each in hung]}
        db.album_changes.insert_one({**document, "removed": kept, "moved": {}, "at": now()})
    missing = tuple(str(each) for each in asked if each not in seen)
    return AlbumResult(tuple(map(str, hung)), tuple(map(str, taken)), tuple(full), missing, batch)


def holds_of_others(db: Database, album: Album, owner: str) -> bool:
    """Whether pictures of others than `owner` hang in the album, or in one that lies in it, deleted ones too."""
    every = [ObjectId(each) for each in within(db, album)]
    others = {"albums": {"$in": every}, "owner": {"$ne": owner}}
    return db.gallery.find_one(others, {"_id": 1}) is not None


def within(db: Database, album: Album) -> list[str]:
    """The ids of an album and of all that lie in it, deleted ones too."""
    level, every = [ObjectId(album.id)], list[ObjectId]()
    while level:
        every += level
        inside = db.albums.find({"parent": {"$in": level}, "_id": {"$nin": every}}, {"_id": 1})
        level = [each["_id"] for each in inside]
    return list(map(str, every))


def album_of(db: Database, batch: str) -> str:
    """The id of the album that was changed; NotFound when it was undone already, or too long ago."""
    kept = db.album_changes.find_one({"_id": batch}, {"album": 1})
    if kept is None:
        raise NotFound("There is nothing to take back any more.")
    return str(kept["album"])


def touched_by(db: Database, batch: str) -> list[str]:
    """The ids of the pictures that were hung or taken down together."""
    kept = db.album_changes.find_one({"_id": batch}, {"added": 1, "removed": 1}) or {}
    return [*kept.get("added", ()), *kept.get("removed", ())]


def undo(db: Database, album: Album, among: PictureFilter, batch: str) -> AlbumResult:
    """Take down what was hung, and hang what was taken down, as far as it is among those, where it hung.

    What was moved goes back to where it hung, unless it was moved once more since.
    """
    kept = db.album_changes.find_one_and_delete({"_id": batch})
    if kept is None:
        raise NotFound("There is nothing to take back any more.")
    _take_down(db, album, [ObjectId(each) for each in kept["added"]])
    ids = [ObjectId(each) for each in kept["removed"]]
    there = [each["_id"] for each in db.gallery.find(among.within({"$in": ids}), {"_id": 1})]
    _hang(db, album, {each: kept["removed"][str(each)] for each in there})
    moved = {ObjectId(each): places for each, places in kept.get("moved", {}).items()}
    back, still = ({each: places[number] for each, places in moved.items()} for number in (1, 0))
    if moved and not _move(db, album, back, still):
        raise Conflict("These pictures were moved once more since: they stay where they hang.")
    return AlbumResult(tuple(map(str, there)), tuple(kept["added"]), moved=tuple(map(str, moved)))


def move(db: Database, album: Album, picture_ids: Sequence[str], before: str) -> str:
    """Hang pictures of the album, in the given order, before that one; behind all others with "".

    The batch undoes it.
    """
    moved = [each for each in map(parse_id, dict.fromkeys(picture_ids)) if str(each) != before]
    present = _positions(db, album, moved)
    moved = [each for each in moved if each in present]
    if not moved:
        raise NotFound("None of these pictures hangs in this album any more.")
    if not before:
        base = new_id()
        return _reorder(
            db, album, present, {each: position.behind_all(base, number) for number, each in enumerate(moved)}
        )
    high = _positions(db, album, [parse_id(before)]).get(parse_id(before))
    if high is None:
        raise BadRequest("'before' names a picture that does not hang in this album.")
    low, places = _neighbour(db, album, high, DESCENDING, moved)[1], {}
    for each in moved:
        low = position.between(low, high)
        places[each] = low
    return _reorder(db, album, present, places)


def lead(db: Database, album: Album, picture_ids: Sequence[str]) -> str:
    """Hang pictures of the album, in the given order, before all others. The batch undoes it: "" if none moved."""
    first = _neighbour(db, album, "", ASCENDING, [parse_id(each) for each in picture_ids])[0]
    return move(db, album, picture_ids, first) if first else ""


def step(db: Database, album: Album, picture_ids: Sequence[str], direction: int) -> str:
    """Move pictures one place towards the front (-1) or the end (1), together, in their own order; as `lead` does."""
    places = _positions(db, album, [parse_id(each) for each in picture_ids])
    if not places:
        raise NotFound("None of these pictures hangs in this album any more.")
    order = sorted(places, key=places.__getitem__)
    texts = [str(each) for each in order]
    if direction < 0:
        before = _neighbour(db, album, places[order[0]], DESCENDING, order)[0]
        return move(db, album, texts, before) if before else ""
    after = _neighbour(db, album, places[order[-1]], ASCENDING, order)[1]
    return move(db, album, texts, _neighbour(db, album, after, ASCENDING, order)[0]) if after else ""


def _hang(db: Database, album: Album, places: dict[ObjectId, str]) -> None:
    identity = ObjectId(album.id)
    updates = [
        UpdateOne(
            {"_id": each, "albums": {"$ne": identity}},
            {"$addToSet": {"albums": identity}, "$set": {f"hung.{identity}": place}},
        )
        for each, place in places.items()
    ]
    if updates:
        db.gallery.bulk_write(updates, ordered=False)
        stacks.settle_of(db, [str(each) for each in places])


def _take_down(db: Database, album: Album, picture_ids: Sequence[ObjectId]) -> None:
    identity = ObjectId(album.id)
    db.gallery.update_many(
        {"_id": {"$in": list(picture_ids)}},
        {"$pull": {"albums": identity}, "$unset": {f"hung.{identity}": ""}},
    )
    stacks.settle_of(db, [str(each) for each in picture_ids])


def _reorder(db: Database, album: Album, old: dict[ObjectId, str], new: dict[ObjectId, str]) -> str:
    """Move pictures from their old to their new places, and keep both for Undo."""
    batch = secrets.token_hex(8)
    kept = {str(each): [place, old[each]] for each, place in new.items()}
    document = {"_id": batch, "album": album.id, "added": [], "removed": {}}
    db.album_changes.insert_one({**document, "moved": kept, "at": now()})
    _move(db, album, new)
    return batch


def _move(
    db: Database, album: Album, places: dict[ObjectId, str], still: Mapping[ObjectId, str] | None = None
) -> int:
    """Hang pictures of the album at these places, only those that are `still` there where that is said; how many."""
    field = f"hung.{album.id}"
    updates = [
        UpdateOne(
            {"_id": each, "albums": ObjectId(album.id), **({field: still[each]} if still else {})},
            {"$set": {field: place}},
        )
        for each, place in places.items()
    ]
    return db.gallery.bulk_write(updates, ordered=False).modified_count


def _positions(db: Database, album: Album, picture_ids: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """Where those of the pictures hang that hang in the album."""
    field = f"hung.{album.id}"
    found = db.gallery.find({"_id": {"$in": list(picture_ids)}, field: {"$gt": ""}}, {field: 1})
    return {each["_id"]: each["hung"][album.id] for each in found}


def _neighbour(
    db: Database, album: Album, place: str, direction: int, but: Sequence[ObjectId]
) -> tuple[str, str]:
    """(id, position) of the next picture from a place on that is none of `but`; empty at the ends."""
    field = f"hung.{album.id}"
    bound = {"$gt": place} if direction == ASCENDING else {"$gt": "", "$lt": place}
    found = db.gallery.find({field: bound, "_id": {"$nin": list(but)}}, {field: 1}, hint=HAND_ORDER)
    for each in found.sort(field, direction).limit(1):
        return str(each["_id"]), each["hung"][album.id]
    return "", ""
