"""Albums found by id or slug, listed newest first, and their covers. Queries of the policy say which."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING

from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.albums.model import (
    MAX_DEPTH,
    Album,
    AlbumChoice,
    AlbumChoices,
    parse_album,
    parse_album_id,
)
from picturerail.gallery.albums.titles import titled
from picturerail.gallery.pictures import listing, order
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture, parse_picture
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search

Query = Mapping[str, Any]
MAX_COVER_SECONDS = 0.5  # for the covers that have to be searched for; those that come later hang without one


def find(db: Database, album_id: str, among: Query) -> Album:
    """The album of that id, if it is one of those, or NotFound."""
    return _one(db, among, {"_id": parse_album_id(album_id)})


def with_slug(db: Database, slug: str, among: Query) -> Album:
    """The album that has this slug, or had it once, or NotFound."""
    return _one(db, among, {"slugs": slug})


def page(
    db: Database, among: Query, *, size: int, after: str = "", parent: str | None = None, title: str = ""
) -> tuple[list[Album], str]:
    """Albums, newest first, and the cursor for the ones behind; in `parent`, at the top with "", or all with None.

    With `title`, those that have its words in theirs.
    """
    inside = {} if parent is None else {"parent": parse_album_id(parent) if parent else None}
    bound = {"_id": {"$lt": parse_album_id(after)}} if after else {}
    found = (
        db.albums.find({"$and": [among, inside, bound, titled(title)]})
        .sort("_id", DESCENDING)
        .limit(size + 1)
    )
    albums = [parse_album(document) for document in found]
    return albums[:size], (albums[size - 1].id if len(albums) > size else "")


def choices(db: Database, among: Query, *, size: int, with_id: str = "") -> AlbumChoices:
    """The newest of the albums, and that of an id, with what a list in a form says of each.

    Such forms stand on pages that are opened often.
    """
    newest = db.albums.find(among, {"title": 1}).sort("_id", DESCENDING).limit(size + 1).to_list()
    listed = tuple(AlbumChoice(str(each["_id"]), each["title"]) for each in newest[:size])
    found = AlbumChoices(listed, more=len(newest) > size)
    if with_id and ObjectId.is_valid(with_id) and with_id not in (one.id for one in found.albums):
        asked = [AlbumChoice(one.id, one.title) for one in known(db, [with_id], among).values()]
        return replace(found, albums=(*found.albums, *asked))
    return found


def pictures_in(db: Database, album: Album, seen: PictureFilter) -> PictureFilter:
    """Those of the pictures that hang in the album, or that its search finds, in its order."""
    if album.is_smart:
        search = Search.of(album.q)
        return seen.among(index.found_by(db, search), stacked=search.finds_covers)
    if album.order == "hand":
        return seen.by_hand(album.id)
    return seen.hung_in(album.id).ordered(order.named(album.order))


def above(db: Database, album: Album, among: Query) -> list[Album]:
    """The albums that it lies in, outermost first, as far as they are among those."""
    path: list[Album] = []
    while (path[0] if path else album).parent and len(path) < MAX_DEPTH:
        parent = ObjectId((path[0] if path else album).parent)
        document = db.albums.find_one({"$and": [among, {"_id": parent}]})
        if document is None:
            break
        path.insert(0, parse_album(document))
    return path


def known(db: Database, album_ids: Collection[str], among: Query) -> dict[str, Album]:
    """Those of the albums that are among those, by id."""
    ids = [ObjectId(each) for each in album_ids]
    found = db.albums.find({"$and": [among, {"_id": {"$in": ids}}]}) if ids else ()
    return {str(document["_id"]): parse_album(document) for document in found}


def covers(
    db: Database, albums: Sequence[Album], seen: PictureFilter, listed: PictureFilter
) -> dict[str, Picture]:
    """A picture for each album that has one to be seen: its cover, else the newest that hangs there.

    For who sees more than everybody, but not all, that is the newest that everybody sees: an index tells it by itself.
    For a saved search it is the newest of those `listed` that it finds.
    """
    ids = [ObjectId(album.cover) for album in albums if album.cover]
    kept = db.gallery.find(seen.within({"$in": ids})) if ids else ()
    chosen = {str(one["_id"]): parse_picture(one) for one in kept}
    found = {album.id: chosen[album.cover] for album in albums if album.cover in chosen}
    without = [album for album in albums if album.id not in found]
    found |= _newest(db, {one.id: seen.hung_in(one.id) for one in without if not one.is_smart})
    return found | _found_covers(db, [album for album in without if album.is_smart], listed)


def _newest(db: Database, hanging: Mapping[str, PictureFilter]) -> dict[str, Picture]:
    """The newest picture of each album that has one, by the first look that finds one.

    One question tells it for all that an index serves by itself. The others are asked by themselves, with the index
    named: these are the few albums in which nothing is for everybody.
    """
    looks = {each: replace(here, query=here.looks[0]) for each, here in hanging.items()}
    plain = {each: look for each, look in looks.items() if not {"$nor", "$and"} & look.query.keys()}
    found = listing.firsts(db, plain)
    left = {each: here for each, here in hanging.items() if each not in found and plain.get(each) != here}
    singly = {each: listing.page(db, here, size=1).pictures for each, here in left.items()}
    return found | {each: pictures[0] for each, pictures in singly.items() if pictures}


def _found_covers(db: Database, searches: Sequence[Album], listed: PictureFilter) -> dict[str, Picture]:
    """The newest that each saved search finds, as far as there is time: a page must not wait for a slow one."""
    found: dict[str, Picture] = {}
    end = time.monotonic() + MAX_COVER_SECONDS
    for album in searches:
        left = int((end - time.monotonic()) * 1000)
        if left <= 0:
            break
        if newest := listing.first(db, pictures_in(db, album, listed), milliseconds=left):
            found[album.id] = newest
    return found


def _one(db: Database, among: Query, which: Query) -> Album:
    document = db.albums.find_one({"$and": [among, which]})
    if document is None:
        raise NotFound("There is no such album. It may have been deleted.")
    return parse_album(document)
