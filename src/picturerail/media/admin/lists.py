"""GET /resources/...: lists of assets by type, prefix, tag, context, moderation, ids and folder."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.assets.targets import MAX_AT_ONCE
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import Cursors, ResultPage, page_of
from picturerail.media.http.params import Params
from picturerail.media.http.times import read_time
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.search_fields import whole_of

INCLUDED = ("tags", "context", "metadata", "moderations")


def by_type(media: Media, call: ApiRequest, resource_type: str, kind: str = "") -> dict[str, Any]:
    """All assets of a type, newest first; by prefix in the order of their names; or those with given public_ids."""
    query: Document = {"resource_type": resource_type}
    if kind := kind or call.params.text("type"):  # clients name it in the path or behind the question mark
        query["type"] = kind
    if public_ids := call.params.names("public_ids"):
        return _by_ids(media, call, {**query, "public_id": {"$in": _bounded(public_ids)}})
    if prefix := call.params.text("prefix"):
        return _list(media, call, {**query, "public_id": _beginning(prefix)}, sort="public_id", direction=1)
    if start_at := call.params.text("start_at"):
        query["created_at"] = {"$gte": _time(start_at)}
    return _list(media, call, query)


def by_tag(media: Media, call: ApiRequest, resource_type: str, tag: str) -> dict[str, Any]:
    """The assets with a tag."""
    return _list(media, call, {"resource_type": resource_type, "tags": tag})


def by_context(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """The assets with a key in their context, or with a key and a value."""
    key = call.params.text("key")
    if key.startswith("$") or "." in key or "\0" in key:
        raise BadRequest("Invalid value for parameter key: it is not the name of a context key.")
    query: Document = {"resource_type": resource_type}
    if value := call.params.text("value"):  # the entry has the index
        query |= {"search.entries": whole_of(f"context.{key}", value), f"context.{key}": value}
    else:
        query |= {
            "search.entries": _beginning(whole_of(f"context.{key}", "")),
            f"context.{key}": {"$exists": True},
        }
    return _list(media, call, query)


def by_moderation(
    media: Media, call: ApiRequest, resource_type: str, kind: str, status: str
) -> dict[str, Any]:
    """The assets in a moderation queue."""
    moderation = {"$elemMatch": {"kind": kind, "status": status}}
    query = {"resource_type": resource_type, "moderation.status": status, "moderation": moderation}
    return _list(media, call, query)  # the status by itself says that the index of moderated assets will do


def by_asset_folder(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The assets directly in a folder."""
    folder = call.params.text("asset_folder").strip("/")
    # the first one has the index
    return _list(media, call, {"search.folder": folder, "asset_folder": folder})


def by_asset_ids(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The assets with given asset_ids."""
    asset_ids = call.params.names("asset_ids")
    if not asset_ids:
        raise BadRequest("Missing required parameter - asset_ids")
    return _by_ids(media, call, {"asset_id": {"$in": _bounded(asset_ids)}})


def tags(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """The tags in use, in the order of the alphabet."""
    size = call.params.number("max_results", 10)
    prefix = call.params.text("prefix")
    cursors = Cursors(media.settings.api_secret, f"tags {resource_type} {prefix}")
    names = assets.tags(media.database, resource_type, prefix, after="".join(cursors.read(call.params)))
    found = list(islice(names, size + 1))
    rest = cursors.after(found[size - 1]) if len(found) > size else ""
    return ResultPage([], rest).answer("tags", found[:size])


def shown(media: Media, params: Params, found: Iterable[Asset]) -> list[dict[str, Any]]:
    """Assets as a list answers them, with the parts that the call asks for."""
    include = [name for name in INCLUDED if params.flag(name)]
    fields = params.names("fields")
    return [resource.listed(media.settings, asset, include, fields) for asset in found]


def _list(
    media: Media, call: ApiRequest, query: Document, *, sort: str = "created_at", direction: int = -1
) -> dict[str, Any]:
    if asked := call.params.text("direction"):
        direction = 1 if asked in ("asc", "1") else -1
    secret = media.settings.api_secret
    page = page_of(
        media.database["assets"], query, call.params, secret=secret, sort=sort, direction=direction
    )
    return page.answer("resources", shown(media, call.params, map(Asset.from_document, page.documents)))


def _by_ids(media: Media, call: ApiRequest, query: Document) -> dict[str, Any]:
    found = assets.find_all(media.database, query, limit=MAX_AT_ONCE)
    return {"resources": shown(media, call.params, found)}


def _beginning(prefix: str) -> dict[str, Any]:
    return {"$regex": f"^{re.escape(prefix)}"}


def _bounded(names: list[str]) -> list[str]:
    if len(names) > MAX_AT_ONCE:
        raise BadRequest(f"At most {MAX_AT_ONCE} ids can be asked for at once.")
    return names


def _time(text: str) -> datetime:
    try:
        return read_time(text)
    except ValueError:
        raise BadRequest(
            "Invalid value for parameter start_at: use a time such as 2026-01-31T12:00:00Z."
        ) from None
