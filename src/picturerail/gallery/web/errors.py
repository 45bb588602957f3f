"""Everything that goes wrong, as an answer: a page in the site's design, or JSON under /api/."""

import errno
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from pymongo.errors import ConnectionFailure, PyMongoError
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from picturerail import cache_policy
from picturerail.database import AGAIN_AFTER, AWAY
from picturerail.errors import Forbidden, PicturerailError, TooLarge, Unavailable
from picturerail.gallery.pictures.file import in_words
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import MAX_BODY
from picturerail.schemas.structs import PROBLEM, Problem, encoded

log = logging.getLogger(__name__)

TEXTS = ("description", "comment", "words", "addresses")  # fields in which people write sentences
SECRETS = frozenset(("password", "new_password", "code", "credential"))  # fields that no page repeats

TITLES = {
    400: "That could not be understood",
    401: "Please sign in",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not this way",
    409: "Changed meanwhile",
    413: "Too large",
    415: "Not a picture",
    429: "Too many tries",
    500: "Our fault",
    503: "Back in a moment",
}
SENTENCES = {
    400: "The request is not one that this site understands. Go back and try it another way.",
    404: "There is no page at this address. It may have moved, or the address has a slip in it.",
    405: "This address cannot be used in that way.",
    415: "The body of the request is of a type that is not understood here.",
    500: "Something broke here. It was written down under the number below.",
}
UNREADABLE_COOKIE = (
    "Another program has left a cookie for this host in your browser that hides all others, since it has letters "
    "beyond ASCII. Delete the cookies of this host in the browser's settings, and send this again."
)


@dataclass(frozen=True)
class ErrorPage:
    """What the error page says."""

    status: int
    message: str
    request_id: str
    retry_after: int | None = None
    retry_href: str = ""
    sign_in_href: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # of a form that was not taken

    @property
    def is_sent_again(self) -> bool:
        """Whether it may fare better another time: what is not understood, or not there, only with a text mended."""
        return bool(self.fields) and (
            self.status not in (400, 404) or any(self.is_text(name) for name, _ in self.fields)
        )

    def is_text(self, name: str) -> bool:
        """Whether a field is shown, to be read, saved elsewhere or mended, before it is sent again."""
        return name.startswith(TEXTS)

    @property
    def title(self) -> str:
        """A few words for the status."""
        return TITLES.get(self.status, "That did not work")


def register(app: Flask) -> None:
    """Answer every error of the app."""
    app.register_error_handler(PicturerailError, _ours)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PyMongoError, _database)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unknown)


def _ours(error: PicturerailError) -> Response:
    report(error)
    return answer(error.status, error.message, error.retry_after)


def report(error: PicturerailError) -> None:
    """Write down what operators must see, with its cause."""
    if error.report:
        log.error("Request %s: %s %s", g.get("request_id"), error, str(error.__cause__ or "")[:200])


def _forged(error: CSRFError) -> Response:
    log.info("Request %s: %s", g.get("request_id"), error.description)
    if request.endpoint == "accounts.enter" and access.person():  # in another tab
        wanted = request.form.get("next", "")
        return cast("Response", redirect(params.local_path(wanted, url_for("pictures.gallery")), 303))
    if request.environ.get("HTTP_COOKIE") == "":
        return _ours(Forbidden(UNREADABLE_COOKIE))
    return _ours(Forbidden("This form has expired or did not come from this site. Please send it again."))


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    # without a host there are no addresses for a page of ours
    if isinstance(error, (BadHost, SecurityError)):
        return _in_plain_words(400)
    # programs ask for files, and nobody looks at a page in their place
    if error.code == 404 and request.endpoint == "static":
        return _in_plain_words(404)
    if error.code == 413:
        return _ours(
            TooLarge(
                f"This is more than can be sent at once: the limit is {in_words(request.max_content_length or 0)}."
            )
        )
    if error.code == 404 and (there := _without_slash()):
        return cast("Response", redirect(there, 308))
    response = answer(error.code, SENTENCES.get(error.code, error.description or ""))
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _in_plain_words(status: int) -> Response:
    """What stands on the error page, without one: nothing is drawn, and nothing asked of the database."""
    headers = cache_policy.header(cache_policy.NO_STORE)
    return Response(f"{SENTENCES[status]}\n", status, headers, mimetype="text/plain")


def _without_slash() -> str:
    """The page that is meant by an address with a slash too many, as some programs write it; "" for none."""
    path = request.path.rstrip("/")
    if request.url_rule is not None or request.method != "GET" or "//" in path or path in ("", request.path):
        return ""
    pages = current_app.create_url_adapter(request)
    if pages is None or access.wants_json() or not pages.test(path, "GET"):
        return ""
    query = request.query_string.decode("latin-1")
    return quote(request.script_root + path) + (f"?{query}" if query else "")


def _database(error: PyMongoError) -> Response:
    if isinstance(error, ConnectionFailure) or error.timeout:
        services.services().outage.noticed = True
        away = Unavailable(AWAY, retry_after=AGAIN_AFTER)
        away.__cause__ = error
        return _ours(away)
    return _unknown(error)


def _system(error: OSError) -> Response:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = Unavailable(
            "There is no room for uploads at the moment. Nothing was kept; please try later.", retry_after=60
        )
        full.__cause__ = error
        return _ours(full)
    return _unknown(error)


def _unknown(error: Exception) -> Response:
    log.error("Request %s: %s %s", g.get("request_id"), request.method, request.path, exc_info=error)
    return answer(500, SENTENCES[500])


def answer(status: int, message: str, retry_after: int | None = None) -> Response:
    """The error page, or its JSON form; kept by nobody."""
    if access.wants_json():
        return problem(Problem, status, message, retry_after)
    page = _page(status, message, retry_after)
    return _refused(make_response(render_template("error.html", problem=page)), status, retry_after)


def problem(
    kind: type[Problem],
    status: int,
    message: str,
    retry_after: int | None = None,
    **more: Any,  # noqa: ANN401
) -> Response:
    """A refusal in JSON (RFC 9457), with `more` about what stands in the way."""
    title = TITLES.get(status, "That did not work")
    told = kind(title=title, status=status, detail=message, request_id=g.get("request_id", ""), **more)
    return _refused(Response(encoded(told), content_type=PROBLEM), status, retry_after)


def _refused(response: Response, status: int, retry_after: int | None) -> Response:
    if status == 401 and access.wants_json():
        response.headers["WWW-Authenticate"] = 'Bearer realm="picturerail"'
    response.status_code = status
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _page(status: int, message: str, retry_after: int | None) -> ErrorPage:
    request_id, sign_in, unsent = g.get("request_id", ""), _sign_in_address(status), _unsent()
    again = request.full_path.rstrip("?") if status in (429, 503) and not unsent and _is_page() else ""
    return ErrorPage(status, message, request_id, retry_after, again, sign_in, unsent)


def _is_page() -> bool:
    """Whether there is a page at this address: the one asked for, or that of a form whose secrets nobody keeps."""
    pages = current_app.create_url_adapter(request)
    return pages is not None and pages.test(request.path, "GET")


def _sign_in_address(status: int) -> str:
    """Where to sign in, for somebody whose session ended before a form was sent."""
    if status != 401 or request.method == "GET":
        return ""
    has_page = request.endpoint in ("edit.save", "upload.submit")
    return url_for("accounts.sign_in", next=request.path if has_page else url_for("pictures.gallery"))


def _unsent() -> tuple[tuple[str, str], ...]:
    """What a form brought that was not taken, so that no word or tick is lost; no secrets, and nothing large."""
    is_secret = request.blueprint == "accounts"
    if request.method != "POST" or is_secret or (request.content_length or MAX_BODY) >= MAX_BODY:
        return ()
    with suppress(HTTPException, ValueError):
        has_files = any(file.filename for file in request.files.values())  # which no page can hold
        if has_files or not SECRETS.isdisjoint(request.form):
            return ()
        return tuple((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return ()
