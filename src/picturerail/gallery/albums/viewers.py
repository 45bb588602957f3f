"""To whom an album is given to see, whoever sees it otherwise: with all that hangs in it, and the albums in it.

A viewer is the id of an account, or what stands for a group (`accounts/groups.py`).
"""

from collections.abc import Iterable

from bson import ObjectId

from picturerail.database import Database
from picturerail.errors import Conflict
from picturerail.gallery.albums.model import MAX_DEPTH, Album

MAX_VIEWERS = 200  # people and groups to whom one album is given


def grant(db: Database, album: Album, viewer: str) -> None:
    """Let a viewer see an album; Conflict when too many do already."""
    free = {"_id": ObjectId(album.id), f"viewers.{MAX_VIEWERS - 1}": {"$exists": False}}
    if not db.albums.update_one(free, {"$addToSet": {"viewers": viewer}}).matched_count:
        raise Conflict(
            f"An album can be given to {MAX_VIEWERS} people and groups. Share it by a link instead."
        )


def revoke(db: Database, album: Album, viewer: str) -> None:
    """Let a viewer see an album no more."""
    db.albums.update_one({"_id": ObjectId(album.id)}, {"$pull": {"viewers": viewer}})


def forget(db: Database, viewer: str) -> None:
    """Let a viewer see nothing that was given to them."""
    db.albums.update_many({"viewers": viewer}, {"$pull": {"viewers": viewer}})


def of(db: Database, album_ids: Iterable[str]) -> list[str]:
    """To whom these albums are given, and those in which they lie."""
    level, viewers = [ObjectId(each) for each in album_ids], dict[str, None]()
    for _ in range(MAX_DEPTH):
        if not level:
            break
        found = list(db.albums.find({"_id": {"$in": level}}, {"parent": 1, "viewers": 1}))
        viewers.update(dict.fromkeys(viewer for each in found for viewer in each.get("viewers", ())))
        level = [each["parent"] for each in found if each.get("parent")]
    return list(viewers)
