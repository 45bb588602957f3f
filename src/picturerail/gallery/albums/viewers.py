"""To whom an album is given to see, whoever sees it otherwise: with all that hangs in it, and the albums in it."""

from bson import ObjectId

from picturerail.database import Database
from picturerail.errors import Conflict
from picturerail.gallery.albums.model import LIVE, MAX_DEPTH, Album

MAX_VIEWERS = 200  # people to whom one album is given


def grant(db: Database, album: Album, user_id: str) -> None:
    """Let an account see an album; Conflict when too many do already."""
    free = {"_id": ObjectId(album.id), f"viewers.{MAX_VIEWERS - 1}": {"$exists": False}}
    if not db.albums.update_one(free, {"$addToSet": {"viewers": user_id}}).matched_count:
        raise Conflict(f"An album can be given to {MAX_VIEWERS} people. Share it by a link instead.")


def revoke(db: Database, album: Album, user_id: str) -> None:
    """Let an account see an album no more."""
    db.albums.update_one({"_id": ObjectId(album.id)}, {"$pull": {"viewers": user_id}})


def forget(db: Database, user_id: str) -> None:
    """Let an account see nothing that was given to it."""
    db.albums.update_many({"viewers": user_id}, {"$pull": {"viewers": user_id}})


def granted_to(db: Database, user_id: str) -> tuple[ObjectId, ...]:
    """The albums that are given to an account, and those that lie in them."""
    level = [each["_id"] for each in db.albums.find({"viewers": user_id, "state": LIVE}, {"_id": 1})]
    every = dict.fromkeys(level)
    for _ in range(MAX_DEPTH):
        if not level:
            break
        inside = db.albums.find({"parent": {"$in": level}, "state": LIVE}, {"_id": 1})
        level = [each["_id"] for each in inside if each["_id"] not in every]
        every.update(dict.fromkeys(level))
    return tuple(every)
