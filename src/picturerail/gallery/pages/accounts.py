"""Signing in and out, the first owner, and one's own password."""

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, PicturerailError
from picturerail.gallery.accounts import passwords, sessions, setup, users
from picturerail.gallery.accounts.email import MAX_EMAIL
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

MAX_PASSWORD_FIELD = 4 * passwords.MAX_PASSWORD
NO_MATCH = "That address and password do not belong together."

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@requires(EVERYBODY)
def sign_in() -> BaseResponse | str:
    """The form; those who are in already go on."""
    way_back = params.local_path(request.args.get("next", ""), "")
    if access.person():
        return redirect(way_back or url_for("pictures.gallery"), 303)
    return private(render_template("sign_in.html", email="", next=way_back, problem=""))


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
    user = users.check_sign_in(services.database(), email, password)
    if user is None:
        form = render_template("sign_in.html", email=email, next=way_back, problem=NO_MATCH)
        return private(form, 401)
    throttle.take_back(email, address)
    return begin_session(user, way_back)


@blueprint.post("/sign-out")
@requires(EVERYBODY)
def sign_out() -> BaseResponse:
    """End this session, here and in the database."""
    if token := request.cookies.get(access.cookie_name()):
        sessions.end_session(services.database(), token)
    session.clear()
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
        user = setup.use_setup(services.database(), token, email, password)
    except BadRequest as error:
        return _setup_page(email, error.message, error.status)
    notify(Notice("Welcome. The gallery is yours; begin with a picture."))
    return begin_session(user, url_for("upload.form"), keep_notices=True)


@blueprint.get("/account")
@requires(Action.HAVE_ACCOUNT)
def account() -> BaseResponse:
    """Who one is, and the form for a new password."""
    return _account_page("")


@blueprint.post("/account")
@requires(Action.HAVE_ACCOUNT)
def change_password() -> BaseResponse:
    """Set a new password; every other session of the account ends."""
    who, db = access.signed_in(), services.database()
    present = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    new = params.field(request.form, "new_password", limit=MAX_PASSWORD_FIELD)
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(who.email, address)
    try:
        user = users.change_password(db, who.user_id, present, new)
    except PicturerailError as error:
        return _account_page(error.message, error.status)
    throttle.take_back(who.email, address)
    sessions.end_sessions_of(db, user.id)
    notify(Notice("The password is changed. Every other device is signed out."))
    return begin_session(user, url_for("accounts.account"), keep_notices=True)


@blueprint.post("/account/sessions/end")
@requires(Action.HAVE_ACCOUNT)
def end_session() -> BaseResponse:
    """Sign one browser out, or with no `key` every other one."""
    who, db = access.signed_in(), services.database()
    if key := params.field(request.form, "key", required=False, limit=64):
        sessions.end_session_of(db, who.user_id, key)
        notify(Notice("That browser is signed out."))
    else:
        sessions.end_other_sessions_of(db, who.user_id, request.cookies.get(access.cookie_name(), ""))
        notify(Notice("Every other browser is signed out."))
    return redirect(url_for("accounts.account"), 303)


def begin_session(user: users.User, way_back: str, *, keep_notices: bool = False) -> BaseResponse:
    """A new token, whatever cookies came: nobody can prepare the session that somebody else signs in to."""
    db, days = services.database(), services.settings().session_days
    if old := request.cookies.get(access.cookie_name()):
        sessions.end_session(db, old)
    kept = session.get("_flashes") if keep_notices else None
    session.clear()
    if kept:
        session["_flashes"] = kept
    response = redirect(way_back, 303)
    response.set_cookie(
        access.cookie_name(),
        sessions.start_session(
            db, user, days, agent=request.user_agent.string, address=request.remote_addr or ""
        ),
        max_age=days * 86400,
        secure=access.is_https(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _setup_page(email: str, problem: str, status: int = 200) -> Response:
    return private(
        render_template("setup.html", email=email, problem=problem, password_length=passwords.MIN_PASSWORD),
        status,
    )


def _account_page(problem: str, status: int = 200) -> Response:
    who = access.signed_in()
    user = users.user_of(services.database(), who.email)
    token = request.cookies.get(access.cookie_name(), "")
    page = render_template(
        "account.html",
        problem=problem,
        password_length=passwords.MIN_PASSWORD,
        sessions=sessions.sessions_of(services.database(), user, token),
    )
    return private(page, status)
