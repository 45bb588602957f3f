"""Removing for good: the document leaves every list first, then the cloud its bytes, then the document goes.

A crash or a cloud that is away leaves documents in the state `deleted`; the next `cleanup` takes them on.
"""

import logging
import math
import time
from datetime import datetime, timedelta

from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.albums import lifecycle as albums
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import permits, versions
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import DUPLICATE, TRASH, Picture
from picturerail.gallery.tutorial import files
from picturerail.settings import Settings

UNDECIDED_FOR = timedelta(days=1)
BATCH = 500
PATIENCE_SECONDS = 5  # of the person who empties the trash; the clean-up does the rest

log = logging.getLogger(__name__)


def cleanup(db: Database, cloud: CloudAccess, settings: Settings, at: datetime | None = None) -> int:
    """Remove what was long enough in the trash or undecided; return how many pictures lost their bytes.

    Meant to be called every hour or so; two calls at once do no harm.
    """
    present = at or now()
    lifecycle.discard_all(db, TRASH, "trashed_at", present - timedelta(days=settings.trash_days))
    lifecycle.discard_all(db, DUPLICATE, "created_at", present - UNDECIDED_FOR)
    albums.forget_deleted(db, present - timedelta(days=settings.trash_days))
    versions.close_all(db, cloud)
    versions.forget_old(db, cloud, present - timedelta(days=settings.trash_days))
    permits.remove_unclaimed(db, cloud, present - permits.CLAIMED_WITHIN)
    removed = 0
    while batch := remove_bytes(db, cloud, settings):
        removed += batch
    return removed


def empty_trash(db: Database, cloud: CloudAccess, settings: Settings) -> int:
    """Take everything in the trash away and begin to remove its bytes; return how many pictures went."""
    discarded = lifecycle.discard_all(db, TRASH, "trashed_at", now() + timedelta(seconds=1))
    remove_bytes(db, cloud, settings, seconds=PATIENCE_SECONDS)
    return discarded


def remove(db: Database, cloud: CloudAccess, settings: Settings, picture: Picture) -> bool:
    """Remove the bytes of a deleted picture, then its document; False when the cloud is away: `cleanup` goes on."""
    try:
        versions.forget(db, cloud, picture)
        if public_id := files.public_id_at(picture, cloud):
            for delivery in _types(db, picture):
                media.destroy(cloud, public_id, delivery)
        elif picture.is_local and not lookup.file_is_used(db, picture.filename):
            files.remove_file(settings.upload_folder, picture.filename)
    except (PicturerailError, OSError) as error:
        log.warning("The bytes of picture %s could not be removed yet: %s", picture.id, error)
        return False
    lifecycle.forget(db, picture)
    return True


def _types(db: Database, picture: Picture) -> tuple[str, ...]:
    """Where the bytes may lie: everywhere, when a move was broken off or goes on just now."""
    document = db.gallery.find_one({"_id": ObjectId(picture.id)}, {"moving": 1, "delivery": 1}) or {}
    return media.DELIVERIES if document.get("moving") else (document.get("delivery") or media.UPLOAD,)


def remove_bytes(db: Database, cloud: CloudAccess, settings: Settings, seconds: float = math.inf) -> int:
    """Remove the bytes of up to BATCH deleted pictures; return of how many.

    Stops when the cloud is away, or after about `seconds`.
    """
    removed, deadline = 0, time.monotonic() + seconds
    for picture in lookup.deleted(db, BATCH):
        if time.monotonic() > deadline or not remove(db, cloud, settings, picture):
            break
        removed += 1
    return removed
