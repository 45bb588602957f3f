"""What an album's visibility means for what lies and hangs in it: the strictest word of all counts.

It is written down with each album and picture (`shown`), so that no list has to look anywhere else. Whoever changes
something an outcome depends on writes first and calls this then; it looks again after it has written, so of two
changes at one moment the later look is right.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from picturerail.database import Database
from picturerail.gallery.albums import viewers
from picturerail.gallery.albums.model import LIVE, Album
from picturerail.gallery.pictures import stacks
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.visibility import PUBLIC, SEEN_BY, strictest

MAX_LOOKS = 5
BATCH = 1000


def settle_album(db: Database, album_id: str) -> list[str]:
    """Work out what an album, those in it and all their pictures are shown as; the ids of pictures that changed."""
    level, every = [ObjectId(album_id)], []
    while level:
        every += level
        found = list(db.albums.find({"_id": {"$in": level}}, {"parent": 1, "visibility": 1}))
        above = _shown(db, (each["parent"] for each in found if each["parent"]))
        for each in found:
            shown = strictest((each["visibility"], above.get(each["parent"], PUBLIC)))
            db.albums.update_one({"_id": each["_id"]}, {"$set": {"shown": shown}})
        inside = db.albums.find({"parent": {"$in": level}, "_id": {"$nin": every}}, {"_id": 1})
        level = [each["_id"] for each in inside]
    return settle_pictures(db, {"albums": {"$in": every}})


def settle_pictures(db: Database, query: Mapping[str, Any]) -> list[str]:
    """Work out what the pictures of a query are shown as; the ids of those that changed."""
    changed: dict[str, None] = {}
    for _ in range(MAX_LOOKS):
        updates = _updates(db, query)
        for start in range(0, len(updates), BATCH):
            db.gallery.bulk_write(list(updates.values())[start : start + BATCH], ordered=False)
        if not updates:
            break
        changed.update(dict.fromkeys(map(str, updates)))
    stacks.settle_of(db, list(changed))
    return list(changed)


def keep_strict(db: Database, album_ids: Iterable[ObjectId]) -> None:
    """Give pictures of hidden albums as their own what these made of them: they are hidden without them, too."""
    ids = list(album_ids)
    hidden = [each for each, shown in _shown(db, ids).items() if shown != PUBLIC]
    if hidden:
        db.gallery.update_many({"albums": {"$in": hidden}}, [{"$set": {"visibility": "$shown"}}])


def explanation(db: Database, picture: Picture, albums: Sequence[Album]) -> str:
    """In words, who sees a picture and why; `albums` are those that it hangs in."""
    said = f"{picture.shown.capitalize()}: {SEEN_BY[picture.shown]}"
    if picture.shown != picture.visibility:
        reasons = " and ".join(f"“{album.title}”" for album in albums if album.shown == picture.shown)
        said += f", because it hangs in {reasons or 'an album that says so'}. By itself it is {picture.visibility}"
    if picture.shown != PUBLIC and viewers.of(db, picture.albums):
        return f"{said}. Those to whom an album is given that it hangs in see it, too."
    return f"{said}."


def _updates(db: Database, query: Mapping[str, Any]) -> dict[ObjectId, UpdateOne]:
    """The pictures of a query that are shown as something else than they should be, and what to write."""
    found = list(db.gallery.find(query, {"albums": 1, "visibility": 1, "shown": 1}))
    above = _shown(db, {album for each in found for album in each.get("albums", ())})
    updates = {}
    for each in found:
        albums = (above.get(album, PUBLIC) for album in each.get("albums", ()))
        shown = strictest((each.get("visibility", PUBLIC), *albums))
        if shown != each.get("shown", PUBLIC):
            change = {"$set": {"shown": shown, "moving": True}}
            updates[each["_id"]] = UpdateOne({"_id": each["_id"]}, change)
    return updates


def _shown(db: Database, album_ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    """What those of the albums that are not deleted are shown as."""
    query = {"_id": {"$in": list(album_ids)}, "state": LIVE}
    return {each["_id"]: each["shown"] for each in db.albums.find(query, {"shown": 1})}
