"""The cookie that Flask calls a session, and the token by which forms prove that our page sent them."""

from dataclasses import dataclass
from time import monotonic
from typing import cast

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from picturerail.concurrency.lru import Lru
from picturerail.gallery.web import access

FIELD = "csrf_token"
SAME_SECONDS = 60  # in which a browser gets the same token: to sign one takes as long as a small question


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie, whose signer is made once: Flask makes one for each request."""

    def __init__(self) -> None:
        """Nothing is signed yet."""
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer by the app's key, which stays the same."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def get_cookie_name(self, app: Flask) -> str:
        """Its name, guarded as that of the session's cookie is."""
        del app
        return f"{access.cookie_name()}-form"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether it goes over TLS alone."""
        del app
        return access.is_https()


@dataclass(frozen=True)
class _Signed:
    token: str
    until: float


_signed: Lru[_Signed] = Lru()  # by what the browser's cookie holds, which no other has


def csrf_token() -> str:
    """The token of the browser that asks; it opens nothing to another one, whose cookie holds something else."""
    if FIELD not in g:
        held = session.get(FIELD)
        known = _signed.get(held) if isinstance(held, str) else None
        if known is None or known.until <= monotonic():
            known = _Signed(generate_csrf(), monotonic() + SAME_SECONDS)
            _signed.keep(session[FIELD], known)
        setattr(g, FIELD, known.token)
    return cast("str", g.get(FIELD))
