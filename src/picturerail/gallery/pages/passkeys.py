"""Passkeys: one's own, made and removed on the account's page, and the sign-in by one. They need the browser's code."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, PicturerailError
from picturerail.gallery.accounts import users
from picturerail.gallery.accounts.passkeys import MAX_CREDENTIAL
from picturerail.gallery.actions import accounts as actions
from picturerail.gallery.pages import accounts as pages
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, passkey_site, services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("passkeys", __name__)


@blueprint.post("/account/passkeys")
@requires(Action.HAVE_ACCOUNT)
def add() -> BaseResponse:
    """Keep the key that the browser has made; the password says that it is still oneself."""
    name, proof = params.field(request.form, "name", limit=200, required=False), pages.proof()
    credential = params.field(request.form, "credential", limit=MAX_CREDENTIAL)
    user = users.user_of(services.database(), access.signed_in().email)
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        actions.add_passkey(access.acting(), passkey_site.site(), user, proof, name, credential)
    except PicturerailError as error:
        return pages.account_page(error.message, error.status)
    throttle.take_back(user.email, address)
    notify(Notice("The passkey is known here. You can sign in by it."))
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/passkeys/remove")
@requires(Action.HAVE_ACCOUNT)
def remove() -> BaseResponse:
    """Let a key prove nothing any more; the password says that it is still oneself."""
    key, proof = params.field(request.form, "id", limit=2000), pages.proof()
    user = users.user_of(services.database(), access.signed_in().email)
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        actions.remove_passkey(access.acting(), user, proof, key)
    except BadRequest as error:
        return pages.account_page(error.message, error.status)
    throttle.take_back(user.email, address)
    notify(Notice("The passkey is removed here. Remove it from your device, too.", kind="secondary"))
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/sign-in/passkey")
@requires(EVERYBODY)
def enter() -> BaseResponse:
    """Check what the key has signed, and begin a session: without a second step, since the device has asked for one."""
    credential = params.field(request.form, "credential", limit=MAX_CREDENTIAL)
    way_back = params.local_path(
        params.field(request.form, "next", required=False), url_for("pictures.gallery")
    )
    try:
        user = actions.sign_in_by_passkey(access.acting(), passkey_site.site(), credential)
    except PicturerailError as error:
        # a key that does not fit lets nobody in
        status = 401 if isinstance(error, BadRequest) else error.status
        return pages.sign_in_page("", way_back, error.message, status)
    return pages.begin_session(user, way_back)
