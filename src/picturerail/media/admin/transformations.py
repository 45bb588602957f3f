"""/transformations: the named transformations, and those that were used eagerly."""

from typing import Any

from picturerail.database import Document
from picturerail.media import cdn, resource
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import Cursors, page_of
from picturerail.media.service import Media
from picturerail.media.store import assets as asset_queries
from picturerail.media.transformations import registry
from picturerail.media.transformations.long_names import in_long_names


def get(media: Media, call: ApiRequest, transformation: str = "") -> dict[str, Any]:
    """One transformation in detail when one is named, else the list of them."""
    if name := transformation or call.params.text("transformation"):
        return _detail(media, call, registry.find(media.database, name))
    size = call.params.number("max_results", 10)
    query: Document = {"named": call.params.flag("named")} if call.params.text("named") else {}
    cursors = Cursors(media.settings.api_secret, f"transformations {query!r}")
    after = "".join(cursors.read(call.params))
    found = registry.every(media.database, query, after=after, limit=size + 1)
    rest = {"next_cursor": cursors.after(found[size - 1]["_id"])} if len(found) > size else {}
    return {"transformations": [_summary(each) for each in found[:size]], **rest}


def create(media: Media, call: ApiRequest, transformation: str = "") -> dict[str, Any]:
    """Create a named transformation."""
    text = call.params.text("transformation")
    registry.check(text)
    allowed = call.params.flag("allowed_for_strict", default=True)
    registry.create(
        media.database, transformation or call.params.text("name"), text, allowed_for_strict=allowed
    )
    return {"message": "created"}


def update(media: Media, call: ApiRequest, transformation: str = "") -> dict[str, Any]:
    """Change what a named transformation does, or whether strict mode allows it."""
    changes: Document = {}
    if text := call.params.text("unsafe_update"):
        registry.check(text)
        changes["text"] = text
    if call.params.text("allowed_for_strict"):
        changes["allowed_for_strict"] = call.params.flag("allowed_for_strict")
    found = registry.update(media.database, _named(call, transformation), changes)
    if "text" in changes:
        cdn.purge_named(media.database, media.settings, found["_id"])
    return {"message": "updated"}


def delete(media: Media, call: ApiRequest, transformation: str = "") -> dict[str, Any]:
    """Delete a transformation and what was derived by it."""
    found = registry.remove(media.database, _named(call, transformation))
    if found["named"]:
        cdn.purge_named(media.database, media.settings, found["_id"])
    for record in media.database["derived"].find(_derived(found), {"_id": 1}):
        media.database["derived"].delete_one({"_id": record["_id"]})
        media.derived.delete(record["_id"])
    return {"message": "deleted"}


def _named(call: ApiRequest, transformation: str) -> str:
    """What the path names, or the call: older and newer clients differ in that."""
    return transformation or call.params.required("transformation")


def _detail(media: Media, call: ApiRequest, found: Document) -> dict[str, Any]:
    """What a transformation does, and one page of what was derived by it."""
    secret = media.settings.api_secret
    page = page_of(media.database["derived"], _derived(found), call.params, secret=secret)
    images = [image for record in page.documents if (image := _image(media, record))]
    detail = {**_summary(found), "info": in_long_names(found["text"])}
    return detail | page.answer("derived", images)


def _derived(found: Document) -> Document:
    """The query for what was derived by a transformation; in its format only, when it names one."""
    return registry.derived_by(_shown_name(found))


def _summary(found: Document) -> dict[str, Any]:
    named = {name: found[name] for name in ("allowed_for_strict", "used", "named")}
    return {"name": _shown_name(found), **named}


def _shown_name(found: Document) -> str:
    return f"t_{found['_id']}" if found["named"] else str(found["_id"])


def _image(media: Media, record: Document) -> dict[str, Any] | None:
    asset = asset_queries.find_by_asset_id(media.database, record["asset_id"])
    if asset is None:
        return None
    named = {name: getattr(asset, name) for name in ("public_id", "resource_type", "type")}
    size = {name: record[name] for name in ("format", "bytes", "id")}
    return named | size | resource.urls(media.settings, asset, record["transformation"], record["format"])
