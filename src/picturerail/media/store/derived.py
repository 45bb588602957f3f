"""Find one derived image, or make it once: single flight over threads and processes, checked when it is read."""

import hashlib
import json
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Self

from pymongo import WriteConcern

from picturerail.database import Database, Document
from picturerail.errors import NotFound, PicturerailError, Unavailable
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.storage import keys
from picturerail.transform import reduced
from picturerail.transform.plan import Plan, Rendered
from picturerail.transform.probe import SourceInfo
from picturerail.transform.reduced import Copy

BLOCK = 256 * 1024
_STORED = ("format", "width", "height", "bytes", "checksum", "sha256")
TOUCH_SECONDS = 600  # how often it is noted that a reduced copy is in use
TRUSTED_SECONDS = 10  # how long a reduced copy that was whole is used without reading it first
_TRIES = 3  # a copy that is evicted as soon as it is made is made again so often
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


@dataclass(frozen=True)
class Work:
    """What is to be made of an asset: the plan as it is worked, on a reduced copy where that will do, and its key."""

    asset: Document
    plan: Plan
    transformation: str  # as it is listed
    key: str
    copy: Copy | None = None  # the reduced copy that it makes: nobody asked for one, so none is listed

    @classmethod
    def of(cls, asset: Document, plan: Plan, transformation: str) -> Self:
        """The work that makes `plan` of an asset."""
        plan = reduced.on_copy(plan, source_of(asset))
        identity = json.dumps([_REVISION, plan.to_json()], sort_keys=True)
        return cls(
            asset, plan, transformation, keys.derived(asset["original"], identity, plan.encoding.format)
        )

    @classmethod
    def of_copy(cls, asset: Document, copy: Copy) -> Self:
        """The work that makes a reduced copy of an asset."""
        work = cls.of(asset, reduced.plan_copy(copy, source_of(asset)), copy.transformation)
        return replace(work, copy=copy)

    @property
    def below(self) -> Self | None:
        """The work that makes the reduced copy on which this one is done; None for the original."""
        copy = reduced.copy_under(self.plan)
        return None if copy is None else self.of_copy(self.asset, copy)


def source_of(asset: Document) -> SourceInfo:
    """The header of a picture, as it was when it was uploaded."""
    return SourceInfo.from_json(asset["facts"]["info"])


def etag_of(key: str) -> str:
    """The entity tag of a derived image, known before it is made."""
    return f'"{key.rpartition("/")[2].partition(".")[0]}"'


def find_or_make(media: Media, work: Work) -> Derived:
    """The derived image, from the store or made now. NotFound when the asset has gone meanwhile."""
    return media.flights.join(work.key, lambda: _find_or_make(media, work), _patience(media))


def keep_copy(media: Media, asset: Document, copy: Copy, made: Path) -> None:
    """Store a reduced copy of an asset that lies in a file, which is used up."""
    work = Work.of_copy(asset, copy)
    kept = Derived(work.key, work.plan.encoding.format, work.plan.width, work.plan.height, *_read(made))
    _store(media, work, kept, made)
    media.copies.keep(work.key, _KnownCopy(kept))


def _find_or_make(media: Media, work: Work) -> Derived:
    """Alone in this process; the lock keeps other processes out, and is not held while a copy is made."""
    below = work.below
    for _ in range(_TRIES):
        with media.locks.hold(work.key, _patience(media)):
            if (found := _find(media, work.key)) is not None:
                return found
            copy = _stored_copy(media, below.key) if below else None
            if below is None or copy is not None:
                return _make(media, work, copy)
        media.copies.keep(below.key, _KnownCopy(find_or_make(media, below)))
    raise Unavailable("The derived picture cannot be made now. Try again shortly.", retry_after=2)


def _stored_copy(media: Media, key: str) -> Derived | None:
    """A reduced copy that is there: mostly known from before, without a question to the database."""
    known: _KnownCopy | None = media.copies.get(key)
    if known is not None and known.holds(media):
        return known.derived
    media.copies.drop(key)
    if (found := _find(media, key)) is not None:
        media.copies.keep(key, _KnownCopy(found))
        touch(media.database, key)
    return found


@dataclass
class _KnownCopy:
    """A copy that was whole when it was last read; read again now and then, and noted as in use."""

    derived: Derived
    checked: float = field(default_factory=time.monotonic)
    touched: float = field(default_factory=time.monotonic)

    def holds(self, media: Media) -> bool:
        """Whether the copy is still there, and whole as far as was looked lately."""
        now = time.monotonic()
        if now > self.touched + TOUCH_SECONDS:
            self.touched = now
            touch(media.database, self.derived.key)
        if now > self.checked + TRUSTED_SECONDS:
            self.checked = now
            return _is_whole(media, self.derived)
        with suppress(NotFound):
            media.derived.open(self.derived.key).close()
            return True
        return False


def _patience(media: Media) -> float:
    return media.settings.image_seconds * 2


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


def _find(media: Media, key: str) -> Derived | None:
    record = media.database["derived"].find_one({"_id": key})
    if record is None:
        return None
    derived = Derived(key, *(record[name] for name in _STORED))
    return derived if _is_whole(media, derived) else None


def _is_whole(media: Media, derived: Derived) -> bool:
    if (file := open_checked(media, derived)) is None:
        return False
    file.close()
    return True


def _make(media: Media, work: Work, copy: Derived | None) -> Derived:
    original, image_format = work.asset["original"], work.plan.encoding.format
    target = media.spool / f"{uuid.uuid4().hex}.{image_format}"
    try:
        with media.derived.local(copy.key) if copy else media.originals.local(original) as source:
            rendered = _render(media, source, work.plan, target)
        derived = Derived(work.key, rendered.format, rendered.width, rendered.height, *_read(target))
        _store(media, work, derived, target)
    finally:
        target.unlink(missing_ok=True)
    return derived


def _store(media: Media, work: Work, derived: Derived, made: Path) -> None:
    media.derived.put(work.key, made)
    _record(media, work, derived)
    media.evictor.stored(derived.bytes)


def _record(media: Media, work: Work, derived: Derived) -> None:
    """Write the record after the bytes; take both away again when the asset went while we worked.

    The journal is not waited for: a record that a crash forgets is a picture that is made again.
    """
    at, layers = assets.now(), work.plan.sources
    record = {
        "id": keys.hash_of(derived.key)[:32],
        "asset_id": work.asset["asset_id"],
        "original": work.asset["original"],
        **({"layers": layers} if layers else {}),
        **({"copy": True} if work.copy else {}),
        "transformation": work.transformation,
        **{name: getattr(derived, name) for name in _STORED},
        "created_at": at,
        "used_at": at,
    }
    # Only the record tells that a picture shows layers, and must go with them: that one is waited for.
    concern = None if layers else WriteConcern(w=1, j=False)
    records = media.database.get_collection("derived", write_concern=concern)
    records.replace_one({"_id": derived.key}, record, upsert=True)
    for original in (work.asset["original"], *layers):
        if assets.owns(media.database, original):
            continue
        forget(media, original)
        raise NotFound("Resource not found - it was deleted or replaced just now.")


def _read(path: Path) -> tuple[int, int, str]:
    """Length, CRC-32 and SHA-256 of a file."""
    with path.open("rb") as file:
        length, checksum = checked(file)
        file.seek(0)
        return length, checksum, hashlib.file_digest(file, "sha256").hexdigest()


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
