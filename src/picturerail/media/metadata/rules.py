"""Rules between metadata fields: a condition on some fields decides what another field may or must hold. Pure.

For each field its rules are tried in their order, and the first one whose condition holds counts.
(Cloudinary's "conditional metadata rules" documentation.)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.metadata.checks import MetadataValue, checked

Values = Mapping[str, MetadataValue]
RuleCondition = Mapping[str, Any]


def holds(condition: RuleCondition, values: Values) -> bool:
    """True when a condition holds for these values."""
    if "and" in condition:
        return all(holds(each, values) for each in condition["and"])
    if "or" in condition:
        return any(holds(each, values) for each in condition["or"])
    value = values.get(condition["metadata_field_id"])
    if "populated" in condition:
        return bool(condition["populated"]) == (value not in (None, "", []))
    if "equals" in condition:
        return value in (condition["equals"], [condition["equals"]])
    held = value if isinstance(value, list) else [value]
    return all(each in held for each in condition["includes"])


def applied(
    fields: Sequence[Document], rules: Sequence[Document], values: Values, *, clear_invalid: bool
) -> dict[str, MetadataValue]:
    """`values` after all rules; BadRequest for one that a rule forbids, unless such are to be cleared."""
    changed = dict(values)
    for field in fields:
        result = _result_for(field, rules, changed)
        if result is not None:
            try:
                _apply(field, result, changed)
            except BadRequest:
                if not clear_invalid:
                    raise
                changed.pop(field["external_id"], None)
    return changed


def _result_for(field: Document, rules: Sequence[Document], values: Values) -> RuleCondition | None:
    """What the first fitting rule says about a field; fields that are off by default need one to be on."""
    for rule in rules:
        mine = rule["metadata_field_id"] == field["external_id"] and rule["state"] == "active"
        if mine and holds(rule["condition"], values):
            result: RuleCondition = rule["result"]
            return result
    return {"enable": False} if field["default_disabled"] else None


def _apply(field: Document, result: RuleCondition, values: dict[str, MetadataValue]) -> None:
    name = field["external_id"]
    if result.get("enable") is False or result.get("disable"):  # the latter since 2026
        if name in values:
            raise BadRequest(
                f"Value for field {name} is invalid: the field is disabled by the metadata rules."
            )
        return
    if (wanted := result.get("apply_value")) is not None:
        _apply_value(field, wanted, values)
    allowed = result.get("activate_values", "all")
    held = values.get(name, [])
    if allowed != "all" and not set(held if isinstance(held, list) else [held]) <= set(
        allowed["external_ids"]
    ):
        raise BadRequest(f"Value for field {name} is invalid: the metadata rules do not allow it.")
    if result.get("set_mandatory") and values.get(name) in (None, "", []):
        raise BadRequest(f"Value for field {name} is invalid: the metadata rules make it mandatory.")


def _apply_value(field: Document, wanted: RuleCondition, values: dict[str, MetadataValue]) -> None:
    name, mode = field["external_id"], wanted["mode"]
    held = values.get(name)
    if mode == "default" and held not in (None, "", []):
        return
    if mode == "append" and isinstance(held, list):
        more = wanted["value"] if isinstance(wanted["value"], list) else [wanted["value"]]
        values[name] = checked(field, [*held, *more])
    else:
        values[name] = checked(field, wanted["value"])
