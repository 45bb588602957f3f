"""Parameters of a call, which come as texts of a form or as values of JSON, held against the type that tells of them.

A name that the struct does not tell of is let be, as Cloudinary does: its clients send more than one may know. What is
empty counts as not given, but where the type says that it may be empty.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec.inspect import (
    BoolType,
    DataclassType,
    Field,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from picturerail.errors import BadRequest

FLAGS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_WHOLE = re.compile(r"-?[0-9]{1,12}(\.0{1,20})?")  # languages with one kind of number write 10.0
SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{0,20})?")
_DECIMAL = re.compile(r"[0-9]{1,13}(\.[0-9]{0,20})?")  # a timestamp may be in milliseconds
_AT = re.compile(r"`\$\.(\w+)")


def check(given: Mapping[str, Any], kind: type) -> None:
    """Raise BadRequest, with a sentence that names it, for the first parameter that is missing or does not fit."""
    types, required = _fields(kind)
    told = {
        name: given[name] for name in types if name in given and not _is_missing(given[name], types[name])
    }
    for name in required:
        if name not in told:
            raise BadRequest(f"Missing required parameter - {name}")
    try:
        msgspec.convert({name: _read(value, types[name]) for name, value in told.items()}, kind)
    except msgspec.ValidationError as error:
        name = at[1] if (at := _AT.search(str(error))) else ""
        expected = _expectation(types[name]) if name in types else "another value is expected"
        raise BadRequest(f"Invalid value for parameter {name}: {expected}.") from None


def _is_missing(value: Any, kind: Type) -> bool:  # noqa: ANN401
    """Whether nothing is given; for yes or no the word null says so, which Dart's SDK writes for what was not told.

    A text whose shortest length is said to be 0 may be empty: so the outermost folder is called.
    """
    if value == "" and isinstance(kind, StrType) and kind.min_length == 0:
        return False
    return value in (None, "") or (value == "null" and isinstance(kind, BoolType))


@cache
def _fields(kind: type) -> tuple[dict[str, Type], tuple[str, ...]]:
    """What each parameter is when it is given, and which ones must be."""
    info = type_info(kind)
    fields = info.fields if isinstance(info, StructType | DataclassType) else ()
    return (
        {field.encode_name: _type(field) for field in fields},
        tuple(field.encode_name for field in fields if field.required),
    )


def _type(field: Field) -> Type:
    """What a parameter is when it is given, with its limits."""
    kinds = field.type.types if isinstance(field.type, UnionType) else (field.type,)
    return next(kind.type if isinstance(kind, Metadata) else kind for kind in kinds)


def _read(value: Any, kind: Type) -> Any:  # noqa: ANN401 - whatever a client sent
    """A text as its kind is written: yes, a number, a list of one. What is no such text stays, to be refused."""
    if isinstance(kind, StrType | LiteralType):
        return _text(value)
    if isinstance(kind, ListType) and isinstance(kind.item_type, StrType):
        return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]
    if isinstance(kind, BoolType):
        return FLAGS.get(str(value).lower(), value)
    if isinstance(kind, IntType) and _WHOLE.fullmatch(str(value)):
        return int(float(value))
    if isinstance(kind, FloatType) and isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    return value


def _text(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _expectation(kind: Type) -> str:
    if isinstance(kind, BoolType):
        return "use true or false"
    if isinstance(kind, IntType) and kind.ge is not None and kind.le is not None:
        return f"use a number from {kind.ge} to {kind.le}"
    if isinstance(kind, LiteralType):
        return f"use one of {', '.join(map(str, kind.values))}"
    names: dict[type[Type], str] = {
        IntType: "a whole number is expected",
        FloatType: "Unix seconds are expected",
        StrType: "a single text is expected",
        ListType: "a list of texts is expected",
    }
    return names.get(type(kind), "another value is expected")
