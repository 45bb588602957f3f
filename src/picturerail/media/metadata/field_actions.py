"""/metadata_fields: define the fields of structured metadata, and the lists of values that they may have."""

from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.metadata import datasource, fields
from picturerail.media.metadata.definitions import WITH_LIST, new_definition, shown, updated_definition
from picturerail.media.service import Media


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


def update_datasource(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Change or add entries of the list of values."""
    field = _with_list(media, external_id)
    return _store(media, field, datasource.merged(field["datasource"], call.params.get("values")))


def delete_entries(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Take entries out of the list of values; they can be restored."""
    field = _with_list(media, external_id)
    external_ids = call.params.names("external_ids")
    return _store(media, field, datasource.with_state(field["datasource"], external_ids, "inactive"))


def restore_entries(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Bring deleted entries back."""
    field = _with_list(media, external_id)
    external_ids = call.params.names("external_ids")
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


def _store(media: Media, field: Document, entries: datasource.Entries) -> dict[str, Any]:
    stored = fields.replace(media.database, field | {"datasource": entries})
    return datasource.shown(stored["datasource"])
