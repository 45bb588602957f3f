"""The list of values that an enum or set field may have. Pure.

Entries that are deleted stay in the list, inactive, so that they can be restored under the same external_id.
"""

import secrets
from collections import Counter
from typing import Any

from picturerail.errors import BadRequest, NotFound

MAX_ENTRIES = 3000
MAX_VALUE_LENGTH = 255

Entries = list[dict[str, Any]]


def new(values: Any) -> Entries:  # noqa: ANN401 - whatever a client sent
    """The entries of a new field."""
    return merged([], values)


def merged(entries: Entries, values: Any) -> Entries:  # noqa: ANN401
    """`entries` with `values` set: those with a known external_id are changed in place, the others added.

    BadRequest when an external_id is given twice, or when two that are in use would look alike.
    """
    changed = [dict(entry) for entry in entries]
    by_id = {entry["external_id"]: entry for entry in changed}
    told = [_entry(value) for value in _list(values)]
    _refuse_twice("external_id", [entry["external_id"] for entry in told])
    for given in told:
        if (known := by_id.get(given["external_id"])) is not None:
            known.update(given)
        else:
            by_id[given["external_id"]] = given
            changed.append(given)
    _refuse_more(len(changed))
    _refuse_twins(changed, {entry["external_id"] for entry in told})
    return changed


def lacking(entries: Entries, value: Any) -> Entries:  # noqa: ANN401
    """The entries that are to be added before a field can hold `value`: each of its texts that names none.

    One that was deleted is not added again.
    """
    known = {entry["external_id"] for entry in entries}
    given = value if isinstance(value, list) else [value]
    texts = dict.fromkeys(each for each in given if isinstance(each, str) and each and each not in known)
    _refuse_more(len(entries) + len(texts))
    return [_entry({"external_id": text, "value": text}) for text in texts]


def with_state(entries: Entries, external_ids: list[str], state: str) -> Entries:
    """`entries` with those of `external_ids` made active or inactive; NotFound for an unknown one.

    BadRequest when one that comes back would look like another.
    """
    unknown = set(external_ids) - {entry["external_id"] for entry in entries}
    if unknown:
        raise NotFound(f"datasource entry {min(unknown)[:100]} not found")
    changed = [
        entry | ({"state": state} if entry["external_id"] in external_ids else {}) for entry in entries
    ]
    _refuse_twins(changed, set(external_ids))
    return changed


def ordered(entries: Entries, order_by: str, direction: str) -> Entries:
    """`entries` in a new order; `created_at` is the order in which they came, which they keep as their number."""
    key = "number" if order_by == "created_at" else order_by
    numbered = [{"number": number, **entry} for number, entry in enumerate(entries)]
    return sorted(numbered, key=lambda entry: entry[key], reverse=direction == "desc")


def found(entries: Entries, term: str, *, whole: bool = False) -> Entries:
    """The active entries in whose value `term` stands, in letters of any size; or whose `whole` value it is."""
    wanted = term.casefold()
    active = [(entry, entry["value"].casefold()) for entry in entries if entry["state"] == "active"]
    return [entry for entry, value in active if (wanted == value if whole and wanted else wanted in value)]


def shown(entries: Entries) -> dict[str, Any]:
    """The active entries as they are answered."""
    active = [entry for entry in entries if entry["state"] == "active"]
    return {"values": [{"external_id": entry["external_id"], "value": entry["value"]} for entry in active]}


def _refuse_twins(entries: Entries, changed: set[str]) -> None:
    """Values that are shown tell what is meant, so none is there twice; what was so before does not hinder others."""
    active = [entry for entry in entries if entry["state"] == "active"]
    touched = {entry["value"] for entry in active if entry["external_id"] in changed}
    _refuse_twice("value", [entry["value"] for entry in active if entry["value"] in touched])


def _refuse_twice(name: str, texts: list[str]) -> None:
    for text, count in Counter(texts).items():
        if count > 1:
            raise BadRequest(f"datasource is invalid: {name} {text[:100]} is there more than once.")


def _refuse_more(count: int) -> None:
    if count > MAX_ENTRIES:
        raise BadRequest(f"datasource is invalid: it may have {MAX_ENTRIES} values.")


def _list(values: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(values, dict):
        values = values.get("values")
    if not isinstance(values, list) or not values:
        raise BadRequest('datasource is invalid: {"values": [{"value": ...}, ...]} is expected.')
    return values


def _entry(given: Any) -> dict[str, Any]:  # noqa: ANN401
    value = given.get("value") if isinstance(given, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_VALUE_LENGTH:
        raise BadRequest(
            f"datasource is invalid: each value is a text of 1 to {MAX_VALUE_LENGTH} characters."
        )
    external_id = given.get("external_id") or secrets.token_hex(16)
    if not isinstance(external_id, str) or len(external_id) > MAX_VALUE_LENGTH:
        raise BadRequest(
            f"datasource is invalid: an external_id is a text of at most {MAX_VALUE_LENGTH} characters."
        )
    return {"external_id": external_id, "value": value, "state": "active"}
