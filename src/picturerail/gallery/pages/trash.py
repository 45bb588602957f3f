"""The trash: what was deleted, for as long as it can come back."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pages.pictures import page_links, shown
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.model import TRASH
from picturerail.gallery.web import params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("trash", __name__)


@blueprint.get("/trash/")
@requires("editor")
def show() -> BaseResponse | str:
    """Deleted pictures, newest first."""
    direction, cursor = params.cursor(request.args)
    db, settings = services.database(), services.settings()
    page = listing.page(db, size=settings.page_size, state=TRASH, cursor=cursor, direction=direction)
    if cursor and not page.pictures:
        return redirect(url_for("trash.show"), 303)
    return render_template(
        "trash.html",
        tiles=shown(page.pictures),
        page=page_links("trash.show", page, params.page_number(request.args)),
        count=listing.count(db, TRASH),
        trash_days=settings.trash_days,
    )


@blueprint.post("/trash/empty")
@requires("owner")
def empty() -> BaseResponse:
    """Delete everything in the trash for good, when the form says so twice."""
    if request.form.get("confirm") != "yes":
        raise BadRequest("Nothing was deleted: tick the box that says so, then empty the trash.")
    number = removal.empty_trash(services.database(), services.cloud(), services.settings())
    notify(Notice(f"{number:,} picture{'' if number == 1 else 's'} deleted for good.", kind="secondary"))
    return redirect(url_for("trash.show"), 303)
