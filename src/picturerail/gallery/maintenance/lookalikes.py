"""Hashes of pictures that an older program added, asked of the cloud, some each hour."""

import logging

from picturerail.database import Database
from picturerail.errors import BadRequest, NotFound, PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle, lookalikes
from picturerail.gallery.pictures.model import Picture, parse_picture

OWN, FOREIGN = 5000, 100  # pictures in an hour; an account has a limit of calls

log = logging.getLogger(__name__)


def hash_older(db: Database, cloud: CloudAccess) -> int:
    """Ask for the hashes that are missing and join what looks alike; of how many pictures it is known now."""
    count = 0
    for document in db.gallery.find({"unhashed": True}).limit(OWN if cloud.own else FOREIGN):
        picture = parse_picture(document)
        try:
            phash = _hash(cloud, picture)
        except PicturerailError as error:
            log.warning("Hashes of pictures could not be asked for: %s", error)
            break
        lookalikes.join(db, lifecycle.keep_hash(db, picture, phash))
        count += 1
    return count


def _hash(cloud: CloudAccess, picture: Picture) -> str:
    try:
        return media.perceptual_hash(cloud, picture.public_id, picture.delivery)
    except (BadRequest, NotFound):
        return ""  # its asset is gone
