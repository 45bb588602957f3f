"""The cookie that Flask calls a session, and the token by which forms prove that our page sent them."""

from dataclasses import dataclass
from time import monotonic
from typing import cast

from flask import Flask, Request, Response, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from picturerail.concurrency.lru import Lru
from picturerail.gallery.web import access, flash

FIELD = "csrf_token"
MAX_HEAD = 3900  # characters of all headers: nginx takes 4,096 with the line above them, browsers as many for a cookie
ATTRIBUTES = 100  # characters of the cookie, beside its value
SAME_SECONDS = 60  # in which a browser gets the same token, and its cookie is read once


@dataclass(frozen=True)
class _Opened:
    held: dict[str, str]
    until: float


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie, whose signer is made once, where Flask makes one for each request.

    What a cookie holds is read once in a while: to prove its signature takes as long as a small question.
    """

    def __init__(self) -> None:
        """Nothing is signed yet."""
        self._signer: URLSafeTimedSerializer | None = None
        self._opened: Lru[_Opened] = Lru()  # by the whole cookie; texts alone, which nobody changes in place

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the browser's cookie holds."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        known = self._opened.get(cookie)
        if known and known.until > monotonic():
            return self.session_class(known.held)
        opened = super().open_session(app, request)
        if opened and all(isinstance(each, str) for each in opened.values()):
            self._opened.keep(cookie, _Opened(dict(opened), monotonic() + SAME_SECONDS))
        return opened

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

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what fits into the head of the answer; all would be lost with a larger one."""
        signer = self.get_signing_serializer(app)
        if session.modified and signer is not None:
            head = sum(len(name) + len(value) + len(": \r\n") for name, value in response.headers)
            room = MAX_HEAD - ATTRIBUTES - head
            while len(signer.dumps(dict(session))) > room and flash.let_go(session):
                pass
        super().save_session(app, session, response)


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
