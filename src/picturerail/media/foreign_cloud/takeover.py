"""One asset of another cloud becomes one of ours: bytes that are not here, version, all that is said of it."""

from dataclasses import dataclass, replace
from typing import Literal

from picturerail.database import Document
from picturerail.errors import PicturerailError, Unavailable
from picturerail.media import cdn
from picturerail.media.asset import Asset
from picturerail.media.foreign_cloud import takeover_log
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.foreign_asset import ForeignAsset
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import intermediates, records
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.store.naming import checked
from picturerail.media.store.versions import keep_version
from picturerail.spool import Spooled

Outcome = Literal["taken", "skipped", "failed"]
LEFT = "was deleted or renamed here (--again takes it)"
# what `taken` says of an asset that came on its first request: nothing is known but its bytes
LAZILY = "lazily"


@dataclass(frozen=True)
class Takeover:
    """What became of one asset, and why; its name is told as resource_type/type/public_id."""

    name: str
    outcome: Outcome
    why: str = ""


def take(media: Media, cloud: ForeignCloud, told: ForeignAsset, *, again: bool = False) -> Takeover:
    """Take an asset over, unless it is here as it is there, or newer, or was here and went. May be repeated.

    With `again` also what was deleted or renamed here. A name is noted only when its asset is here, so that a run that
    was killed loses nothing.
    """
    here, of = assets.find(media.database, told.identity), cloud.address.cloud_name
    why = told.obstacle or _satisfied(here, told)
    if not why and here is None and not again and takeover_log.has(media.database, of, told.name):
        why = LEFT
    if why:
        if here is not None:
            takeover_log.note(media.database, of, told.name)
        return Takeover(told.name, "skipped", why)
    try:
        checked(told.identity.public_id)
        asset = here if here is not None and here.etag == told.etag else fetch(media, cloud, told)
        if asset is here or (asset.version != told.version and _came_lazily(here)):
            describe(media, asset, told)
    except PicturerailError as error:
        return Takeover(told.name, "failed", error.message)
    takeover_log.note(media.database, of, told.name)
    return Takeover(told.name, "taken")


def fetch(media: Media, cloud: ForeignCloud, told: ForeignAsset) -> Asset:
    """The asset with its bytes, which are those that the other cloud promised."""
    file = cloud.download(told.identity, told.format if told.identity.resource_type == "image" else "")
    try:
        if told.etag and told.etag != file.md5:
            raise Unavailable(f"Its bytes are not those of the etag {told.etag}. Try again.")
        return _stored(media, file, told)
    finally:
        intermediates.discard(file.path)


def describe(media: Media, here: Asset, told: ForeignAsset) -> None:
    """Set all that is said of an asset whose bytes are here; what edges and caches hold of it is forgotten."""
    fields: Document = told.fields() | {"version": keep_version(media.database, told.identity, told.version)}
    cdn.announce(media.database, media.settings, told.identity, soft=False)
    assets.modify(media.database, here, lambda _: fields)
    cdn.purge(media.database, media.settings, told.identity, soft=False)
    records.forget(media, here.original)


def lazily(options: UploadOptions) -> UploadOptions:
    """The options of an asset that comes on its first request: the import of its account says the rest of it."""
    return replace(options, overwrite=False, attributes={"taken": LAZILY})


def _came_lazily(here: Asset | None) -> bool:
    """Whether its version is of the moment when it came, which may be later than the one that it has there."""
    return here is not None and here.document.get("taken") == LAZILY


def _satisfied(here: Asset | None, told: ForeignAsset) -> str:
    if here is None:
        return ""
    taken = here.document.get("taken")
    if taken == told.digest:
        return "is here already"
    if taken is None and here.version > told.version and here.etag != told.etag:
        return "is newer here"
    return ""


def _stored(media: Media, file: Spooled, told: ForeignAsset) -> Asset:
    _, facts = inspect(media, file, told.identity.resource_type)
    fields = told.fields()
    if told.asset_id and assets.find_by_asset_id(media.database, told.asset_id) is None:
        fields["asset_id"] = told.asset_id
    name = told.identity.public_id.rpartition("/")[2]
    wish = UploadOptions(told.identity.resource_type, told.identity.type, told.identity.public_id, name)
    options = replace(wish, attributes=fields, format=told.format, version=told.version)
    return ingest(media, file, facts, options).asset
