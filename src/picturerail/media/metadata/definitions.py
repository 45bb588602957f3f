"""Definitions of metadata fields: what a client sends is checked here, and what it is answered is made here. Pure."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.metadata import datasource
from picturerail.media.metadata.checks import checked, checked_validation

TYPES = ("string", "integer", "date", "enum", "set")
WITH_LIST = ("enum", "set")
MAX_LABEL_LENGTH = 255
FLAGS = ("mandatory", "default_disabled", "allow_dynamic_list_values", "alphabetically_sorted")
RESTRICTIONS = ("readonly_ui", "readonly", "hidden_ui", "excluded_from_search")

# An external_id becomes a key of the asset's document, so it may hold neither a dot nor a dollar.
_EXTERNAL_ID = re.compile(r"[\w-]{1,255}")


def new_definition(body: Mapping[str, Any]) -> Document:
    """A field as a client describes it; BadRequest when it makes no sense."""
    kind = body.get("type")
    if kind not in TYPES:
        raise BadRequest(f"type is invalid: use one of {', '.join(TYPES)}.")
    external_id = body.get("external_id") or secrets.token_hex(8)
    if not isinstance(external_id, str) or not _EXTERNAL_ID.fullmatch(external_id):
        raise BadRequest("external_id is invalid: use up to 255 letters, digits, _ and -.")
    field: Document = {
        "external_id": external_id,
        "type": kind,
        "label": _label(body.get("label")),
        "datasource": datasource.new(body.get("datasource")) if kind in WITH_LIST else [],
        "validation": None,
        "default_value": None,
        "restrictions": None,
        **dict.fromkeys(FLAGS, False),
    }
    return _with_options(field, body)


def updated_definition(field: Document, body: Mapping[str, Any]) -> Document:
    """`field` with the changes of `body`; its external_id and type stay as they are."""
    changed = dict(field)
    if "label" in body:
        changed["label"] = _label(body["label"])
    if body.get("datasource") is not None and field["type"] in WITH_LIST:
        changed["datasource"] = datasource.merged(field["datasource"], body["datasource"])
    return _with_options(changed, body)


def shown(field: Document) -> dict[str, Any]:
    """A field as it is answered."""
    names = ("external_id", "type", "label", "mandatory", "default_value", "validation", "default_disabled")
    answer = {name: field[name] for name in names}
    if field["restrictions"]:
        answer["restrictions"] = field["restrictions"]
    if field["type"] in WITH_LIST:
        is_sorted = field.get("alphabetically_sorted", False)
        answer["datasource"] = datasource.shown(
            sorted(field["datasource"], key=_of_alphabet) if is_sorted else field["datasource"]
        )
        answer["alphabetically_sorted"] = is_sorted
        answer["allow_dynamic_list_values"] = field["allow_dynamic_list_values"]
    return answer


def _of_alphabet(entry: Mapping[str, Any]) -> str:
    value: str = entry["value"]
    return value.casefold()


def _with_options(field: Document, body: Mapping[str, Any]) -> Document:
    for flag in FLAGS:
        if (given := body.get(flag)) is not None:
            if given not in (True, False, "true", "false"):
                raise BadRequest(f"{flag} is invalid: use true or false.")
            field[flag] = given in (True, "true")
    if "validation" in body:
        rule = body["validation"]
        field["validation"] = checked_validation(field["type"], rule) if rule else None
    if "restrictions" in body:
        field["restrictions"] = _restrictions(body["restrictions"])
    if "default_value" in body:
        field["default_value"] = body["default_value"]
    if field["default_value"] is not None:
        field["default_value"] = _default(field)
    elif field["mandatory"]:
        raise BadRequest("default_value is invalid: a mandatory field needs one.")
    return field


def _default(field: Document) -> Any:  # noqa: ANN401
    try:
        return checked(field, field["default_value"])
    except BadRequest as error:
        raise BadRequest(f"default_value is invalid. {error.message}") from error


def _label(given: Any) -> str:  # noqa: ANN401
    if not isinstance(given, str) or not 0 < len(given) <= MAX_LABEL_LENGTH:
        raise BadRequest(f"label is invalid: it is a text of 1 to {MAX_LABEL_LENGTH} characters.")
    return given


def _restrictions(given: Any) -> dict[str, bool] | None:  # noqa: ANN401
    if not given:
        return None
    if isinstance(given, dict) and given.get("excluded_from_search") is True:
        raise BadRequest("restrictions is invalid: no field is excluded_from_search here.")
    if not isinstance(given, dict) or not all(
        name in RESTRICTIONS and isinstance(value, bool) for name, value in given.items()
    ):
        raise BadRequest(f"restrictions is invalid: it may hold {' and '.join(RESTRICTIONS)}, true or false.")
    return given
