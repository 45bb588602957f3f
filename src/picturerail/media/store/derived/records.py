"""The records of derived images, and the bytes that they speak for: checked whenever they are read."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from pymongo import WriteConcern

from picturerail import clock
from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.storage import keys

BLOCK = 256 * 1024
UNJOURNALED = WriteConcern(w=1, j=False)
_STORED = ("format", "width", "height", "bytes", "checksum", "sha256")


@dataclass(frozen=True)
class Derived:
    """A derived image that is stored: where, how long, the CRC-32 that its bytes must have, and their SHA-256."""

    key: str
    format: str
    width: int
    height: int
    bytes: int
    checksum: int
    sha256: str
    is_new: bool = False  # made a moment ago, so that its bytes need not be read to know that they are whole


def find(media: Media, key: str) -> Derived | None:
    """The derived image of this key, when it is there and whole: for a new one, the database is not asked."""
    if not media.derived.may_hold(key):
        return None
    record = media.database["derived"].find_one({"_id": key})
    if record is None:
        return None
    derived = Derived(key, *(record[name] for name in _STORED))
    return derived if is_whole(media, derived) else None


def is_whole(media: Media, derived: Derived) -> bool:
    """Whether the bytes are there and undamaged; their record goes when they are not."""
    if (file := open_checked(media, derived)) is None:
        return False
    file.close()
    return True


def open_checked(media: Media, derived: Derived) -> BinaryIO | None:
    """The bytes of a derived image; None when they are missing or damaged, and then they are forgotten."""
    with suppress(NotFound):
        file = media.derived.open(derived.key)
        if derived.is_new or checked(file) == (derived.bytes, derived.checksum):
            file.seek(0)
            return file
        file.close()
    media.database["derived"].delete_one({"_id": derived.key})
    return None


def checked(file: BinaryIO, also: Callable[[bytes], object] | None = None) -> tuple[int, int]:
    """Length and CRC-32 of an open file: what tells damage, and costs little each time. `also` gets what is read."""
    checksum, length = 0, 0
    while block := file.read(BLOCK):
        checksum = zlib.crc32(block, checksum)
        length += len(block)
        if also is not None:
            also(block)
    return length, checksum


def record(media: Media, work: DerivedSpec, derived: Derived) -> None:
    """Write the record after the bytes; take both away again when the asset went while we worked.

    The journal is not waited for: a record that a crash forgets is a picture that is made again.
    """
    at, layers = datetime.fromtimestamp(media.clock(), UTC), work.layers
    written = {
        "id": keys.hash_of(derived.key)[:32],
        "asset_id": work.asset.asset_id,
        "original": work.asset.original,
        **({"layers": layers} if layers else {}),
        **({"copy": True} if work.copy else {}),
        "transformation": work.transformation,
        **{name: getattr(derived, name) for name in _STORED},
        "created_at": at,
        "used_at": at,
    }
    # Only the record tells that a picture shows layers, and must go with them: that one is waited for.
    concern = None if layers else UNJOURNALED
    records = media.database.get_collection("derived", write_concern=concern)
    records.replace_one({"_id": derived.key}, written, upsert=True)
    if not assets.is_at(media.database, work.asset):
        media.database["derived"].delete_one({"_id": derived.key})
        media.derived.delete(derived.key)
        raise NotFound("Resource not found - it was renamed, deleted or replaced just now.")
    for original in layers:
        if assets.owns(media.database, original):
            continue
        forget(media, original)
        raise NotFound("Resource not found - it was deleted or replaced just now.")


def touch(db: Database, key: str) -> None:
    """Note that a derived image is in use; told without waiting for an acknowledgement."""
    unacknowledged = db.get_collection("derived", write_concern=WriteConcern(w=0))
    unacknowledged.update_one({"_id": key}, {"$set": {"used_at": clock.now()}})


def forget(media: Media, original: str) -> int:
    """Remove all derived images that show an original; how many. No stale answer can be given: the file is gone."""
    shown_elsewhere = [
        record["_id"] for record in media.database["derived"].find({"layers": original}, {"_id": 1})
    ]
    query = {"$or": [{"original": original}, {"_id": {"$in": shown_elsewhere}}]}
    count = media.database["derived"].delete_many(query).deleted_count
    for key in (original, *shown_elsewhere):
        media.derived.delete(key)
    return count
