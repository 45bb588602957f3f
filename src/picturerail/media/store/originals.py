"""The originals of assets, checked: never bytes that are not those that came, and a word about those that are gone."""

import hashlib
import logging
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from picturerail import clock
from picturerail.database import Database
from picturerail.errors import NotFound, PicturerailError, Unavailable
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.storage.base import Storage

DAMAGE = "damage"  # the field of an asset that tells since when its bytes are known to be lost or damaged
GRACE = timedelta(seconds=30)  # in which a store that was away may be there again
SCRUB_SECONDS, SCRUB_BYTES = 120.0, 4 * 1024**3  # of one run
LOST = "The bytes of this picture are lost or damaged. Whoever keeps this service can bring them back from a backup."
BLOCK = 1024 * 1024

log = logging.getLogger(__name__)


def open_whole(media: Media, asset: Asset) -> BinaryIO:
    """The bytes of an original; NotFound when they are missing, or not those that came.

    A process reads a file through when it first opens it, and again when the file has changed.
    """
    file = media.originals.open(asset.original)
    # an object store keeps checksums itself, and all of it would have to travel
    if media.originals.mark() is None:
        return file
    try:
        seen = _stamp(file)
        known = media.checked_originals.get(asset.original)
        if known is None or known[0] != seen:
            known = (seen, _is_whole(file, asset))
            media.checked_originals.keep(asset.original, known)
        if known[1]:
            file.seek(0)
            return file
    except OSError as error:
        file.close()
        raise Unavailable("The stored picture cannot be read now.", retry_after=5) from error
    file.close()
    raise NotFound(LOST)


def known_file(media: Media, original: str) -> Path | None:
    """The file of an original that this process has read through and found whole; None when it has changed since."""
    known = media.checked_originals.get(original)
    if known is None or not known[1]:
        return None
    try:
        with media.originals.open(original) as file:  # by a way without links
            if _stamp(file) != known[0]:
                return None
        with media.originals.local(original) as path:
            return path
    except (PicturerailError, OSError):
        return None


def refusal(media: Media, asset: Asset) -> PicturerailError:
    """What to answer for an asset whose bytes cannot be had: come back at first, then that they are lost."""
    since = assets.noted(media.database, asset, DAMAGE)
    if since is None:
        _report(media.database, asset)
    elif clock.now() - since > GRACE:
        return NotFound(LOST)
    return Unavailable("The stored picture cannot be read now.", retry_after=5)


def scrub(db: Database, store: Storage, *, most: int = SCRUB_BYTES) -> int:
    """Read some originals through, from where the last run ended; how many. What is found is noted and logged."""
    place = db["schema"].find_one({"_id": "scrub"}) or {}
    after = {"_id": {"$gt": place["after"]}} if place.get("after") is not None else {}
    end, read, count = time.monotonic() + SCRUB_SECONDS, 0, 0
    last = None
    for asset in assets.find_each(db, after):
        _scrub_one(db, store, asset)
        last, read, count = asset.document["_id"], read + asset.bytes, count + 1
        if time.monotonic() > end or read > most:
            break
    else:
        last = None  # the next run begins anew
    db["schema"].update_one({"_id": "scrub"}, {"$set": {"after": last}}, upsert=True)
    return count


def _scrub_one(db: Database, store: Storage, asset: Asset) -> None:
    try:
        with store.open(asset.original) as file:
            whole = _is_whole(file, asset)
    except NotFound:
        whole = False
    except PicturerailError:
        return  # the store is away: nothing is known
    noted = assets.noted(db, asset, DAMAGE)
    if whole and noted is not None:
        assets.note(db, asset, DAMAGE, None)
    elif not whole and noted is None:
        _report(db, asset)


def _report(db: Database, asset: Asset) -> None:
    if assets.owns(db, asset.original):
        log.error("the original of %s is missing or damaged; a backup may have it", asset.public_id)
        assets.note(db, asset, DAMAGE, clock.now())


def _stamp(file: BinaryIO) -> tuple[int, int, int]:
    """What changes when a file is written to, or another one takes its place."""
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns


def _is_whole(file: BinaryIO, asset: Asset) -> bool:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest() == asset.sha256
