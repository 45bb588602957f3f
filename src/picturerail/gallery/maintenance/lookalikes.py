"""Looks at pictures that are not known yet: an import or an older program added them. The cloud is asked for each."""

import logging

from picturerail.database import Database
from picturerail.errors import BadRequest, NotFound, PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery import page_cache
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import create, lifecycle, lookalikes
from picturerail.gallery.pictures.model import Picture, parse_picture
from picturerail.settings import Settings

OWN, FOREIGN = 5000, 100  # pictures in an hour; an account has a limit of calls
MAX_FAILED = 5  # pictures, after which the cloud is taken to be away
AT_ONCE = 50  # whose pages are renewed together

log = logging.getLogger(__name__)


def look(db: Database, cloud: CloudAccess, settings: Settings, most: int = 0) -> int:
    """Ask for placeholder, colour and hash where they are missing, and join what looks alike; of how many it is known.

    At most `most` pictures, or as many as may be asked about in an hour.
    """
    looked: list[str] = []
    failed = 0
    for document in db.gallery.find({"unhashed": True}).limit(most or (OWN if cloud.own else FOREIGN)):
        picture = parse_picture(document)
        try:
            found = create.parse_look(_answer(cloud, picture))
        except PicturerailError as error:
            log.warning("A picture could not be looked at: %s", error)
            if (failed := failed + 1) < MAX_FAILED:
                continue  # the others need not wait for one that nobody can look at
            break
        lookalikes.join(db, lifecycle.keep_look(db, picture, found))
        looked.append(picture.id)
        if len(looked) % AT_ONCE == 0:
            page_cache.renew(db, settings, looked[-AT_ONCE:])
    if rest := len(looked) % AT_ONCE:
        page_cache.renew(db, settings, looked[-rest:])
    return len(looked)


def _answer(cloud: CloudAccess, picture: Picture) -> media.Answer:
    try:
        return media.look(cloud, picture.public_id, picture.delivery)
    except (BadRequest, NotFound):
        return {}  # its asset is gone
