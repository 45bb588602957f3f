"""Asks where pictures were taken that came before there was a word on location: the cloud reads it in their files."""

from picturerail.database import Database
from picturerail.gallery import cloud as media
from picturerail.gallery import page_cache
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance.backlog import answers
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.pictures.location import place_in
from picturerail.settings import Settings

# Not what moves, which has two names for a moment.
STILL = {"place": None, "public_id": {"$type": "string"}, "moving": {"$exists": False}}


def look(db: Database, cloud: CloudAccess, settings: Settings) -> int:
    """Ask about as many as may be asked about in an hour, and note where they were taken; how many are known now.

    Each is noted by itself: what is killed on the way goes on behind it.
    """
    number = 0
    for picture, answer in answers(db, cloud, STILL, media.camera):
        place = place_in(answer)
        if not lifecycle.keep_place(db, picture, place):
            continue
        number += 1
        if place:
            page_cache.renew(db, settings, [picture.id])
    return number
