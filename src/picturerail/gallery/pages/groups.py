"""Groups of people: made, filled and removed by who manages people."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import PicturerailError
from picturerail.gallery.accounts import groups, users
from picturerail.gallery.accounts.email import MAX_EMAIL
from picturerail.gallery.accounts.groups import MAX_NAME
from picturerail.gallery.actions import groups as actions
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

MAX_NAME_FIELD = 4 * MAX_NAME  # so that one that is too long is told so

blueprint = Blueprint("groups", __name__, url_prefix="/people/groups")


@blueprint.get("/")
@requires(Action.MANAGE_PEOPLE)
def show() -> BaseResponse:
    """All groups with who is in them, and the form for a new one."""
    return _page()


@blueprint.post("/")
@requires(Action.MANAGE_PEOPLE)
def add() -> BaseResponse:
    """Make a group."""
    name = _name()
    return _done(lambda: actions.add(access.acting(), name), f"The group “{name}” is there.", {"": name})


@blueprint.post("/<group_id>/rename")
@requires(Action.MANAGE_PEOPLE)
def rename(group_id: str) -> BaseResponse:
    """Give a group another name."""
    at, name = access.acting(), _name()
    group = actions.find(at, group_id)
    return _done(lambda: actions.rename(at, group, name), f"“{group.name}” is called “{name}” now.")


@blueprint.post("/<group_id>/put")
@requires(Action.MANAGE_PEOPLE)
def put(group_id: str) -> BaseResponse:
    """Put an account into a group."""
    at, email = access.acting(), _email()
    group = actions.find(at, group_id)
    told = f"{email} sees what “{group.name}” is given, from now on."
    return _done(lambda: actions.put(at, group, email), told, {group.id: email})


@blueprint.post("/<group_id>/take")
@requires(Action.MANAGE_PEOPLE)
def take(group_id: str) -> BaseResponse:
    """Take an account out of a group."""
    at, email = access.acting(), _email()
    group = actions.find(at, group_id)
    return _done(lambda: actions.take(at, group, email), f"{email} is not in “{group.name}” any more.")


@blueprint.post("/<group_id>/remove")
@requires(Action.MANAGE_PEOPLE)
def remove(group_id: str) -> BaseResponse:
    """Remove a group."""
    at = access.acting()
    group = actions.find(at, group_id)
    return _done(lambda: actions.remove(at, group), f"The group “{group.name}” is removed.")


def _name() -> str:
    return " ".join(params.field(request.form, "name", limit=MAX_NAME_FIELD).split())


def _email() -> str:
    return params.field(request.form, "email", limit=MAX_EMAIL)


def _done(action: Callable[[], object], sentence: str, typed: dict[str, str] | None = None) -> BaseResponse:
    """Do it and say so, or say on the page why not, with what was typed for a group; "" is a new one."""
    try:
        action()
    except PicturerailError as error:
        return _page(error.message, typed, error.status)
    notify(Notice(sentence))
    return redirect(url_for("groups.show"), 303)


def _page(problem: str = "", typed: dict[str, str] | None = None, status: int = 200) -> BaseResponse:
    db = services.database()
    page = render_template(
        "groups.html",
        groups=groups.every(db),
        people=[each.email for each in users.list_users(db)],
        problem=problem,
        typed=typed or {},
        max_name=MAX_NAME,
    )
    return private(page, status)
