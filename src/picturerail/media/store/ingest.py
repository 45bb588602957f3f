"""From a spooled file to an asset: look at it, store its bytes, then its document; clear what it replaced."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from picturerail import clock, metrics
from picturerail.database import Document
from picturerail.errors import BadRequest, FileTooLarge, TooLarge, UnsupportedMedia
from picturerail.media.asset import Asset, Identity, restricts
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.deletion import discard, prepare_replacing, retire
from picturerail.media.store.derived import inheritance, intermediates
from picturerail.spool import Spooled
from picturerail.storage import keys
from picturerail.transform.probe import Facts

FORMATS_OF_RAW = 20  # longest extension that is shown as the format of a raw file
_DEFAULTS: Document = {"tags": [], "context": {}, "metadata": {}, "access_mode": "public"}


@dataclass(frozen=True)
class UploadOptions:
    """What the uploader asks for, beside the bytes."""

    resource_type: str
    type: str
    public_id: str
    original_filename: str
    overwrite: bool = True
    backup: bool = False
    attributes: Document = field(default_factory=dict)
    allowed_formats: tuple[str, ...] = ()
    format: str = ""  # of what is no picture that we can read
    version: int = 0  # that it had in another cloud

    @property
    def identity(self) -> Identity:
        """Its name."""
        return Identity(self.resource_type, self.type, self.public_id)


@dataclass(frozen=True)
class Ingested:
    """The asset; whether it was there before and was left as it is, or took the place of another."""

    asset: Asset
    existing: bool = False
    overwritten: bool = False


def inspect(
    media: Media, file: Spooled, resource_type: str, *, bulk: bool = False
) -> tuple[str, Facts | None]:
    """What a file is: its resource type, `auto` decided, and the facts of a picture.

    Reduced copies of a large picture lie beside the file from then on: `ingest` keeps them, `copies.discard` removes
    them with the file. For one of a `bulk` they are made when they are wanted: nobody looks at thousands at once.
    """
    if resource_type == "raw":
        return "raw", None
    try:
        return "image", media.images.probe(file.path, media.limits, copies=not bulk, quick=bulk)
    except UnsupportedMedia as error:
        if resource_type == "auto":
            return "raw", None
        raise BadRequest(f"Invalid image file: {error.message}") from error
    except TooLarge as error:
        raise FileTooLarge(error.message) from error


def ingest(media: Media, file: Spooled, facts: Facts | None, wish: UploadOptions) -> Ingested:
    """Store a file as an asset. A crash on the way leaves at worst bytes without a document."""
    media.evictor.make_room(file.bytes)
    identity = wish.identity
    if not wish.overwrite and (there := assets.find(media.database, identity)) is not None:
        return Ingested(there, existing=True)
    fields = _fields(file, facts, wish)
    media.originals.put(fields["original"], file.path)
    asset, before = _save(media, identity, fields, wish.version, overwrite=wish.overwrite)
    if asset.original != fields["original"]:
        discard(media, fields["original"])
        return Ingested(asset, existing=True)
    metrics.UPLOAD_BYTES.inc(file.bytes)
    intermediates.keep(media, asset, file.path)
    if before is not None:
        inheritance.inherit(media, before, asset)
        retire(media, before, replaced=not asset.is_restricted)
    return Ingested(asset, overwritten=before is not None)


def ingest_all(media: Media, arrived: Sequence[tuple[Spooled, Facts, UploadOptions]]) -> list[Asset | None]:
    """Store new files as assets by one write, as `ingest` does one; None for each whose name is taken.

    Nothing is replaced. A crash on the way leaves at worst bytes without documents.
    """
    media.evictor.make_room(sum(file.bytes for file, _, _ in arrived))
    new = [(wish.identity, _fields(file, facts, wish)) for file, facts, wish in arrived]
    for (file, _, _), (_, fields) in zip(arrived, new, strict=True):
        media.originals.put(fields["original"], file.path)
    stored = assets.insert_all(media.database, new)
    for asset, (_, fields) in zip(stored, new, strict=True):
        if asset is None:
            discard(media, fields["original"])
        else:
            metrics.UPLOAD_BYTES.inc(asset.bytes)
    return stored


def _save(
    media: Media, identity: Identity, fields: Document, version: int, *, overwrite: bool
) -> tuple[Asset, Asset | None]:
    if overwrite:
        soft = not restricts(fields.get("access_control"), fields.get("access_mode", "public"))
        return assets.save(
            media.database,
            identity,
            fields,
            lambda before: prepare_replacing(media, before, soft=soft),
            version,
        )
    return assets.insert_or_find(media.database, identity, fields), None


def _fields(file: Spooled, facts: Facts | None, wish: UploadOptions) -> dict[str, Any]:
    image_format = facts.info.format if facts else wish.public_id.rpartition(".")[2][:FORMATS_OF_RAW]
    if wish.allowed_formats and image_format not in wish.allowed_formats:
        raise BadRequest(f"Image file format {image_format} not allowed")
    return {
        "version_id": secrets.token_hex(16),
        "uploaded_at": clock.now(),
        "format": image_format if facts else wish.format or None,
        "width": facts.info.width if facts else None,
        "height": facts.info.height if facts else None,
        "bytes": file.bytes,
        "etag": file.md5,
        "sha256": file.sha256,
        "original": keys.new_original(),
        "original_filename": wish.original_filename,
        "backup": wish.backup,
        "asset_folder": wish.public_id.rpartition("/")[0],
        **_DEFAULTS,
        **wish.attributes,
        "facts": facts.to_json() if facts else None,
    }
