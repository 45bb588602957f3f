"""/upload_mappings: folders whose missing assets are fetched from an address when somebody asks for them."""

from typing import Any

from pymongo import DeleteMany, ReplaceOne
from pymongo.errors import DuplicateKeyError

from picturerail.database import Document
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.account.external_id import external_id
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import page_of
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store.folder_paths import checked
from picturerail.url_parts import is_web

MAX_MAPPINGS = 1000
MAX_TEMPLATE_LENGTH = 2000


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All mappings, or the one of `folder`."""
    if call.params.text("folder"):
        return _shown(_find(media, call.params.text("folder")))
    secret = media.settings.api_secret
    mappings = media.database["upload_mappings"]
    page = page_of(mappings, {}, call.params, secret=secret, sort="folder")
    shown = page.answer("mappings", [_shown(mapping) for mapping in page.documents])
    return {**shown, "total_entries": mappings.count_documents({})}


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Map a folder to an address."""
    mapping = _mapping(call.params)
    mappings = media.database["upload_mappings"]
    if mappings.estimated_document_count() >= MAX_MAPPINGS:
        raise BadRequest(f"There may be {MAX_MAPPINGS} upload mappings.")
    try:
        mappings.insert_one(mapping)
    except DuplicateKeyError:
        raise Conflict(f"Upload mapping for folder {mapping['folder']} already exists") from None
    return {"message": "created", **_shown(mapping)}


def update(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Map a folder to another address."""
    mapping = _find(media, call.params.text("folder"))
    changed = {**mapping, "template": _template(call.params)}
    media.database["upload_mappings"].replace_one({"_id": mapping["_id"]}, changed)
    return {"message": "updated", **_shown(changed)}


def delete(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Forget a mapping; what was fetched by it stays."""
    mapping = _find(media, call.params.text("folder"))
    media.database["upload_mappings"].delete_one({"_id": mapping["_id"]})
    return {"message": "deleted", "external_id": external_id("upload_mapping", mapping["folder"])}


def replace(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Put the given mappings in the place of all there are."""
    given = call.params.data("mappings")
    if not isinstance(given, list) or len(given) > MAX_MAPPINGS:
        raise BadRequest(
            f"Invalid value for parameter mappings: a list of at most {MAX_MAPPINGS} folders and templates is expected."
        )
    wanted = {mapping["folder"]: mapping for mapping in map(_mapping, map(_params, given))}
    mappings = media.database["upload_mappings"]
    changes = [ReplaceOne({"folder": folder}, mapping, upsert=True) for folder, mapping in wanted.items()]
    mappings.bulk_write([*changes, DeleteMany({"folder": {"$nin": list(wanted)}})])
    return {"message": "replaced"}


def _params(given: Any) -> Params:  # noqa: ANN401 - whatever a client sent
    return Params(given if isinstance(given, dict) else {})


def _mapping(params: Params) -> Document:
    return {"folder": checked(params.required("folder")), "template": _template(params)}


def _find(media: Media, folder: str) -> Document:
    mapping = media.database["upload_mappings"].find_one({"folder": folder.strip("/")})
    if mapping is None:
        raise NotFound(f"Upload mapping for folder {folder[:255]} not found")
    return mapping


def _template(params: Params) -> str:
    template = params.text("template")
    if not is_web(template) or len(template) > MAX_TEMPLATE_LENGTH:
        raise BadRequest(
            "Invalid value for parameter template: use an address such as https://example.com/images/."
        )
    return template


def _shown(mapping: Document) -> dict[str, Any]:
    told = {"folder": mapping["folder"], "template": mapping["template"]}
    return {**told, "external_id": external_id("upload_mapping", mapping["folder"])}
