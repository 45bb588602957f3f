"""Tell edges which of the gallery's pages to renew. Apart from `web/page_cache.py`, because commands serve no pages."""

from collections.abc import Iterable

from picturerail.database import Database
from picturerail.edge.format_class import PAGE
from picturerail.edge.purges import queue
from picturerail.edge.purges.queue import Purge
from picturerail.settings import Settings

NEWEST = "newest"  # the name of every page that an upload changes
ALBUMS = "albums"  # the name of every page that lists albums


def renew(db: Database, settings: Settings, picture_ids: Iterable[str], *, soft: bool = True) -> None:
    """These pictures have changed: edges renew every page that shows them, and those with the newest."""
    queue.purge(db, settings, Purge(PAGE, [NEWEST, *filter(None, picture_ids)], soft=soft))
