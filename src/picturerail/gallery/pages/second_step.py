"""The page on which one sets up a second step at one's sign-in, and takes it off."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.accounts import totp, users
from picturerail.gallery.actions import accounts as actions
from picturerail.gallery.pages.accounts import give_session, proof
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private
from picturerail.gallery.web.qr import qr_code

blueprint = Blueprint("second_step", __name__, url_prefix="/account/second-step")


@blueprint.get("")
@requires(Action.HAVE_ACCOUNT)
def form() -> BaseResponse:
    """What an app is to be told, with the form that proves it was; or the form that takes the step off."""
    return _page(totp.new_salt())


@blueprint.post("")
@requires(Action.HAVE_ACCOUNT)
def set_up() -> BaseResponse:
    """Ask for it from now on, and show the recovery codes this once; every other browser is signed out."""
    salt = totp.clean_salt(params.field(request.form, "salt", limit=64))
    code = params.field(request.form, "code", limit=totp.MAX_CODE)
    user = _user()
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        codes = actions.set_up_totp(access.acting(), user, salt, proof(), code)
    except (BadRequest, Conflict) as error:
        return _page(salt, error.message, error.status)
    throttle.take_back(user.email, address)
    response = private(render_template("recovery_codes.html", codes=codes))
    give_session(response, _user())
    return response


@blueprint.post("/off")
@requires(Action.HAVE_ACCOUNT)
def take_off() -> BaseResponse:
    """Ask for the password alone."""
    user = _user()
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        actions.take_off_totp(access.acting(), user, proof())
    except BadRequest as error:
        return _page(totp.new_salt(), error.message, error.status)
    throttle.take_back(user.email, address)
    notify(Notice("You sign in by your password alone."))
    return redirect(url_for("accounts.account"), 303)


def _page(salt: str, problem: str = "", status: int = 200) -> BaseResponse:
    user = _user()
    secret = totp.secret_of(user.id, salt, services.settings().secret_key)
    address = totp.address_of(secret, user.email, services.site_texts().name)
    page = render_template(
        "second_step.html",
        salt=salt,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        code=qr_code(address, "The same as a QR code"),
        totp=user.totp,
        problem=problem,
        max_code=totp.MAX_CODE,
    )
    return private(page, status)


def _user() -> users.User:
    return users.user_of(services.database(), access.signed_in().email)
