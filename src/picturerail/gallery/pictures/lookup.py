"""One picture, or a few, by an id, an asset or a file."""

from collections.abc import Iterator, Sequence

from bson import ObjectId
from pymongo import ASCENDING

from picturerail.database import TOKEN_ORDER, Database, Document
from picturerail.errors import NotFound
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import (
    DELETED,
    DUPLICATE,
    FIELDS,
    LIVE,
    STATES,
    TRASH,
    Picture,
    parse_id,
    parse_picture,
)

BY_ID = [("_id", ASCENDING)]
NO_PICTURE = "There is no such picture. It may have been deleted."


def find(db: Database, picture_id: str, among: PictureFilter) -> Picture:
    """The picture of that id, if it is one of those, or NotFound."""
    query = among.within({"$eq": parse_id(picture_id)})
    # without the hint the planner tries each index that knows the state
    document = db.gallery.find_one(query, FIELDS, hint=BY_ID)
    if document is None:
        raise NotFound(NO_PICTURE)
    return parse_picture(document)


def ids(db: Database, among: PictureFilter) -> list[str]:
    """The ids of all of these pictures."""
    return [str(document["_id"]) for document in db.gallery.find(dict(among.query), {"_id": 1})]


def titles(db: Database, query: Document) -> dict[str, str]:
    """The titles of the pictures that a query finds, by id."""
    found = map(parse_picture, db.gallery.find(query, {"description": 1, "filename": 1}))
    return {one.id: one.title for one in found}


def with_public_id(db: Database, public_id: str) -> Picture | None:
    """The picture, in any state, that shows this asset."""
    document = db.gallery.find_one({"public_id": public_id})
    return parse_picture(document) if document else None


def again(db: Database, pictures: Sequence[Picture]) -> list[Picture]:
    """The same as they are now."""
    ids = [ObjectId(one.id) for one in pictures]
    return [parse_picture(each) for each in db.gallery.find({"_id": {"$in": ids}})]


def with_same_bytes(db: Database, etag: str) -> Picture | None:
    """A live picture whose original has this hash; None when there is none or the cloud told no hash."""
    document = db.gallery.find_one({"$or": with_bytes([etag])}) if etag else None
    return parse_picture(document) if document else None


def with_bytes(etags: Sequence[str]) -> list[Document]:
    """The branches of a query for live pictures whose original has one of these hashes: the first ones, the others."""
    wanted = {"$in": list(etags)}
    return [
        each | {"state": STATES[LIVE]} for each in ({"first_of": wanted}, {"etag": wanted, "first_of": None})
    ]


def of_file(db: Database, public_id: str, etag: str) -> Picture | None:
    """The picture, in any state, that shows this asset; else a live one whose original has this hash."""
    found = list(db.gallery.find({"$or": [{"public_id": public_id}, *with_bytes([etag])]}))
    found.sort(key=lambda each: each.get("public_id") != public_id)
    return parse_picture(found[0]) if found else None


def without_tokens(db: Database, limit: int) -> list[Picture]:
    """Pictures that no search finds yet, or no order but the first: an older program wrote them, or the tutorial's."""
    found = [
        *db.gallery.find({"tokens": None}, hint=list(TOKEN_ORDER)).limit(limit),
        *db.gallery.find({"state": {"$in": [LIVE, None, TRASH, DUPLICATE]}, "sort.taken": None}).limit(limit),
    ]
    return [parse_picture(document) for document in found if isinstance(document["_id"], ObjectId)]


def deleted(db: Database, limit: int) -> Iterator[Picture]:
    """Deleted pictures whose bytes are still to be removed."""
    for document in db.gallery.find({"state": DELETED}).limit(limit):
        yield parse_picture(document)


def local(db: Database) -> Iterator[Picture]:
    """The tutorial's documents whose bytes lie in the upload folder."""
    for document in db.gallery.find({"filename": {"$type": "string"}, "public_id": None, "url": None}):
        picture = parse_picture(document)
        if picture.is_local and picture.state != DELETED:
            yield picture


def addressed(db: Database) -> Iterator[Picture]:
    """The tutorial's documents that know nothing but an address."""
    for document in db.gallery.find(
        {"url": {"$type": "string"}, "public_id": None, "state": {"$ne": DELETED}}
    ):
        yield parse_picture(document)


def with_assets(db: Database) -> Iterator[Picture]:
    """Every picture that visitors or the trash show and whose bytes are an asset of the gallery, and do not move."""
    there = {"public_id": {"$type": "string"}, "state": {"$in": [LIVE, TRASH, None]}, "moving": None}
    for document in db.gallery.find(there, {"public_id": 1, "created_at": 1}):
        yield parse_picture(document)


def shown_assets(db: Database, public_ids: list[str]) -> set[str]:
    """Those of the assets that some picture, in any state, shows or has shown and can show again."""
    wanted = {"$in": public_ids}
    found = db.gallery.find({"public_id": wanted}, {"public_id": 1})
    kept = db.gallery.find({"versions.public_id": wanted}, {"versions.public_id": 1})
    before = {each["public_id"] for document in kept for each in document["versions"]}
    return {document["public_id"] for document in found} | (before & set(public_ids))


def file_is_used(db: Database, filename: str) -> bool:
    """True while a picture that is not deleted shows this file of the upload folder."""
    query = {"filename": filename, "public_id": None, "url": None, "state": {"$ne": DELETED}}
    return db.gallery.find_one(query, {"_id": 1}) is not None
