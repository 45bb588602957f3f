"""Bytes of former files: opened by signed addresses only while they are kept, and removed when their days are over."""

import logging
from datetime import datetime

from bson import ObjectId

from picturerail.database import Database, Document
from picturerail.errors import PicturerailError, Unavailable
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import AUTHENTICATED, CloudAccess
from picturerail.gallery.pictures.model import Picture

HAVE_SOME: Document = {"versions.replaced_at": {"$exists": True}}

log = logging.getLogger(__name__)


def close(db: Database, cloud: CloudAccess, picture_id: str) -> bool:
    """Close the former files of a picture, at the edges too; False when the cloud is away: `close_all` goes on."""
    document = db.gallery.find_one({"_id": ObjectId(picture_id)}, {"versions": 1}) or {}
    try:
        for each in document.get("versions", []):
            if each["delivery"] != AUTHENTICATED and not each.get("deleted"):
                _close(db, cloud, picture_id, each)
    except PicturerailError as error:
        log.warning("Former files of picture %s could not be closed yet: %s", picture_id, error)
        return not isinstance(error, Unavailable)
    return True


def close_all(db: Database, cloud: CloudAccess) -> None:
    """Close what a crash or a cloud that was away has left open."""
    for document in db.gallery.find(HAVE_SOME, {"_id": 1}):
        if not close(db, cloud, str(document["_id"])):
            return


def forget_old(db: Database, cloud: CloudAccess, before: datetime) -> None:
    """Remove the files that were replaced before then: out of reach first, then their bytes."""
    old: Document = {"versions": {"$elemMatch": {"replaced_at": {"$lt": before}, "deleted": None}}}
    gone: Document = {"$set": {"versions.$[old].deleted": True}}
    db.gallery.update_many(old, gone, array_filters=[{"old.replaced_at": {"$lt": before}}])
    for document in db.gallery.find({"versions.replaced_at": {"$lt": before}}, {"versions": 1}):
        try:
            _remove(db, cloud, document, [each for each in document["versions"] if each.get("deleted")])
        except PicturerailError as error:
            log.warning("A former file of picture %s could not be removed yet: %s", document["_id"], error)
            return


def forget(db: Database, cloud: CloudAccess, picture: Picture) -> None:
    """Remove all former files of a picture that goes itself."""
    document = db.gallery.find_one({"_id": ObjectId(picture.id)}, {"versions": 1}) or {}
    _remove(db, cloud, document, document.get("versions", []))


def _close(db: Database, cloud: CloudAccess, picture_id: str, entry: Document) -> None:
    public_id, identity = entry["public_id"], ObjectId(picture_id)
    version = media.move(cloud, public_id, entry["delivery"], AUTHENTICATED)
    url = media.plain_address(cloud, public_id, version, entry.get("format", ""), AUTHENTICATED)
    moved = {"delivery": AUTHENTICATED, "version": version, "url": url}
    inside = {f"versions.$.{name}": value for name, value in moved.items()}
    kept = db.gallery.update_one({"_id": identity, "versions.public_id": public_id}, {"$set": inside})
    if not kept.matched_count:  # it was taken back meanwhile
        again = {"$set": {**moved, "moving": True}}
        db.gallery.update_one({"_id": identity, "public_id": public_id}, again)


def _remove(db: Database, cloud: CloudAccess, document: Document, entries: list[Document]) -> None:
    for each in entries:
        for delivery in media.DELIVERIES:  # a move may have been broken off
            media.destroy(cloud, each["public_id"], delivery)
        db.gallery.update_one({"_id": document["_id"]}, {"$pull": {"versions": {"id": each["id"]}}})
    if entries:
        db.gallery.update_one({"_id": document["_id"], "versions": []}, {"$unset": {"versions": ""}})
