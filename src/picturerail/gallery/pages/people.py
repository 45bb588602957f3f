"""People: who has an account, invitations, and the links by which one joins or sets a new password."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict, PicturerailError
from picturerail.gallery import policy
from picturerail.gallery.accounts import identities, links, passkeys, passwords, users
from picturerail.gallery.accounts.email import MAX_EMAIL
from picturerail.gallery.accounts.links import LinkKind
from picturerail.gallery.actions import people as actions
from picturerail.gallery.pages.accounts import MAX_PASSWORD_FIELD, begin_session
from picturerail.gallery.policy import ROLES, Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

blueprint = Blueprint("people", __name__)


@blueprint.get("/people/")
@requires(Action.MANAGE_PEOPLE)
def show() -> BaseResponse:
    """Everybody who has an account, and the form that invites."""
    return _page()


@blueprint.post("/people/invite")
@requires(Action.MANAGE_PEOPLE)
def invite() -> BaseResponse:
    """Make the link of an invitation, shown once."""
    email = params.field(request.form, "email", limit=MAX_EMAIL)
    try:
        token = actions.invite(access.acting(), email, params.field(request.form, "role", limit=20))
    except BadRequest as error:
        return _page(problem=error.message, email=email, status=error.status)
    return _page(link=_address("people.join_form", token), sent_to=email, kind="invitation")


@blueprint.post("/people/<user_id>/role")
@requires(Action.MANAGE_PEOPLE)
def set_role(user_id: str) -> BaseResponse:
    """Give somebody another role."""
    at = access.acting()
    user = actions.find(at, user_id)
    return _done(
        lambda: actions.set_role(at, user, params.field(request.form, "role", limit=20)),
        f"{user.email} has another role now, from the next click on.",
    )


@blueprint.post("/people/<user_id>/disable")
@requires(Action.MANAGE_PEOPLE)
def disable(user_id: str) -> BaseResponse:
    """Shut an account."""
    at = access.acting()
    user = actions.find(at, user_id)
    return _done(
        lambda: actions.set_disabled(at, user, disabled=True),
        f"{user.email} is signed out everywhere, and cannot sign in.",
    )


@blueprint.post("/people/<user_id>/enable")
@requires(Action.MANAGE_PEOPLE)
def enable(user_id: str) -> BaseResponse:
    """Open an account again."""
    at = access.acting()
    user = actions.find(at, user_id)
    return _done(lambda: actions.set_disabled(at, user, disabled=False), f"{user.email} may sign in again.")


@blueprint.post("/people/<user_id>/sign-out")
@requires(Action.MANAGE_PEOPLE)
def sign_out(user_id: str) -> BaseResponse:
    """End every session of an account."""
    at = access.acting()
    user = actions.find(at, user_id)
    return _done(lambda: actions.end_sessions(at, user), f"{user.email} is signed out everywhere.")


@blueprint.post("/people/<user_id>/reset")
@requires(Action.MANAGE_PEOPLE)
def reset(user_id: str) -> BaseResponse:
    """Make the link by which somebody sets a new password, shown once."""
    at = access.acting()
    user = actions.find(at, user_id)
    token = actions.reset(at, user)
    return _page(link=_address("people.reset_form", token), sent_to=user.email, kind="new password")


@blueprint.post("/people/<user_id>/remove")
@requires(Action.MANAGE_PEOPLE)
def remove(user_id: str) -> BaseResponse:
    """Delete an account, and do with its pictures what the form says."""
    at = access.acting()
    user = actions.find(at, user_id)
    pictures = params.field(request.form, "pictures", limit=MAX_EMAIL)
    return _done(lambda: actions.remove(at, user, pictures), f"{user.email} has no account any more.")


@blueprint.get("/join/<token>")
@requires(EVERYBODY)
def join_form(token: str) -> BaseResponse:
    """Where an invitation leads."""
    invitation = links.find(services.database(), LinkKind.INVITATION, token, links.NO_INVITATION)
    return _password_page(invitation["email"], *_welcome(), invitation=token)


@blueprint.post("/join/<token>")
@requires(EVERYBODY)
def join(token: str) -> BaseResponse:
    """Make the account, and sign in."""
    password = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    try:
        user = actions.join(access.acting(), token, password)
    except (BadRequest, Conflict) as error:
        email = params.field(request.form, "email", limit=MAX_EMAIL, required=False)
        return _password_page(email, *_welcome(), error, invitation=token)
    notify(Notice("Welcome to the gallery."))
    return begin_session(user, url_for("pictures.gallery"), keep_notices=True)


@blueprint.get("/reset/<token>")
@requires(EVERYBODY)
def reset_form(token: str) -> BaseResponse:
    """Where the link for a new password leads."""
    links.find(services.database(), LinkKind.RESET, token, actions.NO_RESET)
    return _password_page("", "A new password", "Every browser is signed out when you save it.")


@blueprint.post("/reset/<token>")
@requires(EVERYBODY)
def set_password(token: str) -> BaseResponse:
    """Set the new password, and sign in with it."""
    password = params.field(request.form, "password", limit=MAX_PASSWORD_FIELD)
    try:
        user = actions.set_password(access.acting(), token, password)
    except BadRequest as error:
        return _password_page("", "A new password", "Every browser is signed out when you save it.", error)
    notify(Notice("The new password is set."))
    return begin_session(user, url_for("pictures.gallery"), keep_notices=True)


def _done(action: Callable[[], object], sentence: str) -> BaseResponse:
    """Do it and say so, or say on the page why not."""
    try:
        action()
    except PicturerailError as error:
        return _page(problem=error.message, status=error.status)
    if not policy.may(access.principal(), Action.MANAGE_PEOPLE):
        return redirect(url_for("pictures.gallery"), 303)
    notify(Notice(sentence))
    return redirect(url_for("people.show"), 303)


def _page(  # noqa: PLR0917
    link: str = "", sent_to: str = "", kind: str = "", problem: str = "", email: str = "", status: int = 200
) -> BaseResponse:
    """The list; with a link that is shown this once, or with why something was not done."""
    page = render_template(
        "people.html",
        people=list(users.list_users(services.database())),
        bound=identities.bound_users(services.database()),
        with_passkey=passkeys.owners(services.database()),
        roles=ROLES,
        link=link,
        sent_to=sent_to,
        kind=kind,
        problem=problem,
        email=email,
    )
    return private(page, status)


def _welcome() -> tuple[str, str]:
    """Title and sentence of the page to which an invitation leads."""
    known = services.settings().password_sign_in
    return "Welcome", "Choose a password, and you are in." if known else "One click, and you are in."


def _password_page(
    email: str, title: str, sentence: str, error: PicturerailError | None = None, invitation: str = ""
) -> BaseResponse:
    page = render_template(
        "choose_password.html",
        invitation=invitation,
        email=email,
        title=title,
        sentence=sentence,
        problem=error.message if error else "",
        password_length=passwords.MIN_PASSWORD,
    )
    return private(page, error.status if error else 200)


def _address(endpoint: str, token: str) -> str:
    return services.settings().site_url + url_for(endpoint, token=token)
