"""What each call of the JSON API takes and answers, said beside its view; from it comes the OpenAPI document."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, Flask

from picturerail import __version__
from picturerail.schemas.openapi import Api, Document, Operation, document
from picturerail.schemas.structs import JSON, ApiAnswer, ApiBody, Problem

P = ParamSpec("P")
R = TypeVar("R")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WAYS_IN = (("token",), ("session", "csrf"))
SECURITY: dict[str, Document] = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "picturerail"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
}
ABOUT = (
    "Reading is for everybody. Changes need a token for scripts (`Authorization: Bearer TOKEN`), or the session cookie "
    "of a browser and the header X-CSRFToken with the content of the page's meta element csrf-token. A refusal is "
    "application/problem+json: `detail` is a sentence."
)


@dataclass(frozen=True)
class Contract:
    """The structs of one call: its answers by status, its body, and what may stand behind the question mark."""

    answers: Mapping[int, type[ApiAnswer] | str]
    body: type[ApiBody] | None = None
    query: type[ApiAnswer] | None = None
    body_type: str = JSON
    form: type[ApiBody] | None = None


def answers(
    given: Mapping[int, type[ApiAnswer] | str],
    *,
    body: type[ApiBody] | None = None,
    query: type[ApiAnswer] | None = None,
    body_type: str = JSON,
    form: type[ApiBody] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say what a view takes and answers; `form` may be sent in the place of `body`."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.contract = Contract(given, body, query, body_type, form)  # type: ignore[attr-defined]
        return view

    return mark


def describe(blueprints: Iterable[Blueprint], site_url: str, is_open: Callable[[Any], bool]) -> Document:
    """The OpenAPI document of the calls in some blueprints; `is_open` tells views that everybody may call."""
    app = Flask(__name__, static_folder=None)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    api = Api(
        title="Picturerail gallery",
        version=__version__,
        description=ABOUT,
        servers=(site_url,),
        security=SECURITY,
        problem=Problem,
    )
    return document(api, (operation for operation in _operations(app, is_open)))


def contract_of(view: object) -> Contract | None:
    """What a view has said; None for one that has not."""
    return getattr(view, "contract", None)


def _operations(app: Flask, is_open: Callable[[Any], bool]) -> list[Operation]:
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        known = contract_of(view)
        for method in sorted((rule.methods or set()) & set(METHODS)):
            if known:
                found.append(
                    Operation(
                        method=method,
                        path=re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule),
                        summary=(view.__doc__ or "").split("\n")[0].rstrip("."),
                        answers=known.answers,
                        body=known.body,
                        body_type=known.body_type,
                        form=known.form,
                        query=known.query,
                        security=() if is_open(view) else WAYS_IN,
                        has_etag=method == "GET",
                    )
                )
    return found
