"""Delivery type fetch: a remote picture becomes an asset on its first request, and is asked for again when it ages.

One fetch at a time for each URL. What fails is not tried again for ten seconds; meanwhile what is kept is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from picturerail.errors import PicturerailError, TooManyRequests, Unavailable
from picturerail.media.asset import Asset, Identity, RemoteState
from picturerail.media.remote_assets.eviction import make_room
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import intermediates
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.store.naming import original_filename
from picturerail.outbound.client import Fetched
from picturerail.outbound.url import parse_remote

WAIT_SECONDS = 5.0  # for the one who fetches the same


def find_or_fetch(media: Media, url: str) -> Asset:
    """The asset of a remote picture. 4xx errors say why there is none."""
    identity = Identity("image", "fetch", parse_remote(url).url)
    found, kept = _known(media, identity)
    if found is not None:
        return found
    try:
        with awaiting(media), media.locks.hold(_name(identity), WAIT_SECONDS):
            found, kept = _known(media, identity)  # somebody else may have tried meanwhile
            return _fetch(media, identity, kept) if found is None else found
    except (TooManyRequests, Unavailable) as error:
        return _or_raise(kept, error)
    except PicturerailError as error:
        failure = media.failures.get(_name(identity))
        if failure is None or failure.error is not error:  # else it is that one, met again
            media.failures.remember(_name(identity), error, media.clock())
        return _or_raise(kept, error)


def _known(media: Media, identity: Identity) -> tuple[Asset | None, Asset | None]:
    """What can be answered without asking the host, and what is kept, however old. Raises a recent failure."""
    kept = assets.find(media.database, identity)
    if kept is not None and _is_fresh(media, kept):
        return kept, kept
    failure = media.failures.get(_name(identity))
    if failure is not None and failure.is_recent(media.clock()):
        return _or_raise(kept, failure.error), kept
    return None, kept


@contextmanager
def awaiting(media: Media) -> Iterator[None]:
    """Hold a thread for another host; TooManyRequests when too many do."""
    if not media.host_waits.acquire(blocking=False):
        raise TooManyRequests(
            "Too many pictures of other hosts are awaited. Try again shortly.", retry_after=1
        )
    try:
        yield
    finally:
        media.host_waits.release()


def _name(identity: Identity) -> str:
    """How a fetch is called among all work that locks and failures know."""
    return f"fetch {identity.public_id}"


def _is_fresh(media: Media, asset: Asset) -> bool:
    return media.clock() - asset.remote.checked < media.settings.fetch_fresh_seconds


def _or_raise(kept: Asset | None, error: PicturerailError) -> Asset:
    """What was shown yesterday is better than an error."""
    if kept is None:
        raise error
    return kept


def _fetch(media: Media, identity: Identity, kept: Asset | None) -> Asset:
    known = RemoteState() if kept is None else kept.remote
    got = media.fetcher.get(identity.public_id, etag=known.etag, last_modified=known.last_modified)
    asset = kept if got.file is None else _stored(media, identity, kept, got)
    if asset is None:  # "not modified", although we have nothing
        raise Unavailable("The remote server answers in circles. Try again later.", retry_after=10)
    remote = RemoteState(got.etag, got.last_modified, media.clock())
    assets.note_remote(media.database, asset, remote)
    if asset is not kept and media.fetched.is_due(asset.bytes):
        make_room(media, media.fetched.limit)
    return asset


def _stored(media: Media, identity: Identity, kept: Asset | None, got: Fetched) -> Asset:
    assert got.file is not None  # noqa: S101 - the caller looked
    try:
        if kept is not None and kept.sha256 == got.file.sha256:
            return kept
        _, facts = inspect(media, got.file, "image")
        name = original_filename(got.file.name) or "file"
        wish = UploadOptions(identity.resource_type, identity.type, identity.public_id, name)
        return ingest(media, got.file, facts, wish).asset
    finally:
        intermediates.discard(got.file.path)
