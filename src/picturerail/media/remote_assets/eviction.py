"""Keep what was fetched within its size: the pictures that were asked for again the longest ago go first."""

from picturerail.database import Document
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store.deletion import remove

SHARE_KEPT = 0.9  # of the limit, so that not every new picture costs an old one


def make_room(media: Media, limit: int) -> int:
    """Remove fetched pictures until they have `limit` bytes or fewer; how many were removed."""
    query = {"resource_type": "image", "type": "fetch"}
    sums: list[Document] = [{"$match": query}, {"$group": {"_id": None, "bytes": {"$sum": "$bytes"}}}]
    total = next((int(found["bytes"]) for found in media.database["assets"].aggregate(sums)), 0)
    removed = 0
    if total <= limit:
        return removed
    for document in media.database["assets"].find(query).sort("remote.checked", 1):
        asset = Asset.from_document(document)
        if total <= limit * SHARE_KEPT:
            break
        removed += remove(media, asset)
        total -= asset.bytes
    return removed
