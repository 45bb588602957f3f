"""Headers of every answer: what a page may load, who may frame it, and who may keep it."""

import secrets
from collections.abc import Iterable
from typing import cast

from flask import Response, g, make_response, request

from picturerail import cache_policy, logs, security_headers
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.web import access, services

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def give_request_id() -> None:
    """Name this request, for the person who reports it and the log that explains it; none is taken from outside."""
    g.request_id = secrets.token_hex(8)


def csp_nonce() -> str:
    """The nonce of this answer's style elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast("str", g.csp_nonce)


def allow_images_from(origins: Iterable[str]) -> None:
    """Let this page, and no other, show pictures of these origins: the tutorial's addresses lie anywhere."""
    g.image_origins = {*g.get("image_origins", ()), *(found for found in origins if found)}


def secure(response: Response) -> Response:
    """Add the headers that protect the visitor."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_security_policy(services.cloud()))
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if services.settings().site_url.startswith("https://"):  # of all ports of a host, so its operator says it
        response.headers[security_headers.HSTS_NAME] = security_headers.HSTS
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers.pop("Server", None)
    return response


def stay_here(response: Response) -> Response:
    """Lead to this site by a path: the name by which a proxy asks for it may lack the port that visitors use."""
    here = request.host_url
    if response.location and response.location.startswith(here):
        response.location = "/" + response.location.removeprefix(here).lstrip("/")
    return response


def note_refusal(response: Response) -> Response:
    """Tell the log who was refused what: an answer of 401, 403 or 429."""
    if response.status_code not in logs.REFUSED:
        return response
    rule, person = request.url_rule, access.person()
    logs.note_refusal(
        response.status_code,
        request.method,
        rule.rule if rule else "an address that is none",
        who=f"account {person.id}" if person else "nobody who is signed in",
        address=request.remote_addr or "",
        request_id=g.get("request_id", ""),
    )
    return response


def cache(response: Response) -> Response:
    """Say who may keep the answer.

    Built files carry their content in their name. Pages depend on the session cookie; a visitor's may be kept if
    asked after, a signed-in person's only by the own browser. Both may come back by the Back button.
    """
    if request.endpoint == "static":
        response.headers.update(
            cache_policy.header(
                cache_policy.IMMUTABLE if response.status_code == 200 else cache_policy.NO_STORE
            )
        )
        return response
    response.vary.add("Cookie")
    if cache_policy.HEADER not in response.headers:
        response.headers.update(
            cache_policy.header(cache_policy.PERSONAL_PAGE if access.is_personal() else cache_policy.PAGE)
        )
    return response


def private(body: str, status: int = 200) -> Response:
    """A page with secrets, or a form for them: kept nowhere, not even for the Back button."""
    response = make_response(body, status)
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    return response


def content_security_policy(cloud: CloudAccess) -> str:
    """The policy of this answer; pictures and uploads follow the cloud in use."""
    images = sorted({cloud.delivery_origin(), *g.get("image_origins", ())} - {""})
    uploads = [cloud.upload_origin()] if cloud.upload_origin() else []
    return "; ".join(
        [
            "default-src 'none'",
            "object-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{csp_nonce()}'",
            " ".join(["img-src 'self' data: blob:", *images]),
            " ".join(["connect-src 'self'", *uploads]),
            "font-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
