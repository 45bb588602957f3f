"""What albums say of the location of the pictures that hang in them, looked up when somebody asks.

An album lets it be shown by its own word only; one that lies in an album that hides it hides it, too.
"""

from collections.abc import Collection, Sequence

from bson import ObjectId

from picturerail.database import Database, Document
from picturerail.gallery.albums.model import LIVE, MAX_DEPTH
from picturerail.gallery.pictures.location import HIDDEN, tells
from picturerail.gallery.pictures.model import Picture


def telling(db: Database, pictures: Sequence[Picture], *, site: bool) -> set[str]:
    """The ids of those of the pictures that tell visitors where they were taken."""
    words = words_of(db, {album for one in pictures if not one.location for album in one.albums})
    return {
        one.id
        for one in pictures
        if tells(one.location, [words[each] for each in one.albums if each in words], site=site)
    }


def words_of(db: Database, album_ids: Collection[str]) -> dict[str, str]:
    """The word of each album that is not deleted, by its id."""
    if not album_ids:
        return {}
    around: Document = {
        "from": db.albums.name,
        "startWith": "$parent",
        "connectFromField": "parent",
        "connectToField": "_id",
        "maxDepth": MAX_DEPTH,
        "as": "around",
    }
    steps: list[Document] = [
        {"$match": {"_id": {"$in": [ObjectId(each) for each in album_ids]}, "state": LIVE}},
        {"$graphLookup": around},
        {"$project": {"location": 1, "around.location": 1}},
    ]
    return {str(each["_id"]): _word(each) for each in db.albums.aggregate(steps)}


def _word(album: Document) -> str:
    own = str(album.get("location") or "")
    return HIDDEN if any(each.get("location") == HIDDEN for each in album["around"]) else own


def keep_hidden(db: Database, album_ids: Sequence[ObjectId]) -> None:
    """Give pictures of albums that hide their location the word as their own: it is hidden without them, too."""
    words = words_of(db, list(map(str, album_ids)))
    hidden = [ObjectId(each) for each, word in words.items() if word == HIDDEN]
    if hidden:
        unsaid = {"albums": {"$in": hidden}, "location": {"$in": ["", None]}}
        db.gallery.update_many(unsaid, {"$set": {"location": HIDDEN}})
