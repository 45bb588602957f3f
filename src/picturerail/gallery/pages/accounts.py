"""Signing in and out, the first owner, and one's own password."""

import time

from bson import ObjectId
from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, PicturerailError
from picturerail.gallery.accounts import identities, passkeys, passwords, sessions, setup, users
from picturerail.gallery.accounts.email import MAX_EMAIL
from picturerail.gallery.accounts.totp import MAX_CODE
from picturerail.gallery.actions import accounts as actions
from picturerail.gallery.oidc.identity import ProviderIdentity
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, passkey_site, services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

MAX_PASSWORD_FIELD = 4 * passwords.MAX_PASSWORD
SECOND_STEP_SECONDS = 600
NO_MATCH = "That address and password do not belong together."

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@requires(EVERYBODY)
def sign_in() -> BaseResponse | str:
    """The form; those who are in already go on."""
    way_back = params.local_path(request.args.get("next", ""), "")
    if access.person():
        return redirect(way_back or url_for("pictures.gallery"), 303)
    return sign_in_page("", way_back)


@blueprint.post("/sign-in")
@requires(EVERYBODY)
def enter() -> BaseResponse:
    """Check address and password, and begin a session under a new token."""
    email = params.field(request.form, "email", limit=MAX_EMAIL)
    password = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    way_back = params.local_path(
        params.field(request.form, "next", required=False), url_for("pictures.gallery")
    )
    address, throttle = request.remote_addr or "", services.services().throttle
    throttle.count_try(email, address)
    user = actions.sign_in(access.acting(), email, password)
    if user is None:
        return sign_in_page(email, way_back, NO_MATCH, 401)
    throttle.take_back(email, address)
    if user.totp:
        _remember(user, way_back)
        return redirect(url_for("accounts.code_form"), 303)
    return begin_session(user, way_back)


@blueprint.get("/sign-in/code")
@requires(EVERYBODY)
def code_form() -> BaseResponse:
    """The second step, for who has just told the password."""
    return redirect(url_for("accounts.sign_in"), 303) if _remembered() is None else _code_page("")


@blueprint.post("/sign-in/code")
@requires(EVERYBODY)
def enter_code() -> BaseResponse:
    """Check the code, and begin a session; tries are counted for the account and for the address."""
    if (known := _remembered()) is None:
        return redirect(url_for("accounts.sign_in"), 303)
    user, way_back = known
    throttle, key, address = services.services().throttle, f"code:{user.id}", request.remote_addr or ""
    throttle.count_try(key, address)
    if not actions.take_second_step(
        access.acting(), user, params.field(request.form, "code", limit=MAX_CODE)
    ):
        return _code_page("That code is not right, or was used already. Wait for the next one.", 401)
    throttle.take_back(key, address)
    return begin_session(user, way_back)


@blueprint.post("/sign-out")
@requires(EVERYBODY)
def sign_out() -> BaseResponse:
    """End this session, here and in the database."""
    token = request.cookies.get(access.cookie_name())
    by_provider = bool(token) and sessions.end_session(services.database(), token or "")
    session.clear()
    if by_provider and (label := services.provider_label()):
        there = f"Sign out at {label}, too"
        notify(Notice("You are signed out here.", href=url_for("provider.leave"), label=there))
    response = redirect(url_for("pictures.landing"), 303)
    response.delete_cookie(access.cookie_name(), secure=access.is_https(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/setup/<token>")
@requires(EVERYBODY)
def setup_form(token: str) -> BaseResponse:
    """The form that makes the first owner."""
    setup.check_setup(services.database(), token)
    return _setup_page("", "")


@blueprint.post("/setup/<token>")
@requires(EVERYBODY)
def make_owner(token: str) -> BaseResponse:
    """Make the first owner, once, and sign in."""
    email = params.field(request.form, "email", limit=MAX_EMAIL)
    password = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    try:
        user = actions.make_owner(access.acting(), token, email, password)
    except BadRequest as error:
        return _setup_page(email, error.message, error.status)
    notify(Notice("Welcome. The gallery is yours; begin with a picture."))
    return begin_session(user, url_for("upload.form"), keep_notices=True)


@blueprint.get("/account")
@requires(Action.HAVE_ACCOUNT)
def account() -> BaseResponse:
    """Who one is, and the form for a new password."""
    return account_page("")


@blueprint.post("/account")
@requires(Action.HAVE_ACCOUNT)
def change_password() -> BaseResponse:
    """Set a new password; every other session of the account ends."""
    who = access.signed_in()
    present = proof()
    new = params.field(request.form, "new_password", limit=MAX_PASSWORD_FIELD)
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(who.email, address)
    try:
        user = actions.change_password(access.acting(), _own(), present, new)
    except PicturerailError as error:
        return account_page(error.message, error.status)
    throttle.take_back(who.email, address)
    notify(Notice("The password is changed. Every other device is signed out."))
    return begin_session(user, url_for("accounts.account"), keep_notices=True)


@blueprint.post("/account/sessions/end")
@requires(Action.HAVE_ACCOUNT)
def end_session() -> BaseResponse:
    """Sign one browser out, or with no `key` every other one."""
    at = access.acting()
    if key := params.field(request.form, "key", required=False, limit=64):
        actions.end_session(at, _own(), key)
        notify(Notice("That browser is signed out."))
    else:
        actions.end_other_sessions(at, _own(), request.cookies.get(access.cookie_name(), ""))
        notify(Notice("Every other browser is signed out."))
    return redirect(url_for("accounts.account"), 303)


def proof() -> actions.Proof:
    """What a form brings to show that it is still oneself: `parts/proof.html`."""
    password = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    return actions.Proof(password, params.field(request.form, "code", limit=MAX_CODE, required=False))


def begin_session(
    user: users.User,
    way_back: str,
    *,
    keep_notices: bool = False,
    by_provider: ProviderIdentity | None = None,
) -> BaseResponse:
    """A new token, whatever cookies came: nobody can prepare the session that somebody else signs in to."""
    if old := request.cookies.get(access.cookie_name()):
        sessions.end_session(services.database(), old)
    kept = session.get("_flashes") if keep_notices else None
    session.clear()
    if kept:
        session["_flashes"] = kept
    response = redirect(way_back, 303)
    give_session(response, user, by_provider=by_provider)
    return response


def give_session(
    response: BaseResponse, user: users.User, *, by_provider: ProviderIdentity | None = None
) -> None:
    """Let an answer bring the cookie of a new session."""
    db, settings = services.database(), services.settings()
    days = settings.session_days
    response.set_cookie(
        access.cookie_name(),
        sessions.start_session(
            db,
            user,
            days,
            settings.session_idle_days,
            agent=request.user_agent.string,
            address=request.remote_addr or "",
            by_provider=by_provider is not None,
            provider_session=identities.session_key(by_provider.issuer, by_provider.session)
            if by_provider
            else "",
        ),
        max_age=days * 86400,
        secure=access.is_https(),
        httponly=True,
        samesite="Lax",
    )


def _remember(user: users.User, way_back: str) -> None:
    """Keep in the form's cookie, which we sign, who has told the right password, and when."""
    session["second_step"] = [str(user.id), user.generation, int(time.time()), way_back]


def _remembered() -> tuple[users.User, str] | None:
    """Who has told the password a short while ago, and where to go on."""
    user_id, generation, then, way_back = session.get("second_step") or ("", 0, 0, "")
    if time.time() > then + SECOND_STEP_SECONDS:
        return None
    user = users.find_user(services.database(), ObjectId(user_id))
    fits = user is not None and user.generation == generation and not user.disabled
    return (user, way_back) if user is not None and fits else None


def _code_page(problem: str, status: int = 200) -> Response:
    return private(render_template("sign_in_code.html", problem=problem, max_code=MAX_CODE), status)


def sign_in_page(email: str, way_back: str, problem: str = "", status: int = 200) -> Response:
    """The form, and what the browser's code needs for a passkey."""
    options = passkey_site.authentication_options()
    page = render_template(
        "sign_in.html", email=email, next=way_back, problem=problem, passkey_options=options
    )
    return private(page, status)


def _setup_page(email: str, problem: str, status: int = 200) -> Response:
    return private(
        render_template("setup.html", email=email, problem=problem, password_length=passwords.MIN_PASSWORD),
        status,
    )


def account_page(problem: str, status: int = 200) -> Response:
    """Who one is, and what one may change about that."""
    user = _own()
    token = request.cookies.get(access.cookie_name(), "")
    page = render_template(
        "account.html",
        problem=problem,
        password_length=passwords.MIN_PASSWORD,
        has_password=user.has_password and services.settings().password_sign_in,
        is_bound=identities.is_bound(services.database(), user.id),
        totp=user.totp,
        passkeys=passkeys.passkeys_of(services.database(), user.id),
        passkey_options=passkey_site.registration_options(user),
        sessions=sessions.sessions_of(services.database(), user, token),
    )
    return private(page, status)


def _own() -> users.User:
    """The account of who is signed in."""
    return users.user_of(services.database(), access.signed_in().email)
