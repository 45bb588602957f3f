"""The hidden origin: with an edge secret set, only edges get in, and only they are believed about the visitor."""

import hmac
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail import cache_policy
from picturerail.settings import Settings

# they tell nothing, and supervisors ask them; /metrics opens to its own token only
OPEN = ("/healthz", "/readyz", "/metrics")
FROM_EDGE = "picturerail.edge"  # in the environ of a request that an edge has made
# and of one that it has made for all strangers alike, to keep the answer
FOR_ALL = "picturerail.edge.for_all"
OPENED = "opened"  # how an edge calls an answer that it will keep beside the token that opened it

Headers = list[tuple[str, str]]
Mark = Callable[[int, Headers, str], Headers]


def guarded(settings: Settings, app: WSGIApplication) -> WSGIApplication:
    """`app` behind the guard; `app` itself when no edge secret is set."""
    if not settings.edge_secret:
        return app
    secret = settings.edge_secret.encode()

    def guard(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = str(environ.pop("HTTP_X_EDGE_SECRET", "")).encode("latin-1", "replace")
        if hmac.compare_digest(given, secret):
            keep = environ.pop("HTTP_X_EDGE_KEEP", "")
            seen = _as_seen_by_the_edge(environ)
            if not keep:
                return app(seen, start_response)
            if keep == OPENED:
                return app(seen, _kept(start_response, _opened))
            seen[FOR_ALL] = True
            return app(seen, _kept(start_response, _for_edges))
        if environ["PATH_INFO"] in OPEN:
            return app(environ, start_response)
        return _refuse(start_response)

    return guard


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    body = b"This server answers its edges only.\n"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("403 Forbidden", [*headers, *cache_policy.header(cache_policy.NO_STORE).items()])
    return [body]


def _as_seen_by_the_edge(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Address and scheme of the visitor, on the word of an edge that knows the secret."""
    environ[FROM_EDGE] = True
    environ.pop("HTTP_X_EDGE_VISITOR", "")  # who is charged: no answer depends on it
    if client := environ.pop("HTTP_X_EDGE_CLIENT", ""):
        environ["REMOTE_ADDR"] = client
    if scheme := environ.pop("HTTP_X_EDGE_SCHEME", ""):
        environ["wsgi.url_scheme"] = scheme
    return environ


def _kept(start_response: StartResponse, mark: Mark) -> StartResponse:
    """Tell the edge how long it may keep an answer; nginx takes this from the visitor.

    nginx 1.22 minds the order: after `X-Accel-Expires` it reads no `Cache-Control`, and after one that forbids to keep
    the answer no `X-Accel-Expires`.
    """

    def start(status: str, headers: Headers, exc_info: Any = None) -> Any:  # noqa: ANN401 - as WSGI has it
        names = {name.lower(): value for name, value in headers}
        if "set-cookie" not in names and "x-accel-expires" not in names:
            headers = mark(int(status[:3]), headers, names.get(cache_policy.HEADER.lower(), ""))
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

    return start


def _for_edges(status: int, headers: Headers, control: str) -> Headers:
    """What is the same for everybody: a picture for a day at most.

    What browsers shall not keep, for a moment: else a crowd that waits for a refusal would be let through one by one.
    """
    seconds, told = cache_policy.for_edges(status, control)
    expires = [] if seconds is None else [("X-Accel-Expires", str(seconds))]
    if told == control:
        return [*expires, *headers]
    by_policy = [
        (name, told if name.lower() == cache_policy.HEADER.lower() else value) for name, value in headers
    ]
    return [*by_policy, *expires]  # a word for edges is to be read


def _opened(status: int, headers: Headers, control: str) -> Headers:
    """What a token has opened, or has not."""
    return [("X-Accel-Expires", cache_policy.opened_for_edges(status, control)), *headers]
