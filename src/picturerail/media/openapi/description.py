"""The document, made of the table of endpoints and the structs of their actions."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from picturerail import __version__
from picturerail.media import guards
from picturerail.media.guards import Guard
from picturerail.media.openapi.contracts import contract_of
from picturerail.media.schemas.answers import CloudError
from picturerail.media.web import Route
from picturerail.schemas.openapi import FORM, Api, Document, Operation, document
from picturerail.schemas.structs import JSON

ABOUT = (
    "The media service, as Cloudinary's SDKs call it. Calls of the Admin API come with basic authentication (API key "
    "and secret); uploads and changes are signed with the secret in the parameter `signature`, or come with both as "
    "well. A refusal has its sentence in `error.message` and in the header X-Cld-Error."
)
SECURITY: dict[str, Document] = {
    "basic": {"type": "http", "scheme": "basic"},
    "signature": {"type": "apiKey", "in": "query", "name": "signature"},
}
SIGNED = (("signature",), ("basic",))
BY_GUARD: dict[Guard, tuple[tuple[str, ...], ...]] = {
    guards.admin: (("basic",),),
    guards.anybody: (),
    guards.signed_or_preset: (*SIGNED, ()),  # or nothing, where a preset lets everybody upload
}

_PARAMETER = re.compile(r"<(?:(?:any\(([^)]*)\)|\w+):)?(\w+)>")


def describe(routes: Sequence[Route], site_url: str, cloud_name: str) -> Document:
    """The document of these endpoints at one cloud."""
    api = Api(
        title="Picturerail media service",
        version=__version__,
        description=ABOUT,
        servers=(site_url,),
        security=SECURITY,
        problem=CloudError,
        problem_type=JSON,
    )
    return document(api, _operations(routes, cloud_name))


def _operations(routes: Sequence[Route], cloud_name: str) -> Iterator[Operation]:
    shapes = Counter(_shape(route) for route in routes)
    for route in routes:
        for path in [_path(route.path)] if shapes[_shape(route)] == 1 else _spelled_out(route.path):
            yield _operation(route, _whole(path, cloud_name))


def _shape(route: Route) -> tuple[str, str]:
    return route.method, re.sub(r"\{\w+\}", "{}", _path(route.path))


def _operation(route: Route, path: str) -> Operation:
    known = contract_of(route.action)
    in_query = route.method == "GET" or route.bare
    return Operation(
        method=route.method,
        path=path,
        summary=(route.action.__doc__ or "").split("\n")[0].rstrip("."),
        answers={200: known.answer},
        body=None if in_query else known.parameters,
        query=known.parameters if in_query else None,
        file=route.bare,
        body_type=FORM if route.guard is not guards.admin else JSON,
        security=BY_GUARD.get(route.guard, SIGNED),
        tag=(route.action.__module__.removeprefix("picturerail.media.").partition(".")[0]),
    )


def _path(rule: str) -> str:
    return _PARAMETER.sub(r"{\2}", rule)


def _spelled_out(rule: str) -> list[str]:
    """A path for each word of its first parameter, where that has words: two paths of one shape are one to OpenAPI."""
    first = _PARAMETER.search(rule)
    if first is None or first[1] is None:
        return [_path(rule)]
    return [_path(rule.replace(first[0], word, 1)) for word in first[1].split(",")]


def _whole(path: str, cloud_name: str) -> str:
    return path.replace("{cloud}", cloud_name) if path.startswith("/v2/") else f"/v1_1/{cloud_name}{path}"
