"""The structs of an API as TypeScript's types, for the browser's code."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

REF = "#/components/schemas/"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def module(structs: Iterable[Any], note: str) -> str:
    """One exported interface for each struct, and for each that stands in it, in the order of their names."""
    _, components = msgspec.json.schema_components(list(structs), ref_template=f"{REF}{{name}}")
    interfaces = [_interface(name, schema) for name, schema in sorted(components.items())]
    return f"// {note}\n\n" + "\n".join(interfaces)


def _interface(name: str, schema: Mapping[str, Any]) -> str:
    comment = f"/** {schema['description']} */\n" if "description" in schema else ""
    fields = "".join(_fields(schema))
    return f"{comment}export interface {name} {{\n{fields}}}\n"


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, of in schema["properties"].items():
        comment = f"  /** {of['description']} */\n" if "description" in of else ""
        yield f"{comment}  {name}{'' if name in required else '?'}: {_type(of)};\n"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(_literal(one) for one in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        items = _type(schema.get("items", {}))
        return f"({items})[]" if " " in items else f"{items}[]"
    if kind == "object":
        return f"Record<string, {_type(schema.get('additionalProperties', {}))}>"
    return PLAIN.get(str(kind), "unknown")


def _literal(value: object) -> str:
    return "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
