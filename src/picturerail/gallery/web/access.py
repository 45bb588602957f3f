"""Who asks, and whether they may: decided before the body of a request is read.

A view says what it is for by `@requires(Action.ADD)` and how large its body may be by `@accepts(bytes)`. A request
that changes something must come from our own pages, and is refused where no view said who may send it.
"""

import hmac
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast
from urllib.parse import quote

from flask import Response, current_app, g, redirect, request, session, url_for

from picturerail.errors import BadRequest, Forbidden, Unauthorized
from picturerail.gallery import policy
from picturerail.gallery.accounts import addresses
from picturerail.gallery.accounts.sessions import find_person, find_person_and_texts
from picturerail.gallery.accounts.tokens import find_client
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.policy import VISITOR, Action, Anybody, ApiClient, Person, Principal, ShareLink
from picturerail.gallery.web import params, services
from picturerail.url_parts import read_url, split_url

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_BODY = 256 * 1024
EVERYBODY = "everybody"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

P = ParamSpec("P")
R = TypeVar("R")


def requires(action: Action | str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those in who may do so to some picture; EVERYBODY for what is open even on a private site."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.required_action = action  # type: ignore[attr-defined]
        return view

    return mark


def required_action(view: object) -> Action | str | None:
    """What one must be allowed to do to call a view; None where nobody said so."""
    action: Action | str | None = getattr(view, "required_action", None)
    return action


def accepts(limit: Callable[[], int]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the body of a request to this view have up to `limit()` bytes instead of MAX_BODY."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return mark


def principal() -> Principal:
    """Who asks; known once `identify` has run."""
    return cast("Principal", g.get("principal", VISITOR))


def person() -> Person | None:
    """Who is signed in."""
    who = principal()
    return who if isinstance(who, Person) else None


def is_client() -> bool:
    """Whether a script asks, by a token that no browser sends by itself."""
    return isinstance(principal(), ApiClient)


def called_by_programs(view: Callable[P, R]) -> Callable[P, R]:
    """Let programs of others call a view, which prove by what they send who they are."""
    view.needs_no_form_token = True  # type: ignore[attr-defined]
    return view


def needs_form_token() -> bool:
    """Whether a browser might have been made to send this, by a page of somebody else's."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and not is_client() and not hasattr(view, "needs_no_form_token")


def acting() -> ActionContext:
    """What the actions of this request work with."""
    address = request.remote_addr or ""
    return ActionContext(principal(), services.database(), services.cloud(), services.settings(), address)


def asked_anew() -> Callable[[], Principal]:
    """Looks up who asks as it is at each call, also when the answer is on its way."""
    db, token = services.database(), request.cookies.get(cookie_name(), "")
    return lambda: find_person(db, token) or VISITOR


def signed_in() -> Person:
    """Who is signed in, in views that let nobody else in."""
    if (who := person()) is None:
        raise Unauthorized("Please sign in first.")
    return who


def check_host() -> None:
    """A site with a public address answers to that name, and to this machine's own for health checks."""
    if public := services.settings().public_url:
        asked = _host_name(request.host)
        if asked != split_url(public).netloc and split_url(f"//{asked}").hostname not in LOOPBACK:
            raise BadRequest(
                f"This site is not known under the name {asked}. Its operator sets that name with "
                "PICTURERAIL_PUBLIC_URL."
            )


def _host_name(host: str) -> str:
    """A Host header as the public address is written: in lower case, without the port that goes without saying."""
    scheme = split_url(services.settings().public_url).scheme
    return host.lower().removesuffix(":443" if scheme == "https" else ":80")


def identify(*, is_new: bool = True) -> None:
    """Find out who asks: by a token for scripts, by our cookie, or nobody, and then without a query.

    Only a call that `is_new` is counted.
    """
    if wants_json() and "Authorization" in request.headers:
        g.principal = _client(is_new=is_new)
        return
    token = request.cookies.get(cookie_name())
    known = _person(token) if token and request.endpoint != "static" else None
    g.principal = known or VISITOR
    if known:
        g.token_terms = addresses.terms_of(known)


def _person(token: str) -> Person | None:
    """Who holds our cookie's token; where a page is asked for, its texts come along."""
    if wants_json() or request.method not in SAFE_METHODS:
        return find_person(services.database(), token)
    found = find_person_and_texts(services.database(), token)
    if found is None:
        return None
    known, texts = found
    services.note_site_texts(texts)
    return known


def _client(*, is_new: bool) -> ApiClient:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    known = find_client(services.database(), token.strip()) if scheme.lower() == "bearer" else None
    if known is None:
        raise Unauthorized("This token is not known, or has expired. Send 'Authorization: Bearer TOKEN'.")
    if is_new:
        services.services().calls.count(known)
    return known


def guard() -> Response | None:
    """Refuse, send to the sign-in page, or let through."""
    view = current_app.view_functions.get(request.endpoint or "")
    limit: Callable[[], int] | None = getattr(view, "body_limit", None)
    request.max_content_length = limit() if limit else MAX_BODY
    if view is None or request.method == "OPTIONS":  # it is told what may be sent here, and no view is called
        return None
    action = required_action(view)
    if request.method not in SAFE_METHODS:
        if not is_client():
            _refuse_foreign_pages()
        if action is None:
            raise Forbidden("Nobody may change anything here.")
        policy.check_scope(principal())
    if _lets_in(action):
        return None
    if person() is None and request.method in SAFE_METHODS and not wants_json():
        return cast("Response", redirect(sign_in_address(), 303))
    if isinstance(action, Action):
        policy.check(principal(), action)
    raise Unauthorized("Please sign in first.")


def ask_again() -> Response | None:
    """Who sends files may take minutes, and lose meanwhile what they had: look it up once more when all is here."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE_METHODS or not hasattr(view, "body_limit"):
        return None
    _ = request.files  # which reads the body to its end
    identify(is_new=False)
    return guard()


def _lets_in(action: Action | str | None) -> bool:
    """Whether a view for this action is open to whoever asks; a private site shows nothing to strangers."""
    if isinstance(action, Action):
        return policy.may(principal(), action)
    is_stranger = isinstance(principal(), Anybody) and request.endpoint != "static"
    return action == EVERYBODY or not (is_stranger and services.settings().private_site)


def same(given: str, known: str) -> bool:
    """Whether two secrets are one, told in the same time for each."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), known.encode())


def is_personal() -> bool:
    """True when the answer is for one browser: somebody is signed in, a form holds a token, a notice was shown."""
    is_guest = isinstance(principal(), ShareLink)
    return person() is not None or is_client() or is_guest or "csrf_token" in g or session.modified


def wants_json() -> bool:
    """True where answers are JSON."""
    return request.path.startswith("/api/")


def sign_in_address() -> str:
    """The sign-in page, with the way back to this one, unless that is longer than proxies take in a header."""
    way_back = quote(request.full_path.rstrip("?"), safe="/")
    return url_for("accounts.sign_in") + (f"?next={way_back}" if len(way_back) <= params.MAX_WAY_BACK else "")


def sign_in_from_here() -> str:
    """The sign-in page, which leads back to the page that links to it."""
    is_page = request.endpoint and request.method == "GET" and request.blueprint in ("pictures", "feeds")
    return sign_in_address() if is_page else url_for("accounts.sign_in")


def cookie_name() -> str:
    """Name of the session cookie; under TLS the browser itself guards its flags."""
    return "__Host-picturerail" if is_https() else "picturerail"


def is_https() -> bool:
    """True when visitors come by TLS: by the site's own address, or on the word of a proxy that is believed."""
    return services.settings().site_url.startswith("https://") or request.scheme == "https"


def _origin(address: str) -> str:
    parts = read_url(address)
    return f"{parts.scheme}://{parts.netloc}" if parts is not None and parts.netloc else ""


def _refuse_foreign_pages() -> None:
    """A page of another site cannot make a visitor's browser change anything here, token or not."""
    came_from = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    ours = {services.settings().site_url, f"{request.scheme}://{request.host}"}
    site = request.headers.get("Sec-Fetch-Site")
    if came_from == "null" and site == "same-origin":
        return  # the browser hides the address of the page, as some people let theirs do, but says that it is ours
    same_host = came_from and split_url(came_from).netloc == request.host and came_from != "null"
    if site == "cross-site":
        raise Forbidden("This request came from another site's page.")
    if came_from and came_from not in ours and not same_host:
        raise Forbidden(
            f"This request came from a page of {came_from[:200]}, and this site is {services.site_url()}. If both are "
            "one, its operator sets PICTURERAIL_PUBLIC_URL to the address that visitors see."
        )
