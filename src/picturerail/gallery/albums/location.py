"""What albums say of the location of the pictures that hang in them, looked up when somebody asks.

An album lets it be shown by its own word only; one that lies in an album that hides it hides it, too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId

from picturerail.database import Database, Document
from picturerail.gallery.albums.model import LIVE, MAX_DEPTH, Album, AlbumResult, parse_album
from picturerail.gallery.pictures.location import HIDDEN, SHOWN, tells
from picturerail.gallery.pictures.model import Picture

_ALBUMS = "albums"


def telling(
    db: Database, pictures: Sequence[Picture], *, site: bool, words: Mapping[str, str] | None = None
) -> set[str]:
    """The ids of those of the pictures that tell visitors where they were taken.

    Who knows the words of the albums in which they hang, says so.
    """
    if words is None:
        words = words_of(db, {album for one in pictures if not one.location for album in one.albums})
    return {
        one.id
        for one in pictures
        if tells(one.location, [words[each] for each in one.albums if each in words], site=site)
    }


def words_of(db: Database, album_ids: Collection[str]) -> dict[str, str]:
    """The word of each album that is not deleted, by its id."""
    found = db.albums.aggregate(_look(album_ids)) if album_ids else ()
    return {album_id: word for each in found for album_id, word in _told(each)}


def may_have_hidden(db: Database, album_id: str, done: AlbumResult, *, site: bool) -> bool:
    """Whether pictures that were hung in an album, or taken down, may have told before where they were taken.

    Not where nothing around them shows it, and not by hanging them where it is told: else each file of a long upload
    would end what visitors were shown meanwhile.
    """
    these = {"_id": {"$in": [ObjectId(each) for each in (*done.added, *done.removed)]}}
    words = words_of(db, {album_id, *map(str, db.gallery.distinct("albums", these))})
    told_before = site or SHOWN in words.values()
    return told_before and (bool(done.removed) or not tells("", [words.get(album_id, "")], site=site))


def known_and_words(
    db: Database, album_ids: Collection[str], among: Mapping[str, Any], *, words_matter: bool
) -> tuple[dict[str, Album], dict[str, str]]:
    """Those of the albums that are `among` those, and the words of all, by their ids: one question for both.

    To whoever may change the pictures no word matters: then none is asked for.
    """
    found, words = _known(db, album_ids, among, [], words_matter=words_matter)
    albums = map(parse_album, found)
    return {each.id: each for each in albums}, words


def known_ids_and_words(
    db: Database, album_ids: Collection[str], among: Mapping[str, Any], *, words_matter: bool
) -> tuple[set[str], dict[str, str]]:
    """The same for who names the albums by their ids alone: a list of pictures may hang in very many."""
    together: Document = {"$group": {"_id": None, "known": {"$push": "$_id"}}}
    found, words = _known(db, album_ids, among, [together], words_matter=words_matter)
    return {str(each) for one in found for each in one["known"]}, words


def _known(
    db: Database,
    album_ids: Collection[str],
    among: Mapping[str, Any],
    shape: Sequence[Document],
    *,
    words_matter: bool,
) -> tuple[list[Document], dict[str, str]]:
    if not album_ids:
        return [], {}
    known = {"$match": {"$and": [among, _with_ids(album_ids)]}}
    along = [{"$unionWith": {"coll": _ALBUMS, "pipeline": _look(album_ids)}}] if words_matter else []
    found: list[Document] = []
    words: dict[str, str] = {}
    # all of them in the first answer: MongoDB sends 101 of them otherwise, and is asked for the rest
    for each in db.albums.aggregate([known, *shape, *along], batchSize=2 * len(album_ids) + 1):
        if "inside" in each:
            words.update(_told(each))
        else:
            found.append(each)
    return found, words


def _look(album_ids: Collection[str]) -> list[Document]:
    """What finds the words of albums, and of those in which they lie: once for all that lie in the same one."""
    around: Document = {
        "from": _ALBUMS,
        "startWith": "$_id",
        "connectFromField": "parent",
        "connectToField": "_id",
        "maxDepth": MAX_DEPTH,
        "as": "around",
    }
    return [
        {"$match": {**_with_ids(album_ids), "state": LIVE}},
        {"$group": {"_id": "$parent", "inside": {"$push": {"_id": "$_id", "location": "$location"}}}},
        {"$graphLookup": around},
        {"$project": {"inside": 1, "around.location": 1}},
    ]


def _with_ids(album_ids: Collection[str]) -> Document:
    return {"_id": {"$in": [ObjectId(each) for each in album_ids]}}


def _told(together: Document) -> Iterator[tuple[str, str]]:
    """The id and the word of each of the albums that lie in the same one."""
    hidden = any(each.get("location") == HIDDEN for each in together["around"])
    for each in together["inside"]:
        yield str(each["_id"]), HIDDEN if hidden else str(each.get("location") or "")


def keep_hidden(db: Database, album_ids: Sequence[ObjectId]) -> None:
    """Give pictures of albums that hide their location the word as their own: it is hidden without them, too."""
    words = words_of(db, list(map(str, album_ids)))
    hidden = [ObjectId(each) for each, word in words.items() if word == HIDDEN]
    if hidden:
        unsaid = {"albums": {"$in": hidden}, "location": {"$in": ["", None]}}
        db.gallery.update_many(unsaid, {"$set": {"location": HIDDEN}})
