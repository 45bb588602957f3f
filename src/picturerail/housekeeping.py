"""What has to happen now and then, done once: python -m picturerail.housekeeping. The supervisor runs it every hour."""

import sys

from picturerail import database, mongod
from picturerail.backup.schedule import back_up_if_due
from picturerail.errors import PicturerailError
from picturerail.gallery.actions import transfers
from picturerail.gallery.activity import store as activity
from picturerail.gallery.albums import location_addresses
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.maintenance import delivery, lookalikes, places, removal, search_index
from picturerail.media.maintenance.reconcile import sweep_spool
from picturerail.media.store import originals
from picturerail.media.stores import original_store
from picturerail.settings import Settings, load


def tidy(settings: Settings) -> None:
    """Remove for good what lay long enough in the trash, and what broken off uploads have left; index new words."""
    with database.connect(settings.mongo_uri) as client:
        db = database.database(client)
        search_index.index_words(db)
        location_addresses.follow(db, site=settings.keep_metadata)
        delivery.catch_up(db, cloud_access(settings), settings)
        removal.cleanup(db, cloud_access(settings), settings)
        lookalikes.look(db, cloud_access(settings), settings)
        places.look(db, cloud_access(settings), settings)
        activity.forget(db, settings.activity_days)
        transfers.sweep(db, settings)
        _back_up(settings, db)
        _scrub(settings, db)
    if settings.mongo_uri == mongod.uri(settings.data):
        mongod.rotate_log(settings.data)
    if settings.own_media:
        sweep_spool(settings)


def _scrub(settings: Settings, db: database.Database) -> None:
    """Read some originals through; a store that is away is read another time."""
    if settings.own_media:
        originals.scrub(db, original_store(settings))


def _back_up(settings: Settings, db: database.Database) -> None:
    """Make the scheduled backup; one that fails is told in the log, and tried again an hour later."""
    try:
        if made := back_up_if_due(settings, db):
            print(f"Backup: {made.sentence}", flush=True)
    except PicturerailError as error:
        print(f"The backup to PICTURERAIL_BACKUP_TO failed: {error.message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    tidy(load())
