"""Keep what was fetched within its size: the pictures that were asked for again the longest ago go first."""

import threading

from picturerail.database import Document
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store.deletion import remove

SHARE_KEPT = 0.9  # of the limit, so that not every new picture costs an old one
SHARE_UNSEEN = 0.01  # of the limit, that a process stores before it looks at the total again


class FetchQuota:
    """Counts what this process fetched, and makes room when it is time to look. The first picture looks at once."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._unseen: float = float("inf")
        self._counting = threading.Lock()

    def stored(self, media: Media, length: int) -> None:
        """Take note of a new picture of `length` bytes."""
        limit = media.settings.fetch_bytes
        with self._counting:
            self._unseen += length
            due = self._unseen > limit * SHARE_UNSEEN
            self._unseen = 0.0 if due else self._unseen
        if due:
            make_room(media, limit)


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
