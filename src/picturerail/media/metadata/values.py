"""The metadata values of assets: read from a call, checked against the fields and the rules."""

from collections.abc import Mapping
from typing import Any

from picturerail.database import Database, Document
from picturerail.errors import BadRequest
from picturerail.media.http import json_text
from picturerail.media.http.pairs import parse_pairs
from picturerail.media.http.params import Params
from picturerail.media.metadata import datasource
from picturerail.media.metadata import fields as field_queries
from picturerail.media.metadata import rules as metadata_rules
from picturerail.media.metadata.checks import MetadataValue, checked

ADDED = "added"  # entries that a value has brought into the list of its field
EMPTY: tuple[object, ...] = (None, "", [])


def given_values(params: Params) -> dict[str, Any]:
    """The parameter `metadata` of a call: `id=value|id=["a","b"]`, or a mapping."""
    if (mapping := params.mapping("metadata")) is not None:
        return mapping
    text = params.text("metadata")
    pairs = parse_pairs(text)
    if text.strip() and not pairs:
        raise BadRequest("Invalid metadata: id=value|id=value is expected, or a mapping as JSON.")
    return {name: _decoded(value) for name, value in pairs.items()}


def new_values(db: Database, given: Mapping[str, Any]) -> dict[str, MetadataValue]:
    """The values of a new asset: `given`, and the defaults of fields that are not given."""
    fields = field_queries.every(db)
    defaults = {
        field["external_id"]: field["default_value"]
        for field in fields
        if field["default_value"] is not None and not field["default_disabled"]
    }
    return _merged(db, fields, {}, {**defaults, **given}) if fields or given else {}


def changed_values(
    db: Database, held: Mapping[str, MetadataValue], given: Mapping[str, Any], *, clear_invalid: bool = False
) -> dict[str, MetadataValue]:
    """The values of an asset after a change: `given` over `held`; an empty value clears its field."""
    return _merged(db, field_queries.every(db), held, given, clear_invalid=clear_invalid)


def _merged(
    db: Database,
    fields: list[Document],
    held: Mapping[str, MetadataValue],
    given: Mapping[str, Any],
    *,
    clear_invalid: bool = False,
) -> dict[str, MetadataValue]:
    """BadRequest for an unknown field, a value that does not fit, or a mandatory field without a value."""
    fields = [_widened(field, given.get(field["external_id"])) for field in fields]
    by_id = {field["external_id"]: field for field in fields}
    if unknown := given.keys() - by_id.keys():
        raise BadRequest(f"Metadata field {min(unknown)[:255]} does not exist.")
    values = {name: value for name, value in held.items() if name in by_id}
    for name, value in given.items():
        _set(by_id[name], value, values)
    values = metadata_rules.applied(fields, field_queries.rules(db), values, clear_invalid=clear_invalid)
    _refuse_missing(fields, values)
    for field in fields:
        if ADDED in field:
            field_queries.add_entries(db, field["external_id"], field[ADDED])
    return values


def _widened(field: Document, value: Any) -> Document:  # noqa: ANN401
    """A field whose list may grow, with the entries that `value` adds to it."""
    if not field["allow_dynamic_list_values"] or value in EMPTY:
        return field
    added = datasource.lacking(field["datasource"], value)
    return field | {"datasource": [*field["datasource"], *added], ADDED: added} if added else field


def _set(field: Document, value: Any, values: dict[str, MetadataValue]) -> None:  # noqa: ANN401
    if value in EMPTY:
        values.pop(field["external_id"], None)
    else:
        values[field["external_id"]] = checked(field, value)


def _refuse_missing(fields: list[Document], values: Mapping[str, MetadataValue]) -> None:
    missing = [
        field["external_id"]
        for field in fields
        if field["mandatory"] and not field["default_disabled"] and values.get(field["external_id"]) in EMPTY
    ]
    if missing:
        raise BadRequest(f"Metadata field {missing[0]} is mandatory: give it a value.")


def _decoded(text: str) -> Any:  # noqa: ANN401
    """A list where the text is one in JSON, else the text."""
    if not text.startswith("["):
        return text
    try:
        return json_text.parsed(text)
    except ValueError:
        return text
