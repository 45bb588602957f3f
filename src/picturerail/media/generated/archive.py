"""/<resource_type>/generate_archive: assets, as they are or transformed, in one ZIP or tar file."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from werkzeug.wrappers import Response

from picturerail import cache_policy, signing
from picturerail.database import Document
from picturerail.errors import BadRequest, NotFound
from picturerail.media import resource
from picturerail.media.asset import Asset, Identity
from picturerail.media.derivatives.eager import make_one, split_format
from picturerail.media.formats.disposition import attachment
from picturerail.media.generated.async_calls import make_or_queue
from picturerail.media.generated.writers.archives import FORMATS, ArchiveEntry
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store import assets, naming
from picturerail.media.store.ingest import UploadOptions, ingest
from picturerail.spool import SpoolWriter, too_large

MAX_FILES = 5000
MAX_BYTES = 4 * 1024 * 1024 * 1024


def archive(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any] | Response:
    """Make the archive and keep it as a raw asset; with mode=download, send it as it is made."""
    name = call.params.text("target_public_id") or naming.random_text(naming.RANDOM_LENGTH)
    if call.params.text("mode") != "download":
        named = ("target_public_id", name)
        return make_or_queue(media, call, "generate_archive", make, resource_type, name=named)
    return _sent(media, call.params, resource_type, name)


def tagged(media: Media, call: ApiRequest, resource_type: str) -> Response:
    """The assets of a tag, as they are or transformed, in one ZIP file: what archives were before."""
    tag, transformation = call.params.text("tag"), call.params.text("transformation")
    params = Params({"tags": [tag], "transformations": [transformation] if transformation else []})
    return _sent(media, params, resource_type, tag)


def _sent(media: Media, params: Params, resource_type: str, name: str) -> Response:
    """The archive, sent as it is made."""
    ending = _format(params)
    _, entries = _found(media, params, resource_type)
    headers = {
        "Content-Disposition": attachment(name.rpartition("/")[2], ending),
        **cache_policy.header(cache_policy.NO_STORE),
    }
    return Response(FORMATS[ending].pack(entries), headers=headers, mimetype=FORMATS[ending].mimetype)


def make(media: Media, params: Params, resource_type: str) -> dict[str, Any]:
    """Make the archive and keep it."""
    found, entries = _found(media, params, resource_type)
    return _kept(media, params, entries, found, params.text("target_public_id"))


def _format(params: Params) -> str:
    asked = params.text("target_format", "zip")
    if asked not in FORMATS:
        raise BadRequest(f"Invalid target_format: use {', '.join(FORMATS)}.")
    return asked


def _found(media: Media, params: Params, resource_type: str) -> tuple[list[Asset], list[ArchiveEntry]]:
    """The assets of an archive, and its files."""
    _format(params)
    found = _chosen(media, params, resource_type)
    if not found:
        raise NotFound("No resources found for the archive.")
    if missing := _missing(params, found):
        raise NotFound(
            f"Resource not found - {missing}; with allow_missing the archive is made of the others."
        )
    texts = [text for each in params.texts("transformations") for text in each.split("|")]
    if len(found) * max(1, len(texts)) > MAX_FILES or sum(asset.bytes for asset in found) > MAX_BYTES:
        raise BadRequest(f"The archive would be too large: at most {MAX_FILES} files and {MAX_BYTES} bytes.")
    return found, list(_entries(media, params, found, texts))


def _chosen(media: Media, params: Params, resource_type: str) -> list[Asset]:
    """The assets of an archive: with any of the tags, names or prefixes."""
    conditions: list[Document] = []
    for full in params.names("fully_qualified_public_ids"):
        parts = full.split("/", 2)
        conditions.append(Identity(*parts).query() if len(parts) == 3 else {"public_id": full})
    scope: Document = {"type": params.delivery_type()}
    if resource_type not in ("all", "auto"):
        scope["resource_type"] = resource_type
    if tags := params.names("tags"):
        conditions.append({**scope, "tags": {"$in": tags}})
    if public_ids := params.names("public_ids"):
        conditions.append({**scope, "public_id": {"$in": public_ids}})
    conditions += [
        {**scope, "public_id": {"$regex": f"^{re.escape(text)}"}} for text in params.names("prefixes")
    ]
    if not conditions:
        raise BadRequest(
            "Missing required parameter - tags, public_ids, prefixes or fully_qualified_public_ids"
        )
    return assets.find_all(media.database, {"$or": conditions}, limit=MAX_FILES + 1)


def _missing(params: Params, found: list[Asset]) -> str:
    """A name that was asked for and is not there; "" when that does not matter."""
    if params.flag("allow_missing"):
        return ""
    names = {asset.public_id for asset in found}
    full = {f"{asset.resource_type}/{asset.type}/{asset.public_id}" for asset in found}
    asked = [name for name in params.names("public_ids") if name not in names]
    asked += [name for name in params.names("fully_qualified_public_ids") if name not in full | names]
    return asked[0][:255] if asked else ""


def _entries(media: Media, params: Params, found: list[Asset], texts: list[str]) -> Iterator[ArchiveEntry]:
    taken: set[str] = set()
    for asset in found:
        for text in texts or [""]:
            file = _file(media, params, asset, text)
            yield replace(file, name=_unique(file.name, taken))


def _file(media: Media, params: Params, asset: Asset, text: str) -> ArchiveEntry:
    """The original or the transformed picture, under its name in the archive."""
    folder, _, base = asset.public_id.rpartition("/")
    if params.flag("use_original_filename"):
        base = asset.original_filename or base
    ending, size = asset.format, asset.bytes
    if text and asset.facts:
        wanted = split_format(text)
        image = make_one(media, asset, wanted.text, wanted.format)
        ending, size = image.format, image.bytes
        folder = folder if params.flag("flatten_transformations") else f"{folder}/{_safe(text)}".strip("/")
        opened: Any = lambda: media.derived.open(image.key)  # noqa: E731
    else:
        opened = lambda: media.originals.open(asset.original)  # noqa: E731
    if params.flag("flatten_folders"):
        folder = "" if not text or params.flag("flatten_transformations") else _safe(text)
    extended = base if not ending or asset.resource_type == "raw" else f"{base}.{ending}"
    return ArchiveEntry("/".join(part for part in (folder, extended) if part), size, opened)


def _kept(
    media: Media, params: Params, entries: list[ArchiveEntry], found: list[Asset], name: str
) -> dict[str, Any]:
    ending = _format(params)
    with SpoolWriter(media.spool, MAX_BYTES, too_large) as writer:
        for block in FORMATS[ending].pack(entries):
            writer.write(block)
        file = writer.finish(f"{name}.{ending}")
    public_id = naming.checked(name if name.endswith(f".{ending}") else f"{name}.{ending}")
    attributes = {"tags": list(dict.fromkeys(params.names("target_tags"))), "metadata": {}, "context": {}}
    if folder := params.text("target_asset_folder"):
        attributes["asset_folder"] = folder.strip("/")
    try:
        asset = ingest(
            media, file, None, UploadOptions("raw", _type(found), public_id, name, attributes=attributes)
        ).asset
    finally:
        file.path.unlink(missing_ok=True)
    answer = resource.uploaded(media.settings, asset)
    signature = signing.sign_response(public_id, asset.version, media.settings.api_secret)
    return {**answer, "signature": signature, "resource_count": len(found), "file_count": len(entries)}


def _type(found: list[Asset]) -> str:
    """The delivery type of an archive: it opens to nobody what is in it and is closed to them by itself."""
    if any(asset.type == "authenticated" or asset.is_restricted for asset in found):
        return "authenticated"
    return "private" if any(asset.type == "private" for asset in found) else "upload"


def _unique(name: str, taken: set[str]) -> str:
    """`name`, with a number when the archive has it already."""
    stem, dot, ending = name.rpartition(".")
    chosen, number = name, 1
    while chosen in taken:
        number += 1
        chosen = f"{stem}_{number}.{ending}" if dot else f"{name}_{number}"
    taken.add(chosen)
    return chosen


def _safe(text: str) -> str:
    """A transformation as the name of a folder."""
    return re.sub(r"[^\w.,\-]+", "_", text)
