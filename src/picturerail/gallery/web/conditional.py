"""Conditions and ranges of the gallery's own answers, by the rules that pictures follow."""

from collections.abc import Iterable, Iterator
from typing import cast

from flask import Response, request
from werkzeug.wsgi import ClosingIterator

from picturerail import cache_policy, conditions

CHANGED = "It has changed: a condition of the request does not hold."
NO_RANGE = "No such range: there are {} bytes."
_OF_BODY = ("Content-Type", "Content-Length", "Content-Disposition")
_OF_BYTES = (*_OF_BODY, "Content-Encoding", "ETag", "Last-Modified", "Expires")


def apply(response: Response) -> Response:
    """The answer to a GET or HEAD as the conditions and the range of the request want it."""
    length = response.content_length
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or length is None:
        return response
    etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    given = {name.lower(): value for name, value in request.headers}
    if etag and not etag.startswith("W/"):
        response.headers["Accept-Ranges"] = "bytes"
    else:
        given.pop("range", None)  # two visits of a page, or of a list, are not parts of one
    outcome = conditions.decide(request.method, given, etag=etag, modified=modified, length=length)
    if outcome.status == 304:
        _become(response, 304, "", _OF_BODY)
    elif outcome.status == 412:
        _become(response, 412, CHANGED, _OF_BYTES)
    elif outcome.status == 416:
        _become(response, 416, NO_RANGE.format(length), _OF_BYTES)
        response.headers["Content-Range"] = f"bytes */{length}"
    elif outcome.status == 206:
        _become_part(response, outcome.first, outcome.last, length)
    return response


def _become(response: Response, status: int, sentence: str, without: Iterable[str]) -> None:
    """Answer a sentence, or nothing, in the place of the bytes."""
    response.close()
    response.direct_passthrough = False
    response.status_code = status
    for name in without:
        response.headers.pop(name, None)
    if sentence:
        response.set_data(f"{sentence}\n")
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    else:
        response.response = []


def _become_part(response: Response, first: int, last: int, length: int) -> None:
    whole = cast("Iterable[bytes]", response.response)
    response.response = ClosingIterator(_part(whole, first, last), getattr(whole, "close", None))
    response.direct_passthrough = True
    response.status_code = 206
    response.content_length = last - first + 1
    response.headers["Content-Range"] = f"bytes {first}-{last}/{length}"


def _part(blocks: Iterable[bytes], first: int, last: int) -> Iterator[bytes]:
    place = 0
    for block in blocks:
        if part := block[max(0, first - place) : last + 1 - place]:
            yield part
        place += len(block)
        if place > last:
            return
