"""The trash: what was deleted, for as long as it can come back."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import pictures
from picturerail.gallery.pages.reading import page_links, shown
from picturerail.gallery.picture import TRASH
from picturerail.gallery.upkeep import purging
from picturerail.gallery.web import parsing, parts
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.notices import Notice, notify

trash = Blueprint("trash", __name__)


@trash.get("/trash/")
@requires("editor")
def listing() -> BaseResponse | str:
    """Deleted pictures, newest first."""
    direction, cursor = parsing.cursor(request.args)
    db, settings = parts.database(), parts.settings()
    page = pictures.page(db, size=settings.page_size, state=TRASH, cursor=cursor, direction=direction)
    if cursor and not page.pictures:
        return redirect(url_for("trash.listing"), 303)
    return render_template(
        "trash.html",
        tiles=shown(page.pictures),
        page=page_links("trash.listing", page, parsing.page_number(request.args)),
        count=pictures.count(db, TRASH),
        trash_days=settings.trash_days,
    )


@trash.post("/trash/empty")
@requires("owner")
def empty() -> BaseResponse:
    """Delete everything in the trash for good, when the form says so twice."""
    if request.form.get("confirm") != "yes":
        raise BadRequest("Nothing was deleted: tick the box that says so, then empty the trash.")
    number = purging.empty_trash(parts.database(), parts.cloud(), parts.settings())
    notify(Notice(f"{number:,} picture{'' if number == 1 else 's'} deleted for good.", kind="secondary"))
    return redirect(url_for("trash.listing"), 303)
