"""Derived images that outlive an upload of the same bytes: they move to the new original, away from old paths."""

import logging
import shutil
import uuid

from pymongo.errors import PyMongoError

from picturerail.database import Document
from picturerail.errors import PicturerailError
from picturerail.media.asset import DRAWN, Asset
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import records
from picturerail.storage import keys

MAX_INHERITED = 200  # the last used ones; the others are made again when they are asked for

log = logging.getLogger(__name__)


def inherit(media: Media, before: Asset, after: Asset) -> None:
    """Keep for `after` what was derived from `before`, when that is the same picture. An upload never fails for it.

    Each file gets a new key: what a process knows by heart of the old one leads nowhere, so that an address with the
    old version is looked at again. Pictures that show layers are left out: they go when one of their layers does.
    """
    if not _looks_alike(before, after):
        return
    query = {"original": before.original, "layers": None, "copy": None}
    try:
        for record in media.database["derived"].find(query).sort("used_at", -1).limit(MAX_INHERITED):
            _move(media, record, after)
        if not assets.is_at(media.database, after):  # replaced or deleted while we worked
            records.forget(media, after.original)
    except (PicturerailError, PyMongoError, OSError) as error:
        log.info("derived images were not kept for the same file: %s", error)


def _looks_alike(before: Asset, after: Asset) -> bool:
    return before.sha256 == after.sha256 and all(
        getattr(before, name) == getattr(after, name) for name in DRAWN
    )


def _move(media: Media, record: Document, after: Asset) -> None:
    """Store the file under the key that it has below the new original, then its record."""
    key = after.original + record["_id"].removeprefix(record["original"])
    copy = media.spool / f"{uuid.uuid4().hex}.{record['format']}"
    try:
        with media.derived.local(record["_id"]) as path:
            shutil.copyfile(path, copy)
        media.derived.put(key, copy)
    finally:
        copy.unlink(missing_ok=True)
    moved = {**record, "_id": key, "id": keys.hash_of(key)[:32], "original": after.original}
    media.database["derived"].replace_one({"_id": key}, moved, upsert=True)
    media.evictor.stored(record["bytes"])
