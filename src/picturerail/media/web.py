"""The routes as a Flask application: read the call, ask the guard, run the action, answer; errors in one place."""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, TypeAlias

from bson.errors import InvalidBSON, InvalidDocument, InvalidStringData
from flask import Flask, g, request
from pymongo.errors import DocumentTooLarge
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import PathConverter
from werkzeug.wrappers import Response

from picturerail import cache_policy, conditions, cross_origin, logs, metrics, security_headers, signing
from picturerail.conditions import CONDITIONS
from picturerail.database import as_unavailable, expect_writable
from picturerail.errors import BadRequest, Forbidden, PicturerailError, Unauthorized
from picturerail.media import coverage, guards
from picturerail.media.access import authentication
from picturerail.media.account.rate_limit import RateLimit
from picturerail.media.delivery.cache.url_index import UrlIndex
from picturerail.media.delivery.serve import deliver
from picturerail.media.guards import Guard
from picturerail.media.http import api_request, file_response, responses
from picturerail.media.http.api_request import ApiRequest, read_request
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.key_pair import ROLES
from picturerail.media.search.by_url import search_by_url, seconds
from picturerail.media.service import Media
from picturerail.schemas import forms
from picturerail.schemas.structs import ApiBody

Action: TypeAlias = Callable[..., dict[str, Any] | Response]

log = logging.getLogger(__name__)

_API_PREFIXES = ("/v1_1/", "/v2/")
_OF_ALL = {"OPTIONS"}  # of whatever begins as an endpoint does, also what is none
# What a client of the Upload API reads no sentence of is a 400 to it, as at Cloudinary: the SDK of Node reads those of
# 400, 401, 404, 420, 429 and 500 only. A 403 and a 503 stay: programs act on these, and 503 says when to come back.
_AS_BAD_REQUEST = (409, 413, 415)


@dataclass(frozen=True)
class Route:
    """One endpoint: method, path after /v1_1/<cloud> or whole after /v2, who may, and the action that answers.

    The body of a `bare` one is a file, and its parameters stand behind the question mark.
    """

    method: str
    path: str
    guard: Guard
    action: Action
    takes: type[ApiBody] | None = None  # what its parameters are held against
    bare: bool = False


class _Web(Flask):
    """A Flask application whose functions are all plain ones."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` as it is: Flask looks at each of them in each request whether it is a coroutine."""
        return func


class AnyPath(PathConverter):
    """The rest of a path, in which lines may break: texts of layers have several."""

    regex = r"(?s:[^/].*)"


def make_web(
    media: Media, url_index: UrlIndex, routes: Sequence[Route], count: Callable[[int], None]
) -> Flask:
    """The application with all routes of the APIs, and delivery below the cloud's name; `count` hears of each."""
    web = _Web(__name__, static_folder=None)
    web.url_map.merge_slashes = False
    web.url_map.converters["path"] = AnyPath
    admin_calls = RateLimit(media.database, media.settings.admin_calls_per_hour)
    for route in routes:
        name = f"{route.method} {route.path}"
        rule = route.path if route.path.startswith("/v2/") else f"/v1_1/<cloud>{route.path}"
        web.add_url_rule(
            rule,
            name,
            _api(media, route, admin_calls),
            methods=[route.method],
            provide_automatic_options=False,
        )
    web.add_url_rule(
        "/v1_1/<path:rest>", "options", _options, methods=["OPTIONS"], provide_automatic_options=False
    )
    searches = f"/{media.settings.cloud_name}/search/<signature>/<ttl>/<query>"
    web.add_url_rule(searches, "search", _search(media), methods=["GET"])
    web.add_url_rule(f"{searches}/<cursor>", "search", methods=["GET"])
    delivered = f"/{media.settings.cloud_name}/<path:rest>"
    web.add_url_rule(
        delivered,
        "delivery",
        _delivery(media, url_index),
        methods=["GET"],
        provide_automatic_options=False,
    )
    web.add_url_rule(delivered, "preflight", _preflight, methods=["OPTIONS"], provide_automatic_options=False)
    web.before_request(_name_request)
    web.after_request(_finish)
    web.after_request(_note_refusal)
    web.after_request(_measure(count))
    web.register_error_handler(Exception, _refuse)
    return web


def _api(media: Media, route: Route, admin_calls: RateLimit) -> Callable[..., Response]:
    recognise = partial(authentication.is_known, media.keys)

    def view(cloud: str, **path: str) -> Response:
        api_request.use_one_alphabet(request.environ)
        g.admin = route.guard is guards.admin
        if g.admin and request.authorization is None:  # said before a byte of the body is waited for
            raise Unauthorized(authentication.MISSING)
        limit = media.settings.max_upload_bytes
        with read_request(request, media.spool_folder, limit, recognise, bare=route.bare) as received:
            if cloud != media.settings.cloud_name:
                raise Unauthorized("Unknown cloud_name: the address names another cloud.")
            if route.method != "GET":
                expect_writable(media.database.client)
            call = route.guard(media, received)
            _check_role(media, route, call)
            if g.admin:
                g.allowance = admin_calls.spend()
                g.allowance.check()
            if route.takes is not None:
                forms.check(call.params, route.takes)
            answer = _signed(media, call, route.action(media, call, **path))
            return answer if isinstance(answer, Response) else responses.json_response(answer)

    return view


def _check_role(media: Media, route: Route, call: ApiRequest) -> None:
    """Forbidden when the key of a call is not for such calls."""
    if call.key is None:
        return
    if not call.key.may(route.method, route.path):
        raise Forbidden(f"The API key '{call.key.name}' may {ROLES[call.key.role]}.")
    media.keys.note_use(call.key)


def _signed(media: Media, call: ApiRequest, answer: Any) -> Any:  # noqa: ANN401
    """An answer that its receiver can check with the secret that he has, where it is signed at all."""
    if call.key is None or call.key == media.keys.first:
        return answer
    if not (isinstance(answer, dict) and "signature" in answer):
        return answer
    signature = signing.sign_response(answer["public_id"], answer["version"], call.key.secret)
    return {**answer, "signature": signature}


def _search(media: Media) -> Callable[..., Response]:
    def view(signature: str, ttl: str, query: str, cursor: str = "") -> Response:
        response = responses.json_response(search_by_url(media, signature, ttl, query, cursor))
        response.headers.update(cache_policy.header(cache_policy.lasting(seconds(ttl))))
        response.headers.update(cross_origin.ANYBODY | cross_origin.EXPOSED)
        return response

    return view


def _delivery(media: Media, url_index: UrlIndex) -> Callable[..., Response]:
    def view(rest: str) -> Response:
        g.delivery = True
        raw = RawRequest(
            path=rest,
            full_path=request.environ["PATH_INFO"],
            query=request.query_string.decode("latin-1"),
            headers={name.lower(): value for name, value in request.headers},
            address=request.remote_addr or "",
        )
        return _conditional(deliver(media, url_index, raw))

    return view


def _conditional(response: Response) -> Response:
    """The answer as the conditions and the range of the request want it."""
    length, given = response.content_length, request.headers
    if response.status_code != 200 or length is None or not any(name in given for name in CONDITIONS):
        return response
    etag, modified = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    outcome = conditions.decide(request.method, given, etag=etag, modified=modified, length=length)
    if outcome.status == 200:
        return response
    if outcome.status == 206:
        return file_response.partial(response, outcome.first, outcome.last)
    response.close()
    if outcome.status == 304:
        return file_response.not_modified(dict(response.headers.items()))
    if outcome.status == 412:
        return _refuse(_FrameworkError(412, "It has changed: a condition of the request does not hold."))
    refusal = _refuse(_FrameworkError(416, f"No such range: there are {length} bytes."))
    refusal.headers["Content-Range"] = f"bytes */{length}"
    return refusal


def _options(rest: str) -> Response:
    del rest
    return Response(status=204)


def _preflight(rest: str) -> Response:
    """Allow scripts of other sites to ask for a picture with headers of theirs, such as Range."""
    del rest
    return Response(status=204, headers=cross_origin.DELIVERY_PREFLIGHT)


def _name_request() -> None:
    g.request_id, g.started = uuid.uuid4().hex, perf_counter()


def _measure(count: Callable[[int], None]) -> Callable[[Response], Response]:
    """Count each answer, its bytes, and how long it took."""

    def measure(response: Response) -> Response:
        seconds, route = perf_counter() - g.started, _route_class()
        length = response.content_length or response.calculate_content_length() or 0
        count(length if request.method != "HEAD" else 0)
        metrics.REQUESTS.labels("media", route, response.status_code).inc()
        metrics.REQUEST_SECONDS.labels("media", route).observe(seconds)
        if route == "delivery" and response.status_code == 200:
            metrics.MISS_SECONDS.observe(seconds)
        return response

    return measure


def _route_class() -> str:
    """There are too many endpoints to tell of each."""
    endpoint = request.endpoint or "none"
    if endpoint in ("delivery", "search", "options", "none"):
        return endpoint
    if endpoint == "preflight":
        return "options"
    return "admin" if g.get("admin", False) else "upload"


def _finish(response: Response) -> Response:
    """Headers of every answer."""
    response.headers["X-Request-Id"] = g.request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", security_headers.CLOSED)
    if request.path.startswith("/v1_1/") and not g.get("admin", False):
        response.headers.update(cross_origin.UPLOAD)
    if "allowance" in g:
        response.headers.update(g.allowance.headers())
    return response


def _note_refusal(response: Response) -> Response:
    """Tell the log who was refused what: an answer of 401, 403 or 429."""
    if response.status_code not in logs.REFUSED:
        return response
    rule = request.url_rule
    logs.note_refusal(
        response.status_code,
        request.method,
        rule.rule if rule else "an address that is none",
        who="a call" if request.path.startswith(_API_PREFIXES) else "a visitor",
        address=request.remote_addr or "",
        request_id=g.request_id,
    )
    return response


def _refuse(error: Exception) -> Response:
    """The one place that turns an error into an answer."""
    if isinstance(error, MethodNotAllowed) and (methods := set(error.valid_methods or ()) - _OF_ALL):
        return _not_allowed(methods)
    known = _known(error)
    if known.report and known.status != 503:
        log.error("%s %s: %s (request %s)", request.method, request.path, error, g.request_id, exc_info=error)
    if not g.get("delivery", False):
        unread = known.status in _AS_BAD_REQUEST and not g.get("admin", False)
        status = 400 if unread else known.status
        return responses.error_response(known, status, challenge=g.get("admin", False))
    response = Response(
        f"{known.message}\n", known.status, mimetype="text/plain", headers=file_response.SECURITY
    )
    responses.add_error_headers(response, known)
    return response


def _not_allowed(methods: set[str]) -> Response:
    g.delivery = not request.path.startswith(_API_PREFIXES)
    ways = ", ".join(sorted(methods | _OF_ALL))
    refusal = _refuse(_FrameworkError(405, f"{request.method} is no way to ask for this; use {ways}."))
    refusal.headers["Allow"] = ways
    return refusal


def _known(error: Exception) -> PicturerailError:
    if isinstance(error, PicturerailError):
        return error
    if (away := as_unavailable(error)) is not None:
        return away
    if isinstance(error, HTTPException):
        return _FrameworkError(404 if error.code == 405 else error.code or 500, _sentence(error))
    if isinstance(error, InvalidDocument | InvalidStringData | InvalidBSON | DocumentTooLarge | UnicodeError):
        return BadRequest("A parameter holds text that cannot be stored.")
    if isinstance(error, OverflowError):
        return BadRequest("A parameter holds a number that is too large: 64 bits are the limit.")
    return PicturerailError("Something went wrong on our side. The request id helps to find out what.")


def _sentence(error: HTTPException) -> str:
    if error.code in (404, 405):
        why = coverage.why_absent(request.path)
        return f"No such endpoint: {request.method} {request.path[:200]}{': ' if why else ''}{why}"
    return error.description or error.name


class _FrameworkError(PicturerailError):
    """An error that the web framework found."""

    report = False

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status  # type: ignore[misc]
