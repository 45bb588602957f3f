"""Answers of the APIs: JSON with a request id; every error as {"error": {"message": ...}}."""

import json
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from picturerail import cache_policy
from picturerail.errors import PicturerailError

Answer = dict[str, Any] | list[Any] | Response


def json_response(answer: dict[str, Any] | list[Any], status: int = 200) -> Response:
    """An answer with `answer` as its JSON."""
    response = Response(encoded(answer), status, mimetype="application/json")
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    return response


def encoded(answer: dict[str, Any] | list[Any]) -> str:
    """`answer` as compact JSON text; times as ISO 8601 in UTC."""
    return _JSON.encode(answer)


def error_response(error: PicturerailError, status: int, *, challenge: bool) -> Response:
    """`error` in Cloudinary's shape, its message also in X-Cld-Error.

    With a `challenge` a browser asks its visitor for name and password: not over a page whose upload came too late,
    nor for a picture.
    """
    response = json_response({"error": {"message": error.message}}, status)
    add_error_headers(response, error)
    if challenge and error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Picturerail"'
    return response


def add_error_headers(response: Response, error: PicturerailError) -> None:
    """What every refusal carries, whatever its body: the reason, when to come back, and no caching."""
    response.headers["X-Cld-Error"] = header_text(error.message)
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)


def header_text(text: str, limit: int = 500) -> str:
    """`text` made safe for a header: one line, Latin-1, bounded."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:limit])
    return printable.encode("latin-1", "replace").decode("latin-1")


def iso(time: datetime) -> str:
    """A time as Cloudinary writes it: 2026-01-31T12:00:00Z."""
    # strftime takes three times as long, and a list has sixty times
    return f"{time.year:04}-{time.month:02}-{time.day:02}T{time.hour:02}:{time.minute:02}:{time.second:02}Z"


def _encode(value: object) -> Any:  # noqa: ANN401
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


# made once; what is answered is made for the answer, and holds nothing that holds itself
_JSON = json.JSONEncoder(default=_encode, ensure_ascii=False, check_circular=False, separators=(",", ":"))
