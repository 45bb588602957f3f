"""Definitions of metadata rules: what a client sends is checked here, and what it is answered is made here. Pure."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest

MAX_DEPTH = 5
MAX_CONDITIONS = 50
STATES = ("active", "inactive")
MODES = ("default", "append", "override")


def new_rule(body: Mapping[str, Any]) -> Document:
    """A rule as a client describes it; BadRequest when it makes no sense."""
    for name in ("metadata_field_id", "condition", "result", "name"):
        if not body.get(name):
            raise BadRequest(f"Missing required parameter - {name}")
    rule = {"external_id": secrets.token_hex(16), "position": 0, "state": "active"}
    return rule | changes_of_rule(body)


def changes_of_rule(body: Mapping[str, Any]) -> dict[str, Any]:
    """What `body` says about a rule, checked; parts that are not given or empty are left as they are."""
    readers: dict[str, Callable[[Any], Any]] = {
        "metadata_field_id": lambda value: _text("metadata_field_id", value),
        "name": lambda value: _text("name", value),
        "condition": _condition,
        "result": _result,
        "state": lambda value: _one_of("state", value, STATES),
        "position": _position,
    }
    given = {name: body[name] for name in readers if body.get(name) not in (None, "", {})}
    return {name: readers[name](value) for name, value in given.items()}


def shown_rule(rule: Document) -> dict[str, Any]:
    """A rule as it is answered."""
    names = ("external_id", "metadata_field_id", "name", "condition", "result", "state", "position")
    return {name: rule[name] for name in names}


def fields_of(condition: Mapping[str, Any]) -> set[str]:
    """The external_ids of the fields that a condition looks at."""
    parts = condition.get("and") or condition.get("or")
    return set().union(*map(fields_of, parts)) if parts else {condition["metadata_field_id"]}


def _condition(given: Any, depth: int = 0) -> dict[str, Any]:  # noqa: ANN401 - whatever a client sent
    if not isinstance(given, dict) or depth > MAX_DEPTH:
        raise BadRequest(f"condition is invalid: it is an object, at most {MAX_DEPTH} deep.")
    for joint in ("and", "or"):
        if joint in given:
            parts = given[joint]
            if not isinstance(parts, list) or not 0 < len(parts) <= MAX_CONDITIONS:
                raise BadRequest(f"condition is invalid: '{joint}' needs a list of conditions.")
            return {joint: [_condition(part, depth + 1) for part in parts]}
    return _leaf(given)


def _leaf(given: dict[str, Any]) -> dict[str, Any]:
    test: dict[str, Any] = {
        name: given[name] for name in ("equals", "includes", "populated") if name in given
    }
    right = {
        "equals": lambda value: isinstance(value, str | int),
        "includes": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
        "populated": lambda value: isinstance(value, bool),
    }
    if len(test) != 1 or not all(right[name](value) for name, value in test.items()):
        raise BadRequest("condition is invalid: each needs one of equals, includes and populated.")
    return {"metadata_field_id": _text("metadata_field_id", given.get("metadata_field_id")), **test}


def _result(given: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(given, dict):
        raise BadRequest("result is invalid: it is an object.")
    result: dict[str, Any] = {}
    for name in ("enable", "disable", "hide", "set_mandatory"):  # hide is of forms, which are not here
        if name in given:
            result[name] = _flag(name, given[name])
    if "activate_values" in given:
        result["activate_values"] = _activated(given["activate_values"])
    if "apply_value" in given:
        wanted = given["apply_value"] if isinstance(given["apply_value"], dict) else {}
        result["apply_value"] = {
            "value": _value(wanted.get("value")),
            "mode": _one_of("mode", wanted.get("mode", "default"), MODES),
        }
    if not result:
        raise BadRequest(
            "result is invalid: it has one of disable, hide, set_mandatory, activate_values, apply_value, or enable."
        )
    if "disable" in result and result.get("enable") is result["disable"]:
        raise BadRequest("result is invalid: a field cannot be enabled and disabled.")
    return result


def _activated(given: Any) -> Any:  # noqa: ANN401
    if given == "all":
        return given
    ids = given.get("external_ids") if isinstance(given, dict) else None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise BadRequest('activate_values is invalid: use "all" or {"external_ids": [...]}.')
    return {"external_ids": ids}


def _value(given: Any) -> Any:  # noqa: ANN401
    if isinstance(given, str | int) or (
        isinstance(given, list) and all(isinstance(each, str) for each in given)
    ):
        return given
    raise BadRequest("apply_value is invalid: its value is a text, a number or a list of texts.")


def _text(name: str, given: Any) -> str:  # noqa: ANN401
    if not isinstance(given, str) or not 0 < len(given) <= 255:
        raise BadRequest(f"{name} is invalid: it is a text of 1 to 255 characters.")
    return given


def _flag(name: str, given: Any) -> bool:  # noqa: ANN401
    if not isinstance(given, bool):
        raise BadRequest(f"{name} is invalid: use true or false.")
    return given


def _one_of(name: str, given: Any, choices: Sequence[str]) -> str:  # noqa: ANN401
    if given not in choices:
        raise BadRequest(f"{name} is invalid: use one of {', '.join(choices)}.")
    return str(given)


def _position(given: Any) -> int:  # noqa: ANN401
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= 10_000:
        raise BadRequest("position is invalid: it is a whole number from 0.")
    return given
