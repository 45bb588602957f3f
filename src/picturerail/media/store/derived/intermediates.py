"""The reduced copies of large pictures in the store: found, kept as the look at an upload made them, or made again."""

import logging
from pathlib import Path

from pymongo.errors import PyMongoError

from picturerail.errors import PicturerailError
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store.derived import get_or_create
from picturerail.media.store.derived.spec import source_of
from picturerail.transform import intermediates

log = logging.getLogger(__name__)


def keep(media: Media, asset: Asset, looked_at: Path) -> None:
    """Store the copies that lie beside a file which has become `asset`. An upload never fails for want of them."""
    source = source_of(asset) if asset.facts else None
    for copy in intermediates.intermediates_of(source) if source else ():
        made = intermediates.beside(looked_at, copy)
        if made.exists():
            try:
                get_or_create.keep_intermediate(media, asset, copy, made)
            except (PicturerailError, PyMongoError) as error:
                log.info("a reduced copy was not kept: %s", error)


def discard(looked_at: Path) -> None:
    """Remove a spooled file, and the copies beside it that nobody kept."""
    looked_at.unlink(missing_ok=True)
    for copy in intermediates.INTERMEDIATES:
        intermediates.beside(looked_at, copy).unlink(missing_ok=True)
