"""The files that a picture had before: each kept in its document, so that it can be shown again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database, Document
from picturerail.errors import Conflict
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.pictures.model import Picture, parse_picture

MAX_VERSIONS = 20
ASSET = ("url", "public_id", "asset_id", "version", "delivery")
LOOK = ("width", "height", "format", "bytes", "etag", "thumbhash", "color", "camera", "phash", "phash_bands")
# what belongs to the file, and comes back with it
FIELDS = (*ASSET, *LOOK, "place", "filename", "edit", "focus")
BLANK: Document = {
    "thumbhash": "",
    "color": "",
    "camera": {},
    "place": "",
    "edit": "",
    "focus": "",
    "phash": "",
    "phash_bands": [],
    "alike": "",
}
FULL = (
    f"{MAX_VERSIONS} former files of this picture are kept already. Add this one as another picture, or wait until the "
    "oldest is gone."
)


@dataclass(frozen=True)
class FileVersion:
    """A file before the present one: the picture as it was with it."""

    id: str
    replaced_at: datetime
    picture: Picture


def former(db: Database, picture: Picture) -> list[FileVersion]:
    """The files before the present one, newest first."""
    document = _document(db, picture)
    found = [
        FileVersion(each["id"], each["replaced_at"], parse_picture({**document, **each}))
        for each in document.get("versions", [])
        if not each.get("deleted")
    ]
    return sorted(found, key=lambda one: one.replaced_at, reverse=True)


def put(db: Database, picture: Picture, fields: Mapping[str, Any]) -> tuple[Picture, str]:
    """Give a picture the file of these fields; the id under which the one before is kept."""
    document = _document(db, picture)
    if len(document.get("versions", [])) >= MAX_VERSIONS:
        raise Conflict(FULL)
    present = _present(document)
    return lifecycle.put_file(db, picture, {**BLANK, **fields}, present), present["id"]


def take_back(
    db: Database, picture: Picture, version_id: str, fields: Mapping[str, Any]
) -> tuple[Picture, str]:
    """Show a former file again, with these fields in place of its own; the id under which the one before is kept."""
    document = _document(db, picture)
    kept: dict[str, Document] = {each["id"]: each for each in document.get("versions", [])}
    wanted = kept.get(version_id, {})
    present = _present(document)
    told = {name: wanted[name] for name in FIELDS if name in wanted}
    told.setdefault("place", None)  # it came before there was a word on location, and is to be asked about
    return lifecycle.put_file(db, picture, {**BLANK, **told, **fields}, present, version_id), present["id"]


def _present(document: Document) -> Document:
    """What a document says of its file, as it is kept."""
    told = {name: document[name] for name in FIELDS if name in document}
    return {
        "delivery": parse_picture(document).delivery,
        **told,
        "id": secrets.token_hex(8),
        "replaced_at": now(),
    }


def _document(db: Database, picture: Picture) -> Document:
    document = db.gallery.find_one({"_id": ObjectId(picture.id)})
    if document is None:
        raise Conflict(lifecycle.FILE_CHANGED)
    return document
