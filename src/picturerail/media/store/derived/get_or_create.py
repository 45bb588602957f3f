"""Find one derived image, or make it once: single flight over threads and processes."""

import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from picturerail.errors import NotFound, Unavailable
from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store.derived import records
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.transform.intermediates import Intermediate
from picturerail.transform.plan import Plan, Rendered

TOUCH_SECONDS = 600  # how often it is noted that a reduced copy is in use
TRUSTED_SECONDS = 10  # how long a reduced copy that was whole is used without reading it first
_TRIES = 3  # a copy that is evicted as soon as it is made is made again so often


def get_or_create(media: Media, work: DerivedSpec) -> Derived:
    """The derived image, from the store or made now. NotFound when the asset has gone meanwhile."""
    return media.flights.join(work.key, lambda: _get_or_create(media, work), _patience(media))


def keep_intermediate(media: Media, asset: Asset, copy: Intermediate, made: Path) -> None:
    """Store a reduced copy of an asset that lies in a file, which is used up."""
    work = DerivedSpec.of_copy(asset, copy)
    kept = Derived(work.key, work.plan.encoding.format, work.plan.width, work.plan.height, *_read(made))
    _store(media, work, kept, made)
    media.copies.keep(work.key, _KnownCopy(kept))


def _get_or_create(media: Media, work: DerivedSpec) -> Derived:
    """Alone in this process; the lock keeps other processes out, and is not held while a copy is made."""
    below = work.below
    for _ in range(_TRIES):
        with media.locks.hold(work.key, _patience(media)):
            if (found := records.find(media, work.key)) is not None:
                return found
            copy = _stored_copy(media, below.key) if below else None
            if below is None or copy is not None:
                return _make(media, work, copy)
        media.copies.keep(below.key, _KnownCopy(get_or_create(media, below)))
    raise Unavailable("The derived picture cannot be made now. Try again shortly.", retry_after=2)


def _stored_copy(media: Media, key: str) -> Derived | None:
    """A reduced copy that is there: mostly known from before, without a question to the database."""
    known: _KnownCopy | None = media.copies.get(key)
    if known is not None and known.holds(media):
        return known.derived
    media.copies.drop(key)
    if (found := records.find(media, key)) is not None:
        media.copies.keep(key, _KnownCopy(found))
        records.touch(media.database, key)
    return found


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


def _make(media: Media, work: DerivedSpec, copy: Derived | None) -> Derived:
    original, image_format = work.asset.original, work.plan.encoding.format
    target = media.spool / f"{uuid.uuid4().hex}.{image_format}"
    try:
        with media.derived.local(copy.key) if copy else media.originals.local(original) as source:
            rendered = _render(media, source, work.plan, target)
        derived = Derived(work.key, rendered.format, rendered.width, rendered.height, *_read(target))
        _store(media, work, derived, target)
    finally:
        target.unlink(missing_ok=True)
    return derived


def _store(media: Media, work: DerivedSpec, derived: Derived, made: Path) -> None:
    media.derived.put(work.key, made)
    records.record(media, work, derived)
    media.evictor.stored(derived.bytes)


def _read(path: Path) -> tuple[int, int, str]:
    """Length, CRC-32 and SHA-256 of a file."""
    with path.open("rb") as file:
        length, checksum = records.checked(file)
        file.seek(0)
        return length, checksum, hashlib.file_digest(file, "sha256").hexdigest()


def _patience(media: Media) -> float:
    return media.settings.image_seconds * 2


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
            records.touch(media.database, self.derived.key)
        if now > self.checked + TRUSTED_SECONDS:
            self.checked = now
            return records.is_whole(media, self.derived)
        with suppress(NotFound):
            media.derived.open(self.derived.key).close()
            return True
        return False
