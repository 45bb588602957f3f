"""Find one derived image, or make it once: single flight over threads and processes, checked when it is read."""

import json
import uuid
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pymongo import WriteConcern

from picturerail.database import Database, Document
from picturerail.errors import NotFound, PicturerailError
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.wire.spool import hash_file
from picturerail.storage import keys
from picturerail.transform import reduced
from picturerail.transform.plan import Plan, Rendered

BLOCK = 256 * 1024
_STORED = ("format", "width", "height", "bytes", "checksum", "sha256")
_REVISION = 2  # raised when the same plan gives other bytes than before


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


def key_of(original: str, plan: Plan) -> str:
    """The key of what `plan` makes of an original, or of its reduced copy where that will do."""
    plan = reduced.on_copy(plan)
    identity = json.dumps([_REVISION, plan.to_json()], sort_keys=True)
    return keys.derived(original, identity, plan.encoding.format)


def etag_of(key: str) -> str:
    """The entity tag of a derived image, known before it is made."""
    return f'"{key.rpartition("/")[2].partition(".")[0]}"'


def find_or_make(media: Media, asset: Document, plan: Plan, transformation: str) -> Derived:
    """The derived image, from the store or made now. NotFound when the asset has gone meanwhile."""
    key, patience = key_of(asset["original"], plan), media.settings.image_seconds * 2

    def alone() -> Derived:
        if (found := _find(media, key)) is not None:
            return found
        copy = _copy(media, asset, plan)  # before our own lock is held: two keys may share one
        with media.locks.hold(key, patience):
            return _find(media, key) or _make(media, asset, reduced.on_copy(plan), transformation, copy)

    return media.flights.join(key, alone, patience)


def _copy(media: Media, asset: Document, plan: Plan) -> Derived | None:
    """The reduced copy, when the plan is worked on it; None when the original is needed."""
    if not reduced.on_copy(plan).opening.reduced:
        return None
    copy = find_or_make(media, asset, reduced.plan_copy(plan.opening), reduced.TRANSFORMATION)
    touch(media.database, copy.key)
    return copy


def open_checked(media: Media, derived: Derived) -> BinaryIO | None:
    """The bytes of a derived image; None when they are missing or damaged, and then they are forgotten."""
    with suppress(NotFound):
        file = media.derived.open(derived.key)
        if checked(file) == (derived.bytes, derived.checksum):
            file.seek(0)
            return file
        file.close()
    media.database["derived"].delete_one({"_id": derived.key})
    return None


def checked(file: BinaryIO) -> tuple[int, int]:
    """Length and CRC-32 of an open file: what tells damage, and costs little each time."""
    checksum, length = 0, 0
    while block := file.read(BLOCK):
        checksum = zlib.crc32(block, checksum)
        length += len(block)
    return length, checksum


def render(media: Media, original: str, plan: Plan, target: Path) -> Rendered:
    """Write what `plan` makes of an original to `target`."""
    with media.originals.local(original) as source:
        return _render(media, source, plan, target)


def _render(media: Media, source: Path, plan: Plan, target: Path) -> Rendered:
    with local_layers(media, plan) as layers:
        return media.images.render(source, plan, target, media.limits, layers)


@contextmanager
def local_layers(media: Media, plan: Plan) -> Iterator[dict[str, Path]]:
    """Files of the originals that a plan puts over the picture."""
    with ExitStack() as stack:
        yield {original: stack.enter_context(media.originals.local(original)) for original in plan.sources}


def touch(db: Database, key: str) -> None:
    """Note that a derived image is in use; told without waiting for an acknowledgement."""
    unacknowledged = db.get_collection("derived", write_concern=WriteConcern(w=0))
    unacknowledged.update_one({"_id": key}, {"$set": {"used_at": assets.now()}})


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


def of_asset(db: Database, asset: Document) -> list[Document]:
    """The records of the derived images of an asset, oldest first."""
    return list(db["derived"].find({"original": asset["original"]}).sort("created_at", 1))


def _find(media: Media, key: str) -> Derived | None:
    record = media.database["derived"].find_one({"_id": key})
    if record is None:
        return None
    derived = Derived(key, *(record[name] for name in _STORED))
    file = open_checked(media, derived)
    if file is None:
        return None
    file.close()
    return derived


def _make(media: Media, asset: Document, plan: Plan, transformation: str, copy: Derived | None) -> Derived:
    key, target = key_of(asset["original"], plan), media.spool / f"{uuid.uuid4().hex}.{plan.encoding.format}"
    stored = media.derived.local(copy.key) if copy else media.originals.local(asset["original"])
    try:
        with stored as source:
            rendered = _render(media, source, plan, target)
        written = _read(target)
        derived = Derived(key, rendered.format, rendered.width, rendered.height, *written)
        media.derived.put(key, target)
    finally:
        target.unlink(missing_ok=True)
    _record(media, asset, derived, transformation, plan)
    media.evictor.stored(derived.bytes)
    return derived


def _record(media: Media, asset: Document, derived: Derived, transformation: str, plan: Plan) -> None:
    """Write the record after the bytes; take both away again when the asset went while we worked."""
    at = assets.now()
    record = {
        "id": keys.hash_of(derived.key)[:32],
        "asset_id": asset["asset_id"],
        "original": asset["original"],
        **({"layers": plan.sources} if plan.sources else {}),
        "transformation": transformation,
        **{name: getattr(derived, name) for name in _STORED},
        "created_at": at,
        "used_at": at,
    }
    media.database["derived"].replace_one({"_id": derived.key}, record, upsert=True)
    for original in (asset["original"], *plan.sources):
        if assets.owns(media.database, original):
            continue
        forget(media, original)
        raise NotFound("Resource not found - it was deleted or replaced just now.")


def _read(path: Path) -> tuple[int, int, str]:
    """Length, CRC-32 and SHA-256 of a file."""
    with path.open("rb") as file:
        length, checksum = checked(file)
    return length, checksum, hash_file(path).sha256


class Failures:
    """What failed a short while ago, so that a picture which kills workers does not kill one for each request."""

    def __init__(self, seconds: float = 10, most: int = 1000) -> None:
        """Remember each failure for `seconds`, and no more than `most` of them."""
        self._seconds, self._most = seconds, most
        self._seen: dict[str, tuple[float, PicturerailError]] = {}

    def remember(self, key: str, error: PicturerailError, now: float) -> None:
        """Keep the failure of `key`."""
        if len(self._seen) >= self._most:
            self._seen.clear()
        self._seen[key] = (now + self._seconds, error)

    def recent(self, key: str, now: float) -> PicturerailError | None:
        """The failure of `key`, while it is recent."""
        until, error = self._seen.get(key, (0.0, None))
        return error if until > now else None
