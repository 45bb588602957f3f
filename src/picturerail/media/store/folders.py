"""Every query about folders. An asset says in `search.folder` where it lies."""

import secrets
from datetime import UTC, datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from picturerail.database import Database, Document
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.store.folder_paths import moved, with_parents
from picturerail.media.store.search_fields import folder_fields

LAST_LETTER = "\U0010ffff"


def ensure(db: Database, path: str) -> Document:
    """The folder of this path, made with all around it when it is missing."""
    folder = db["folders"].find_one({"path": path})
    if folder is not None:
        return folder
    for each in with_parents(path):
        try:
            db["folders"].update_one({"path": each}, {"$setOnInsert": _new(each)}, upsert=True)
        except DuplicateKeyError:  # somebody else has made it just now
            continue
    return find(db, path)


def find(db: Database, path: str) -> Document:
    """One folder; NotFound."""
    folder = db["folders"].find_one({"path": path})
    if folder is None:
        raise NotFound(f"Can't find folder with path {path}")
    return folder


def rename(db: Database, old: str, new: str) -> None:
    """Give a folder another path, with all folders and assets in it; their public_ids stay."""
    find(db, old)
    if new == old or new.startswith(f"{old}/"):
        raise BadRequest("Invalid to_folder: a folder cannot be moved into itself.")
    if db["folders"].find_one({"path": new}) is not None:
        raise Conflict(f"Folder with path {new} already exists")
    if "/" in new:
        ensure(db, new.rpartition("/")[0])
    folders = list(db["folders"].find(within("path", old), {"path": 1}))
    renamed = ((folder["_id"], moved(folder["path"], old, new)) for folder in folders)
    db["folders"].bulk_write([UpdateOne({"_id": id_}, {"$set": _placed(path)}) for id_, path in renamed])
    _move_assets(db, old, new)


def remove(db: Database, path: str) -> list[str]:
    """Delete a folder and the empty ones in it; BadRequest while an asset lies there."""
    find(db, path)
    if db["assets"].find_one(within("search.folder", path), {"_id": 1}) is not None:
        raise BadRequest("Folder is not empty")
    gone = sorted(folder["path"] for folder in db["folders"].find(within("path", path), {"path": 1}))
    db["folders"].delete_many({"path": {"$in": gone}})
    return gone


def within(field: str, path: str) -> dict[str, Any]:
    """The query for what lies in a folder, however deep."""
    return {"$or": [{field: path}, {field: {"$gte": f"{path}/", "$lt": f"{path}/{LAST_LETTER}"}}]}


def _move_assets(db: Database, old: str, new: str) -> None:
    """One update for all assets, made by the database itself."""
    rest = {"$substrCP": ["$search.folder", len(old), 1000]}
    path = {"$concat": [{"$literal": new}, rest]}
    changes = {"asset_folder": path, "search.folder": path, "updated_at": "$$NOW"}
    db["assets"].update_many(within("search.folder", old), [{"$set": changes}])


def _new(path: str) -> Document:
    return {"external_id": secrets.token_hex(16), **_placed(path), "created_at": datetime.now(UTC)}


def _placed(path: str) -> Document:
    parent, _, name = path.rpartition("/")
    return {"path": path, "name": name, "parent": parent, "search": folder_fields(path)}
