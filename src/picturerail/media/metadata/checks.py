"""Does a value fit its field? Pure: a field's definition and a value in, the value as it is kept out.

Kept are: text for string, a whole number for integer, YYYY-MM-DD for date, the external_id of a list entry
for enum, and a list of those for set. (Cloudinary's "structured metadata" documentation, field structure.)
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, TypeAlias

from picturerail.errors import BadRequest

MetadataValue: TypeAlias = str | int | list[str]
FieldDefinition: TypeAlias = Mapping[str, Any]

MAX_TEXT_LENGTH = 10_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
COMPARISONS = ("greater_than", "less_than")


def checked(field: FieldDefinition, value: Any) -> MetadataValue:  # noqa: ANN401 - whatever a client sent
    """`value` as it is kept; BadRequest that names the field when it does not fit."""
    kept = _typed(field, value)
    if (rule := field.get("validation")) and not holds(rule, kept):
        raise BadRequest(
            f"Value for field {field['external_id']} is invalid: it does not pass the validation."
        )
    return kept


def holds(rule: Mapping[str, Any], value: MetadataValue) -> bool:
    """True when `value` passes a validation rule."""
    if rule["type"] == "and":
        return all(holds(each, value) for each in rule["rules"])
    if rule["type"] == "strlen":
        return bool(rule.get("min", 0) <= len(str(value)) <= rule.get("max", MAX_TEXT_LENGTH))
    if value == rule["value"]:
        return bool(rule["equals"])
    below: bool = value < rule["value"]
    return below is (rule["type"] == "less_than")


def checked_validation(kind: str, rule: Any) -> dict[str, Any]:  # noqa: ANN401
    """A validation rule for a field of this type, with only what is known of it; BadRequest otherwise."""
    given = rule.get("type") if isinstance(rule, dict) else None
    if given == "and":
        rules = rule.get("rules")
        if not isinstance(rules, list) or not 0 < len(rules) <= 20:
            raise BadRequest("validation is invalid: 'and' needs a list of rules.")
        checked_rules = [_checked_rule(kind, each) for each in rules]
        _refuse_contradiction(checked_rules)
        return {"type": "and", "rules": checked_rules}
    return _checked_rule(kind, rule)


def _refuse_contradiction(rules: Sequence[Mapping[str, Any]]) -> None:
    """BadRequest when one rule wants less than another one leaves: no value could pass, and no asset be uploaded."""
    lowest = [_step(rule, 1) for rule in rules if rule["type"] == "greater_than"]
    highest = [_step(rule, -1) for rule in rules if rule["type"] == "less_than"]
    lengths = [rule for rule in rules if rule["type"] == "strlen"]
    lowest += [rule["min"] for rule in lengths if "min" in rule]
    highest += [rule["max"] for rule in lengths if "max" in rule]
    if lowest and highest and max(lowest) > min(highest):
        raise BadRequest("validation is invalid: no value can pass it, for its least is above its most.")


def _step(rule: Mapping[str, Any], by: int) -> int:
    """The first whole number, or day, that passes a comparison."""
    value = rule["value"]
    number: int = date.fromisoformat(value).toordinal() if isinstance(value, str) else value
    return number if rule["equals"] else number + by


def _checked_rule(kind: str, rule: Any) -> dict[str, Any]:  # noqa: ANN401
    given = rule.get("type") if isinstance(rule, dict) else None
    if kind == "string" and given == "strlen":
        limits = {name: rule[name] for name in ("min", "max") if rule.get(name) is not None}
        if not limits or not all(type(limit) is int and limit >= 0 for limit in limits.values()):
            raise BadRequest("validation is invalid: strlen needs min, max or both, as whole numbers.")
        _refuse_contradiction([{"type": "strlen", **limits}])
        return {"type": "strlen", **limits}
    if kind in ("integer", "date") and given in COMPARISONS:
        value = _typed({"type": kind, "external_id": "validation"}, rule.get("value"))
        return {"type": given, "equals": bool(rule.get("equals")), "value": value}
    raise BadRequest(f"validation is invalid: a field of type {kind} cannot have a rule of type {given}.")


def _typed(field: FieldDefinition, value: Any) -> MetadataValue:  # noqa: ANN401
    kind = field["type"]
    if kind == "set":
        return _entries(field, value if isinstance(value, list) else [value])
    if kind == "enum":
        return _entries(field, [value])[0]
    if kind == "integer":
        return _integer(field, value)
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > MAX_TEXT_LENGTH:
        raise BadRequest(f"Value for field {field['external_id']} is invalid: text is expected.")
    return _date(field, str(value)) if kind == "date" else str(value)


def _integer(field: FieldDefinition, value: Any) -> int:  # noqa: ANN401
    text = str(value)
    if isinstance(value, bool) or not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise BadRequest(f"Value for field {field['external_id']} is invalid: a whole number is expected.")
    return int(text)


def _date(field: FieldDefinition, text: str) -> str:
    with suppress(ValueError):
        if _DAY.fullmatch(text):  # ISO 8601 has weeks and shorter forms, too
            return date.fromisoformat(text).isoformat()
    raise BadRequest(f"Value for field {field['external_id']} is invalid: use YYYY-MM-DD.")


def _entries(field: FieldDefinition, values: list[Any]) -> list[str]:
    """External ids of the field's list, in the order of the list, each once."""
    known = [entry["external_id"] for entry in field["datasource"] if entry["state"] == "active"]
    unknown = [value for value in values if value not in known]
    if unknown:
        raise BadRequest(
            f"Value for field {field['external_id']} is invalid: {str(unknown[0])[:100]} is not in its list."
        )
    return [entry for entry in known if entry in values]
