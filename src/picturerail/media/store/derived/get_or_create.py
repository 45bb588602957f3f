"""Find one derived image, or make it once: single flight over threads and processes."""

import hashlib
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path

from picturerail import metrics
from picturerail.errors import NotFound, Vanished
from picturerail.media.asset import Asset
from picturerail.media.scheduler import DEAR, RenderJob
from picturerail.media.service import Media
from picturerail.media.store.derived import records
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.transform.cost import estimate
from picturerail.transform.intermediates import Intermediate
from picturerail.transform.plan import Plan, Rendered
from picturerail.transform.workers import Cancellation, OverLimits
from picturerail.visitors import CURRENT, OURSELVES

TOUCH_SECONDS = 600  # how often it is noted that a reduced copy is in use
TRUSTED_SECONDS = 10  # how long a reduced copy that was whole is used without reading it first
_price = lru_cache(2000)(estimate)
_SOON = 0.3  # CPU seconds; what takes no more is made to its end, whoever waits
_LEAST_SECONDS, _OVERRUN = 3.0, 8  # a cheap picture may take so long, and so much more than its price
_ROOM = 8 * 1024 * 1024  # bytes that a picture may need on the disk


def get_or_create(media: Media, work: DerivedSpec, *, preferred: bool = False) -> Derived:
    """The derived image, from the store or made now: before others when `preferred`.

    NotFound when the asset has gone meanwhile, Vanished when the reduced copy has that it was to be made of.
    """
    if (found := records.find(media, work.key)) is not None:
        return found
    return _joined(media, work, preferred=preferred)


def _joined(media: Media, work: DerivedSpec, *, preferred: bool) -> Derived:
    """Made by whoever comes first, over threads and processes. No lock is held while a reduced copy is made."""
    below = work.below
    copy = None if below is None else _intermediate(media, below, preferred=preferred)

    def find_or_make() -> Derived:
        return records.find(media, work.key) or _make(media, work, copy, preferred=preferred)

    return media.singleflight.join(work.key, find_or_make, media.settings.image_seconds * 2)


def keep_intermediate(media: Media, asset: Asset, copy: Intermediate, made: Path) -> None:
    """Store a reduced copy of an asset that lies in a file, which is used up."""
    work = DerivedSpec.of_copy(asset, copy)
    kept = Derived(work.key, work.plan.encoding.format, work.plan.width, work.plan.height, *_read(made))
    _store(media, work, kept, made)
    media.intermediates.keep(work.key, _KnownCopy(kept))


def _intermediate(media: Media, work: DerivedSpec, *, preferred: bool) -> Derived:
    """A reduced copy: one that is stored, or made now."""
    if (stored := _stored_copy(media, work.key)) is not None:
        return stored
    made = _joined(media, work, preferred=preferred)
    media.intermediates.keep(work.key, _KnownCopy(replace(made, is_new=False)))
    return made


def _stored_copy(media: Media, key: str) -> Derived | None:
    """A reduced copy that is there: mostly known from before, without a question to the database."""
    known: _KnownCopy | None = media.intermediates.get(key)
    if known is not None and known.holds(media):
        return known.derived
    media.intermediates.drop(key)
    if (found := records.find(media, key)) is not None:
        media.intermediates.keep(key, _KnownCopy(found))
        records.touch(media.database, key)
    return found


@dataclass(frozen=True)
class _Files:
    """What a picture is made of, and where it is put."""

    source: Path
    target: Path
    layers: Mapping[str, Path]


def render(media: Media, asset: Asset, plan: Plan, target: Path) -> Rendered:
    """Write what `plan` makes of an original to `target`, for ourselves."""
    spec = DerivedSpec.of(asset, plan, "")
    with media.originals.local(asset.original) as source, local_layers(media, plan.sources) as layers:
        return _rendered(media, replace(spec, plan=plan), _Files(source, target, layers), preferred=True)


@contextmanager
def local_layers(media: Media, originals: Iterable[str]) -> Iterator[dict[str, Path]]:
    """Files of the originals that a plan puts over the picture: its `sources`."""
    with ExitStack() as stack:
        yield {original: stack.enter_context(media.originals.local(original)) for original in originals}


def _make(media: Media, work: DerivedSpec, copy: Derived | None, *, preferred: bool) -> Derived:
    image_format = work.plan.encoding.format
    target = media.spool / f"{uuid.uuid4().hex}.{image_format}"
    media.evictor.make_room(_ROOM)
    try:
        with _source(media, work, copy) as source, local_layers(media, work.layers) as layers:
            rendered = _rendered(media, work, _Files(source, target, layers), preferred=preferred)
        derived = Derived(
            work.key, rendered.format, rendered.width, rendered.height, *_read(target), is_new=True
        )
        _store(media, work, derived, target)
    finally:
        target.unlink(missing_ok=True)
    return derived


@contextmanager
def _source(media: Media, work: DerivedSpec, copy: Derived | None) -> Iterator[Path]:
    """The file that a picture is made of: the original, or a reduced copy of it."""
    with ExitStack() as stack:
        try:
            store, key = (media.derived, copy.key) if copy else (media.originals, work.asset.original)
            path = stack.enter_context(store.local(key))
        except NotFound:
            if copy is None:
                raise
            raise Vanished("The picture cannot be made now. Try again shortly.", retry_after=2) from None
        yield path


def _rendered(media: Media, work: DerivedSpec, files: _Files, *, preferred: bool) -> Rendered:
    """Make a picture at its price; one that takes far longer than its price is dear, and is made as such."""
    visitor, asset = CURRENT.get(), work.asset.asset_id
    job = RenderJob(visitor, asset, _price(work.plan), preferred=preferred or visitor is OURSELVES)
    try:
        return _in_turn(media, job, work.plan, files)
    except OverLimits:
        if job.is_dear:
            raise
    return _in_turn(media, replace(job, cost=DEAR), work.plan, files)


def _in_turn(media: Media, job: RenderJob, plan: Plan, files: _Files) -> Rendered:
    """Make a picture when its turn has come, and while somebody waits for it, unless it is nearly made."""
    cancellation = Cancellation()
    stop = cancellation.cancel if job.cost > _SOON else _go_on
    seconds = media.settings.image_seconds if job.is_dear else _LEAST_SECONDS + _OVERRUN * job.cost
    render_within = partial(
        media.images.render, seconds=seconds, is_dear=job.is_dear, cancellation=cancellation
    )
    with metrics.RENDER_SECONDS.time(), media.scheduler.turn(job), job.visitor.when_gone(stop):
        return render_within(files.source, plan, files.target, media.limits, files.layers)


def _go_on() -> None:
    """The next visitor has use for it."""


def _store(media: Media, work: DerivedSpec, derived: Derived, made: Path) -> None:
    media.derived.put(work.key, made)
    records.record(media, work, derived)
    media.evictor.stored(derived.bytes)


def _read(path: Path) -> tuple[int, int, str]:
    """Length, CRC-32 and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        length, checksum = records.checked(file, digest.update)
    return length, checksum, digest.hexdigest()


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
