"""Upload mappings: an asset that is missing in a mapped folder is fetched from the mapping's address, and stays.

The asset's public_id is the whole path as it was asked for, its extension included. One fetch at a time for each;
what fails is not tried again for ten seconds.
"""

from urllib.parse import quote

from picturerail.database import Database
from picturerail.errors import PicturerailError
from picturerail.media.asset import Asset, Identity
from picturerail.media.remote_assets.fetch_type import awaiting
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import intermediates
from picturerail.media.store.folder_paths import with_parents
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.store.naming import checked, original_filename

WAIT_SECONDS = 5.0


def find_by_mapping(media: Media, identity: Identity) -> Asset | None:
    """The asset, fetched now if a mapping leads to it; None without a mapping. Errors of the fetch are 4xx or 503."""
    url = _address(media.database, identity)
    if not url:
        return None
    name = f"mapped {identity.resource_type} {identity.public_id}"
    _raise_failure(media, name)
    with awaiting(media), media.locks.hold(name, WAIT_SECONDS):
        kept = assets.find(media.database, identity)  # somebody else may have tried meanwhile
        _raise_failure(media, name)
        try:
            return kept or _fetch(media, identity, url)
        except PicturerailError as error:
            media.failures.remember(name, error, media.clock())
            raise


def _raise_failure(media: Media, name: str) -> None:
    if (failure := media.failures.get(name)) and failure.is_recent(media.clock()):
        raise failure.error


def _address(db: Database, identity: Identity) -> str:
    """Where the asset would come from: by the mapping of the innermost folder that has one."""
    folder = identity.public_id.rpartition("/")[0]
    if identity.type != "upload" or not folder:
        return ""
    mappings = list(db["upload_mappings"].find({"folder": {"$in": list(with_parents(folder))}}))
    if not mappings:
        return ""
    mapping = max(mappings, key=lambda each: len(each["folder"]))
    return str(mapping["template"]) + quote(identity.public_id[len(mapping["folder"]) + 1 :])


def _fetch(media: Media, identity: Identity, url: str) -> Asset:
    checked(identity.public_id)
    got = media.fetcher.get(url)
    assert got.file is not None  # noqa: S101 - only a conditional fetch has no file
    try:
        _, facts = inspect(media, got.file, identity.resource_type)
        name = original_filename(identity.public_id) or "file"
        wish = UploadOptions(identity.resource_type, identity.type, identity.public_id, name, overwrite=False)
        return ingest(media, got.file, facts, wish).asset
    finally:
        intermediates.discard(got.file.path)
