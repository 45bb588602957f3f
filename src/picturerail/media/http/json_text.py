"""JSON that clients send: read only as deep as we ourselves go down into it. Pure."""

import json
from typing import Any

MAX_DEPTH = 64  # lists and objects within each other; the database takes 100


def parsed(text: str | bytes) -> Any:  # noqa: ANN401
    """The value of a JSON text; ValueError for what is none, and for what is nested too deeply to be looked through."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if not (level := [inner for each in level for inner in _inside(each)]):
            return value
    raise ValueError("nested too deeply")


def _inside(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
