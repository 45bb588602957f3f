"""Looks at pictures that are not known yet: an import or an older program added them. The cloud is asked for each."""

from picturerail.database import Database
from picturerail.gallery import cloud as media
from picturerail.gallery import page_cache
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance.backlog import AT_ONCE, answers
from picturerail.gallery.pictures import create, lifecycle, lookalikes
from picturerail.settings import Settings


def look(db: Database, cloud: CloudAccess, settings: Settings, most: int = 0) -> int:
    """Ask for placeholder, colour and hash where they are missing, and join what looks alike; of how many it is known.

    At most `most` pictures, or as many as may be asked about in an hour.
    """
    looked: list[str] = []
    for picture, answer in answers(db, cloud, {"unhashed": True}, media.look, most):
        lookalikes.join(db, lifecycle.keep_look(db, picture, create.parse_look(answer)))
        looked.append(picture.id)
        if len(looked) % AT_ONCE == 0:
            page_cache.renew(db, settings, looked[-AT_ONCE:])
    if rest := len(looked) % AT_ONCE:
        page_cache.renew(db, settings, looked[-rest:])
    return len(looked)
