"""Bytes follow visibility: what is public is open but for its original; what is not, or is in the trash, is signed.

These are the delivery types `private` and `authenticated`; who may have an original gets a signed address. A picture
whose visibility changed is marked `moving` in the same write. Its asset is renamed to the other type right after; what
a crash or a cloud that is away leaves marked, the hourly clean-up goes on with.
"""

import logging
import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bson import ObjectId
from pymongo import ReturnDocument

from picturerail import token_revocation
from picturerail.database import Database, Document
from picturerail.errors import PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import AUTHENTICATED, PRIVATE, CloudAccess
from picturerail.gallery.pictures.create import new_public_id
from picturerail.gallery.pictures.model import DELETED, STATES, TRASH, Picture, parse_picture
from picturerail.gallery.pictures.visibility import PUBLIC
from picturerail.gallery.token_terms import CLOSED_SECONDS
from picturerail.settings import Settings

MOVERS = 4
BATCH = 100
MAX_TURNS = 5  # for one picture whose visibility keeps changing
PATIENCE_SECONDS = 5  # of the person who changed it; the rest is moved behind their back

log = logging.getLogger(__name__)


def wanted(settings: Settings, shown: str) -> str:
    """The delivery type of a picture that is shown so."""
    return AUTHENTICATED if shown != PUBLIC or settings.private_site else PRIVATE


def belongs(settings: Settings, picture: Picture) -> str:
    """The delivery type that the asset of this picture should have; in the trash, nobody but its people may see it."""
    if picture.state == DELETED:
        return picture.delivery
    return AUTHENTICATED if picture.state == TRASH else wanted(settings, picture.shown)


def follow(db: Database, cloud: CloudAccess, settings: Settings, picture_ids: Sequence[str]) -> None:
    """Move the bytes of these pictures where they belong: some now, and when there are many, the rest soon."""
    ids: Document = {"_id": {"$in": [ObjectId(each) for each in picture_ids]}}
    if not _move_all(db, cloud, settings, ids, seconds=PATIENCE_SECONDS):
        threading.Thread(target=_move_all, args=(db, cloud, settings, ids), daemon=True).start()


def catch_up(db: Database, cloud: CloudAccess, settings: Settings) -> None:
    """Move whatever is left to move; after a setting says that public pictures belong elsewhere, all of these."""
    said = {"private": settings.private_site, "open": False}  # once a setting opened all originals
    known = db["site"].find_one({"_id": "delivery"}) or {}
    if said != {name: known.get(name, False) for name in said}:
        db.gallery.update_many(_misplaced(wanted(settings, PUBLIC)), {"$set": {"moving": True}})
        db["site"].replace_one({"_id": "delivery"}, said, upsert=True)
    _move_all(db, cloud, settings, {})


def _misplaced(public: str) -> Document:
    """Public pictures that lie elsewhere. What others uploaded stays open for them, until it is hidden here."""
    wrong = {"public_id": {"$type": "string"}, "shown": {"$in": [PUBLIC, None]}, "delivery": {"$ne": public}}
    if public == AUTHENTICATED:
        return wrong
    return {**wrong, "$or": [{"delivery": AUTHENTICATED}, {"public_id": {"$regex": f"^{media.FOLDER}"}}]}


def _move_all(
    db: Database, cloud: CloudAccess, settings: Settings, among: Document, seconds: float = math.inf
) -> bool:
    """Move those that are marked, within about `seconds`; False when some are left for want of time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = [parse_picture(each) for each in db.gallery.find({"moving": True, **among}).limit(BATCH)]
        with ThreadPoolExecutor(MOVERS) as pool:
            moved = list(pool.map(lambda one: _move(db, cloud, settings, one), found))
        if len(found) < BATCH or not any(moved):
            return True
    return False


def _move(db: Database, cloud: CloudAccess, settings: Settings, picture: Picture) -> bool:
    """Bring one asset to where it belongs; False when that has to be tried again."""
    current: Picture | None = picture
    try:
        for _ in range(MAX_TURNS):
            if current is None or _is_settled(db, cloud, settings, current):
                return True
            current = _again(db, current)
    except PicturerailError as error:
        log.warning("The bytes of picture %s could not be moved yet: %s", picture.id, error)
    return False


def _is_settled(db: Database, cloud: CloudAccess, settings: Settings, picture: Picture) -> bool:
    """Rename the asset if need be; False when the picture was changed meanwhile."""
    identity: Document = {"_id": ObjectId(picture.id)}
    target = belongs(settings, picture)
    if picture.public_id and picture.delivery != target:
        version = media.move(cloud, picture.public_id, picture.delivery, target)
        url = media.plain_address(cloud, picture.public_id, version, picture.format, target)
        still = {**identity, "public_id": picture.public_id}  # its file may be another one meanwhile
        db.gallery.update_one(still, {"$set": {"delivery": target, "version": version, "url": url}})
    if picture.public_id and target == AUTHENTICATED:
        _close_or_open(db, cloud, picture)
    query = {**identity, "shown": picture.shown, "state": STATES.get(picture.state, picture.state)}
    query["delivery"] = {"$in": [target, None]}
    if not picture.public_id:
        query = identity  # a tutorial's document: its file is shown by ourselves, or lies on another host
    return db.gallery.update_one(query, {"$unset": {"moving": ""}}).matched_count > 0


def _close_or_open(db: Database, cloud: CloudAccess, picture: Picture) -> None:
    """Let what everybody was handed out who had its page open nothing while it is private or in the trash.

    Our own service hears which tokens are closed; at a cloud that knows nothing of that the asset gets another name.
    """
    name = token_revocation.for_one(token_revocation.OPEN, picture.public_id)
    if not cloud.own and not picture.is_open:
        _rename(db, cloud, picture)
    elif picture.is_open:
        token_revocation.reinstate(db, [name])
    else:
        token_revocation.revoke(db, [name], CLOSED_SECONDS)


def _rename(db: Database, cloud: CloudAccess, picture: Picture) -> None:
    """Give a closed asset a new name, written down first: whoever goes on after a crash finds it under one of both."""
    this: Document = {"_id": ObjectId(picture.id), "public_id": picture.public_id}
    fresh = {"$set": {"next_public_id": {"$ifNull": ["$next_public_id", new_public_id()]}}}
    document = db.gallery.find_one_and_update(this, [fresh], return_document=ReturnDocument.AFTER)
    if document is None:
        return  # its file is another one meanwhile
    name = document["next_public_id"]
    version = media.move(cloud, picture.public_id, AUTHENTICATED, AUTHENTICATED, name)
    url = media.plain_address(cloud, name, version, picture.format, AUTHENTICATED)
    known = {"public_id": name, "version": version, "url": url}
    db.gallery.update_one(this, {"$set": known, "$unset": {"next_public_id": ""}})


def _again(db: Database, picture: Picture) -> Picture | None:
    document = db.gallery.find_one({"_id": ObjectId(picture.id)})
    return parse_picture(document) if document else None
