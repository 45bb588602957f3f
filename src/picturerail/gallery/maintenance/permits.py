"""Uploads from browsers straight to the cloud: what came by a permit and never became a picture is removed.

A permit is good for an hour, also for somebody who loses their account meanwhile. What comes by it then is no picture
of the gallery, but an asset whose address who sent it knows.
"""

import logging
from datetime import datetime, timedelta

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lookup

# A page may be left open, signed out, with an upload that it tells of later.
CLAIMED_WITHIN = timedelta(days=7)
BATCH = 500

log = logging.getLogger(__name__)


def note(db: Database, public_id: str, delivery: str) -> None:
    """Remember that a browser may upload an asset of this name."""
    db.permits.insert_one({"_id": public_id, "delivery": delivery, "at": now()})


def remove_unclaimed(db: Database, cloud: CloudAccess, before: datetime) -> None:
    """Remove what came by permits from `before` and no picture shows; a cloud that is away is asked another time."""
    while found := list(db.permits.find({"at": {"$lt": before}}).limit(BATCH)):
        names = [each["_id"] for each in found]
        shown = lookup.shown_assets(db, names)
        try:
            for each in found:
                if each["_id"] not in shown:
                    media.destroy(cloud, each["_id"], each["delivery"])
        except PicturerailError as error:
            log.warning("What was uploaded and never became a picture could not be removed yet: %s", error)
            return
        db.permits.delete_many({"_id": {"$in": names}})
