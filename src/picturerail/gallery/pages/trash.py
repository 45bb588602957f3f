"""The trash: what was deleted, for as long as it can come back."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import bulk as actions
from picturerail.gallery.pages.listing import asked_for, context
from picturerail.gallery.pictures import listing
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("trash", __name__)


@blueprint.get("/trash/")
@requires(Action.CHANGE)
def show() -> BaseResponse | str:
    """Deleted pictures, newest first."""
    trashed = policy.trash(access.principal())
    page = asked_for(trashed)
    if page is None:
        return redirect(url_for("trash.show"), 303)
    return render_template(
        "trash.html",
        **context(page),
        count=listing.count(services.database(), trashed),
        trash_days=services.settings().trash_days,
    )


@blueprint.post("/trash/empty")
@requires(Action.EMPTY_TRASH)
def empty() -> BaseResponse:
    """Delete everything in the trash for good, when the form says so twice."""
    if request.form.get("confirm") != "yes":
        raise BadRequest("Nothing was deleted: tick the box that says so, then empty the trash.")
    number = actions.empty_trash(access.acting())
    notify(Notice(f"{number:,} picture{'' if number == 1 else 's'} deleted for good.", kind="secondary"))
    return redirect(url_for("trash.show"), 303)
