"""Changing one picture: its description, to the trash and back, keep or skip a duplicate."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pages.pictures import shown
from picturerail.gallery.pictures import lifecycle, lookup, text
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.search.words import clean_tags
from picturerail.gallery.web import page_cache, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("edit", __name__)


@blueprint.get("/gallery/<picture_id>/edit")
@requires("editor")
def form(picture_id: str) -> str:
    """The form for a picture's description and tags."""
    picture = lookup.find(services.database(), picture_id)
    return _form(picture, picture.description, ", ".join(picture.tags))


@blueprint.post("/gallery/<picture_id>/edit")
@requires("editor")
def save(picture_id: str) -> BaseResponse:
    """Save description and tags, unless somebody else has changed them since the form was made."""
    db = services.database()
    draft = params.field(request.form, "description", limit=100_000)
    revision = params.field(request.form, "updated_at", limit=40, required=False)
    tags = params.by_commas(request.form, "tags") if "tags" in request.form else None
    try:
        kept = None if tags is None else clean_tags(tags)
        lifecycle.describe(db, picture_id, text.clean_description(draft), revision, kept)
    except (BadRequest, Conflict) as error:
        picture = lookup.find(db, picture_id)
        is_conflict = isinstance(error, Conflict)
        written = ", ".join(picture.tags) if tags is None else ",".join(tags)
        problem = "" if is_conflict else error.message
        body = _form(picture, draft, written, conflict=is_conflict, problem=problem)
        return _with_status(body, error.status)
    page_cache.forget(picture_id)
    notify(Notice("Description and tags are saved."))
    return redirect(url_for("pictures.picture", picture_id=picture_id), 303)


@blueprint.post("/gallery/<picture_id>/delete")
@requires("editor")
def delete(picture_id: str) -> BaseResponse:
    """To the trash, with an Undo."""
    picture = lifecycle.trash(services.database(), picture_id)
    page_cache.forget(picture.id)
    undo = url_for("edit.restore", picture_id=picture.id)
    notify(Notice(f"“{picture.title}” is in the trash.", kind="secondary", undo=undo))
    return redirect(url_for("pictures.gallery"), 303)


@blueprint.post("/gallery/<picture_id>/restore")
@requires("editor")
def restore(picture_id: str) -> BaseResponse:
    """Out of the trash."""
    picture = lifecycle.restore(services.database(), picture_id)
    page_cache.forget(picture.id)
    notify(Notice(f"“{picture.title}” is back in the gallery."))
    return redirect(url_for("pictures.picture", picture_id=picture.id), 303)


@blueprint.post("/gallery/<picture_id>/keep")
@requires("editor")
def keep(picture_id: str) -> BaseResponse:
    """Show a duplicate beside its twin."""
    picture = lifecycle.keep(services.database(), picture_id)
    page_cache.forget(picture.id)
    here = url_for("pictures.picture", picture_id=picture.id)
    notify(Notice(f"Both are kept: “{picture.title}” is in the gallery now.", href=here, label="Look at it"))
    return redirect(url_for("upload.form"), 303)


@blueprint.post("/gallery/<picture_id>/skip")
@requires("editor")
def skip(picture_id: str) -> BaseResponse:
    """Throw a duplicate away."""
    removal.skip_held(services.database(), services.cloud(), services.settings(), picture_id)
    notify(Notice("Skipped. The picture that was there already stays.", kind="secondary"))
    return redirect(url_for("upload.form"), 303)


def _form(picture: Picture, draft: str, tags: str, *, conflict: bool = False, problem: str = "") -> str:
    [tile] = shown([picture])
    return render_template(
        "edit.html",
        picture=picture,
        tile=tile,
        draft=draft,
        tags=tags,
        conflict=conflict,
        problem=problem,
        description_length=text.MAX_DESCRIPTION,
    )


def _with_status(body: str, status: int) -> Response:
    response = make_response(body)
    response.status_code = status
    return response
