"""The old cloud: an asset that was never here is taken from there on its first request, and stays.

Of type upload it is taken as visitors get it there: what is closed to them stays closed. Of the other types it is
taken with all that is said of it, for that tells who may see it. One asks for all who wait.
"""

from picturerail.errors import BadRequest, NotFound, PicturerailError, StartupError, Unavailable
from picturerail.media.asset import Asset, Identity
from picturerail.media.foreign_cloud import takeover
from picturerail.media.foreign_cloud.address import old_cloud
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import RESOURCE_TYPES, TYPES, ForeignAsset
from picturerail.media.remote_assets.fetch_type import awaiting
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import intermediates
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.store.naming import checked
from picturerail.media.store.versions import was_taken
from picturerail.spool import Spooled

WAIT_SECONDS = 5.0
RETRY_SECONDS = 10


def find_in_old_cloud(media: Media, *identities: Identity) -> Asset | None:
    """The first of some assets that is there, taken over now; None when none is. Other errors are a 503 or 429."""
    if not media.settings.old_cloud:
        return None
    meant = (each for each in identities if each.type in TYPES and each.resource_type in RESOURCE_TYPES)
    return next((found for each in meant if (found := _find(media, each)) is not None), None)


def _find(media: Media, identity: Identity) -> Asset | None:
    name = f"old cloud {identity.resource_type} {identity.type} {identity.public_id}"
    try:
        _raise_failure(media, name)
        checked(identity.public_id)
        with awaiting(media), media.locks.hold(name, WAIT_SECONDS):
            kept = assets.find(media.database, identity)  # somebody else may have tried meanwhile
            _raise_failure(media, name)
            return kept or _first(media, identity, name)
    except (BadRequest, NotFound):
        return None


def _raise_failure(media: Media, name: str) -> None:
    if (failure := media.failures.get(name)) and failure.is_recent(media.clock()):
        raise failure.error


def _first(media: Media, identity: Identity, name: str) -> Asset:
    if was_taken(media.database, identity):
        raise NotFound("It was here, and was deleted or renamed.")
    try:
        return _taken(media, identity)
    except PicturerailError as error:
        media.failures.remember(name, error, media.clock())
        raise


def _taken(media: Media, identity: Identity) -> Asset:
    address = old_cloud(media.settings)
    if identity.type != "upload":
        cloud = ForeignCloud(address, media.fetcher)
        return takeover.fetch(media, cloud, _told(cloud, identity))
    file = _delivered(media, address.delivered(identity))
    try:
        _, facts = inspect(media, file, identity.resource_type)
        name = identity.public_id.rpartition("/")[2]
        options = UploadOptions(identity.resource_type, identity.type, identity.public_id, name)
        return ingest(media, file, facts, takeover.lazily(options)).asset
    finally:
        intermediates.discard(file.path)


def _told(cloud: ForeignCloud, identity: Identity) -> ForeignAsset:
    path = f"resources/{identity.resource_type}/{identity.type}/{identity.public_id}"
    try:
        return ForeignAsset.parse(cloud.call(path, {"max_results": "1"}))
    except StartupError as error:  # our keys, or the cloud itself: nothing that this visitor could change
        raise Unavailable(error.message, retry_after=RETRY_SECONDS) from error


def _delivered(media: Media, url: str) -> Spooled:
    try:
        got = media.fetcher.get(url)
    except BadRequest as error:
        raise Unavailable(error.message, retry_after=RETRY_SECONDS) from error
    assert got.file is not None  # noqa: S101 - only a conditional fetch has no file
    return got.file
