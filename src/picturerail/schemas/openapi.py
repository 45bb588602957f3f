"""OpenAPI 3.1 documents from a table of operations and the structs of their bodies and answers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec

from picturerail.schemas.structs import JSON, PROBLEM

FORM = "multipart/form-data"
METHODS_WITHOUT_BODY = ("GET", "HEAD")

Document = dict[str, Any]

IF_NONE_MATCH: Document = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of the answer that one has",
}


@dataclass(frozen=True)
class Operation:
    """One method of one path, as a client has to know it."""

    method: str
    path: str  # with {name} for each parameter in it
    summary: str
    answers: Mapping[int, Any]  # a struct, or a text that describes an answer without one, by status
    body: Any = None
    query: Any = None  # a struct whose fields are the parameters behind the question mark
    body_type: str = JSON
    form: Any = None  # what may be sent in its place, as a form
    file: bool = False  # the body is a file
    security: tuple[tuple[str, ...], ...] = ()  # ways to show who one is: each all the schemes that it needs
    tag: str = ""
    has_etag: bool = False  # an answer carries one, by which is asked whether it is still the same


@dataclass(frozen=True)
class Api:
    """What a document begins with."""

    title: str
    version: str
    description: str
    servers: tuple[str, ...] = ()
    security: Mapping[str, Document] = field(default_factory=dict)
    problem: Any = None
    problem_type: str = PROBLEM


def document(api: Api, operations: Iterable[Operation]) -> Document:
    """The whole description."""
    operations = list(operations)
    structs = [api.problem] if api.problem else []
    for operation in operations:
        structs += [kind for kind in (operation.body, operation.form) if kind]
        structs += [kind for kind in operation.answers.values() if not isinstance(kind, str)]
    distinct = list(dict.fromkeys(structs))
    schemas, components = msgspec.json.schema_components(distinct, ref_template="#/components/schemas/{name}")
    schema = dict(zip(distinct, schemas, strict=True))
    paths: Document = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(api, operation, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": api.version, "description": api.description},
        "servers": [{"url": url} for url in api.servers],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": dict(api.security),
            "schemas": {name: _without_title(one) for name, one in sorted(components.items())},
        },
    }


def _described(api: Api, operation: Operation, schema: Mapping[Any, Document]) -> Document:
    told: Document = {"summary": operation.summary}
    if operation.tag:
        told["tags"] = [operation.tag]
    if operation.security:
        told["security"] = [{name: [] for name in way} for way in operation.security]
    parameters = [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", operation.path)]
    if operation.query:
        parameters += list(_query_parameters(operation.query))
    if operation.has_etag:
        parameters.append(IF_NONE_MATCH)
    if parameters:
        told["parameters"] = parameters
    if operation.body and operation.method not in METHODS_WITHOUT_BODY:
        content = {operation.body_type: {"schema": schema[operation.body]}}
        content |= {FORM: {"schema": schema[operation.form]}} if operation.form else {}
        told["requestBody"] = {"required": True, "content": content}
    if operation.file:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    told["responses"] = {
        str(status): _response(kind, JSON if status < 400 else api.problem_type, schema)
        for status, kind in operation.answers.items()
    }
    if operation.has_etag:
        told["responses"]["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        told["responses"]["304"] = {"description": "It is the same as when it had this ETag"}
    if api.problem:
        refusal = {"schema": schema[api.problem]}
        told["responses"]["default"] = {"description": "A refusal", "content": {api.problem_type: refusal}}
    return told


def _response(kind: Any, media_type: str, schema: Mapping[Any, Document]) -> Document:  # noqa: ANN401
    if isinstance(kind, str):
        return {"description": kind}
    *_, told = (kind, *get_args(kind))  # of a mapping, what stands in it
    text = (told.__doc__ or told.__name__).split("\n")[0].rstrip(".")
    return {"description": text, "content": {media_type: {"schema": schema[kind]}}}


def _path_parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(kind: Any) -> Iterable[Document]:  # noqa: ANN401
    [_], components = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    told = components[kind.__name__]
    for name, schema in told["properties"].items():
        parameter = {
            "name": name,
            "in": "query",
            "schema": {k: v for k, v in schema.items() if k != "description"},
        }
        if text := schema.get("description"):
            parameter["description"] = text
        if name in told.get("required", ()):
            parameter["required"] = True
        yield parameter


def _without_title(schema: Document) -> Document:
    return {name: value for name, value in schema.items() if name != "title"}
