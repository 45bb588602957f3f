"""What has to happen now and then, done once: python -m picturerail.housekeeping. The supervisor runs it every hour."""

from picturerail import database
from picturerail.gallery.cloud import cloud_access
from picturerail.gallery.maintenance import removal, search_index
from picturerail.media.maintenance.reconcile import sweep_spool
from picturerail.settings import Settings, load


def tidy(settings: Settings) -> None:
    """Remove for good what lay long enough in the trash, and what broken off uploads have left; index new words."""
    with database.connect(settings.mongo_uri) as client:
        db = database.database(client)
        search_index.index_words(db)
        removal.cleanup(db, cloud_access(settings), settings)
    if settings.own_media:
        sweep_spool(settings)


if __name__ == "__main__":
    tidy(load())
