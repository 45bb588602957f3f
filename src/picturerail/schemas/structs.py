"""Bodies and answers as structs: read and checked here, described as JSON Schema, and compiled to TypeScript.

A struct says what a body is; limits that a person meets (how many tags, how long a word) are told in its schema and
checked where they belong, with a sentence of their own.
"""

import re
from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from picturerail.errors import BadRequest

T = TypeVar("T")

JSON = "application/json"
PROBLEM = "application/problem+json"

_AT = re.compile(r" - at `\$(.*)`$")
_KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a JSON object",
    "null": "null",
    "datetime": "a time with its zone, such as 2030-01-31T12:00:00Z,",
}
_WRONG = re.compile(r"Expected `([a-z| ]+)`( of length)?(?: ([<>]=) (-?[\d.]+))?(?:, got `.+`)?")
_BOUNDS = {"<=": "at most", ">=": "at least"}
_UNITS = {"array": " entries", "str": " characters"}


class ApiBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends: a name that is not known is refused."""


class ApiAnswer(Struct, frozen=True, kw_only=True):
    """What we answer."""


class Problem(ApiAnswer, frozen=True, kw_only=True):
    """A refusal (RFC 9457), as application/problem+json."""

    title: str
    status: int
    detail: Annotated[str, Meta(description="A sentence that says what to change")]
    request_id: Annotated[str, Meta(description="Names the request in the server's log")] = ""
    type: str = "about:blank"


def read(text: bytes, kind: type[T]) -> T:
    """The JSON of a body as `kind`; BadRequest names the field that does not fit."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(_sentence(str(error), kind)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadRequest("The body is not JSON that can be read.") from None


def converted(fields: Mapping[str, object], kind: type[T]) -> T:
    """The fields of a form as `kind`; BadRequest names the one that does not fit."""
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise BadRequest(_sentence(str(error), kind)) from None


def encoded(answer: Struct) -> bytes:
    """An answer as JSON."""
    return msgspec.json.encode(answer)


def _sentence(said: str, kind: object) -> str:
    """Msgspec's words as a sentence that names the field."""
    at = _AT.search(said)
    path = at[1].removeprefix(".") if at else ""
    said = _AT.sub("", said)
    if missing := re.fullmatch(r"Object missing required field `(.+)`", said):
        return f"{_name(_join(path, missing[1]))} is missing."
    if strange := re.fullmatch(r"Object contains unknown field `(.+)`", said, re.DOTALL):
        fields = getattr(kind, "__struct_fields__", ()) if not path else ()
        known = f" Known: {', '.join(fields)}." if fields else ""
        return f"{_name(_join(path, strange[1][:50]))} is not known here.{known}"
    if wrong := _WRONG.fullmatch(said):
        kinds = " or ".join(_KINDS.get(one, one) for one in wrong[1].split(" | "))
        limit = f" of {_BOUNDS[wrong[3]]} {wrong[4].removesuffix('.0')}" if wrong[3] else ""
        return f"{_name(path)} must be {kinds}{limit}{_UNITS.get(wrong[1], '') if wrong[2] else ''}."
    if said.startswith("Invalid RFC3339 encoded datetime"):
        return f"{_name(path)} must be a time with its zone, such as 2030-01-31T12:00:00Z."
    return f"{_name(path)}: {said[0].lower()}{said[1:]}."


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _name(path: str) -> str:
    return f"'{path}'" if path else "The body"
