"""Form uploads of old browsers: the answer goes to the page that `callback` names, as the query of a redirect."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from picturerail.errors import BadRequest, PicturerailError
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.responses import encoded
from picturerail.url_parts import is_web, split_url

MAX_URL_LENGTH = 2000


def address(call: ApiRequest) -> str:
    """Where the answer is to go; "" for scripts, which read it themselves."""
    to = call.params.text("callback")
    if not to or call.headers.get("x-requested-with", "").lower() == "xmlhttprequest":
        return ""
    if not is_web(to) or len(to) > MAX_URL_LENGTH or not to.isprintable():
        raise BadRequest("Invalid callback: the http or https address of a page is expected.")
    return to


def redirected(to: str, upload: Callable[[], dict[str, Any]]) -> Response:
    """A redirect to the page with what `upload` answers, or with error[message] when it is refused."""
    try:
        answer: dict[str, Any] = json.loads(encoded(upload()))
    except PicturerailError as error:
        answer = {"error": {"message": error.message}}
    parts = split_url(to)
    query = "&".join(part for part in (parts.query, urlencode(list(_pairs(answer)))) if part)
    return redirect(parts._replace(query=query).geturl(), code=302)


def _pairs(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The parts of an answer that have a place in a query: plain values, lists of them, and the error."""
    for name, value in answer.items():
        if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
            yield from ((f"{name}[]", str(item)) for item in value)
        elif name == "error":
            yield "error[message]", value["message"]
        elif isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, str | int | float):
            yield name, str(value)
