"""/metadata_fields: define the fields of structured metadata, and the lists of values that they may have."""

from typing import Any

from werkzeug.wrappers import Response

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.responses import json_response
from picturerail.media.metadata import datasource, fields
from picturerail.media.metadata.definitions import WITH_LIST, new_definition, shown, updated_definition
from picturerail.media.service import Media

DEFAULT_ENTRIES, DEFAULT_ENTRIES_OF_ONE = 100, 255  # that a search answers


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All fields, in their order."""
    del call
    return {"metadata_fields": [shown(field) for field in fields.every(media.database)]}


def one(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """One field."""
    del call
    return shown(fields.find(media.database, external_id))


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Define a field."""
    return shown(fields.insert(media.database, new_definition(call.params)))


def update(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Change a field; its external_id and type stay."""
    field = fields.find(media.database, external_id)
    return shown(fields.replace(media.database, updated_definition(field, call.params)))


def delete(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Delete a field, with its values on all assets and its rules."""
    del call
    fields.remove(media.database, external_id)
    return {"message": "ok"}


def order(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Put all fields into another order."""
    ordered = fields.order(media.database, call.params.text("order_by"), call.params.text("direction"))
    return {"metadata_fields": [shown(field) for field in ordered]}


def move(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Put one field at another place among all."""
    field, position = fields.find(media.database, external_id), call.params.number("position", 0)
    others = [each for each in fields.every(media.database) if each["_id"] != field["_id"]]
    ordered = fields.place(media.database, [*others[:position], field, *others[position:]])
    return {"metadata_fields": [shown(each) for each in ordered]}


def search_entries(media: Media, call: ApiRequest) -> Response:
    """The values of all fields with a list in which a term stands, each with its field."""
    term = call.params.text("term")
    found = [
        {"field_id": field["external_id"], "id": entry["external_id"], "value": entry["value"]}
        for field in fields.every(media.database)
        for entry in datasource.found(field["datasource"], term)
    ]
    return json_response(found[: call.params.number("max_results", DEFAULT_ENTRIES)])


def search_entries_of(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """The values of one field in which a term stands, or which it is."""
    field, term = _with_list(media, external_id), call.params.text("term")
    entries = datasource.found(field["datasource"], term, whole=call.params.flag("exact_match"))
    return datasource.shown(entries[: call.params.number("max_results", DEFAULT_ENTRIES_OF_ONE)])


def update_datasource(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Change or add entries of the list of values."""
    field = _with_list(media, external_id)
    return _store(media, field, datasource.merged(field["datasource"], call.params.get("values")))


def delete_entries(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Take entries out of the list of values; they can be restored."""
    field = _with_list(media, external_id)
    external_ids = _entries_of(call)
    _refuse_given(media, field, external_ids)
    return _store(media, field, datasource.with_state(field["datasource"], external_ids, "inactive"))


def restore_entries(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Bring deleted entries back."""
    field = _with_list(media, external_id)
    external_ids = _entries_of(call)
    return _store(media, field, datasource.with_state(field["datasource"], external_ids, "active"))


def order_entries(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Put the list of values into another order."""
    field = _with_list(media, external_id)
    order_by, direction = call.params.text("order_by"), call.params.text("direction")
    return _store(media, field, datasource.ordered(field["datasource"], order_by, direction))


def _with_list(media: Media, external_id: str) -> Document:
    field = fields.find(media.database, external_id)
    if field["type"] not in WITH_LIST:
        raise BadRequest(f"metadata field {external_id} has no datasource: its type is {field['type']}.")
    return field


def _refuse_given(media: Media, field: Document, external_ids: list[str]) -> None:
    """What assets are given by themselves stays in the list: without it each upload would be refused."""
    name = field["external_id"]
    results = [rule["result"] for rule in fields.rules(media.database) if rule["metadata_field_id"] == name]
    given = [field["default_value"], *(each.get("apply_value", {}).get("value") for each in results)]
    entries = {entry for each in given for entry in (each if isinstance(each, list) else [each])}
    if used := entries & set(external_ids):
        raise BadRequest(
            f"{min(used)[:100]} is the default_value of metadata field {name}, or a rule gives it: change that first."
        )


def _store(media: Media, field: Document, entries: datasource.Entries) -> dict[str, Any]:
    stored = fields.replace(media.database, field | {"datasource": entries})
    return datasource.shown(stored["datasource"])


def _entries_of(call: ApiRequest) -> list[str]:
    external_ids = call.params.names("external_ids")
    if not external_ids:
        raise BadRequest("Missing required parameter - external_ids")
    return external_ids
