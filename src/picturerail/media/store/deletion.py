"""Take leave of assets: the document first, then what is derived, then the bytes, unless they are backed up."""

from picturerail.media import cdn
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store import backups
from picturerail.media.store.derived import records


def remove(media: Media, asset: Asset) -> bool:
    """Delete an asset; False when it was deleted or replaced meanwhile."""
    keep_backup(media, asset)
    cdn.announce(media.database, media.settings, asset.identity, soft=False)
    unchanged = {"_id": asset.document["_id"], "original": asset.original}
    if media.database["assets"].delete_one(unchanged).deleted_count == 0:
        return False
    retire(media, asset)
    return True


def keep_backup(media: Media, asset: Asset) -> None:
    """Keep a backed up asset before it loses its place: a crash leaves it twice, never not at all."""
    if asset.backup:
        backups.keep(media.database, asset)


def prepare_replacing(media: Media, asset: Asset, *, soft: bool) -> None:
    """What has to be written before an asset loses its place to another."""
    keep_backup(media, asset)
    cdn.announce(media.database, media.settings, asset.identity, soft=soft)


def retire(media: Media, asset: Asset, *, replaced: bool = False) -> None:
    """Remove what belonged to an asset whose document is gone; the original stays when a backup needs it."""
    cdn.purge(media.database, media.settings, asset.identity, soft=replaced)
    records.forget(media, asset.original)
    if not asset.backup:
        media.originals.delete(asset.original)


def discard(media: Media, original: str) -> None:
    """Remove the bytes of an original that no document names, and all that was derived from it."""
    records.forget(media, original)
    media.originals.delete(original)
