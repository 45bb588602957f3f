"""Changing one picture: its description, to the trash and back, keep or skip a duplicate."""

from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.actions import files
from picturerail.gallery.actions import pictures as actions
from picturerail.gallery.pages.editor import tell_edit
from picturerail.gallery.pages.listing import shown
from picturerail.gallery.pictures import create
from picturerail.gallery.pictures.capture import clean_taken_at
from picturerail.gallery.pictures.focal_point import FocalPoint, can_be_placed
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import of_form, written_in
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

WAYS = ("90", "-90", "hflip", "vflip", "none")

FOCUS = ("focus_x", "focus_y")  # fields of the form: percent from the left, from above

blueprint = Blueprint("edit", __name__)


@blueprint.get("/gallery/<picture_id>/edit")
@requires(Action.CHANGE)
def form(picture_id: str) -> str:
    """The form for a picture's description and tags."""
    picture = actions.editable(access.acting(), picture_id)
    return _form(picture, picture.text.written, picture.taken_at.replace("T", " "))


@blueprint.post("/gallery/<picture_id>/edit")
@requires(Action.CHANGE)
def save(picture_id: str) -> BaseResponse:
    """Save what is written about the picture, unless somebody else has since the form was made."""
    revision = params.field(request.form, "updated_at", limit=40, required=False)
    taken = params.field(request.form, "taken_at", limit=40, required=False)
    try:
        others = _others(picture_id, taken)
        actions.change(access.acting(), picture_id, revision, others, of_form(request.form))
    except (BadRequest, Conflict) as error:
        picture = actions.editable(access.acting(), picture_id)
        is_conflict = isinstance(error, Conflict)
        problem = "" if is_conflict else error.message
        written = picture.text.written | written_in(request.form)
        # What is refused is not told of a change meanwhile: the next save is.
        seen = picture.revision if is_conflict else revision
        page = _form(
            picture, written, taken, _focus_written(), conflict=is_conflict, problem=problem, seen=seen
        )
        return _with_status(page, error.status)
    notify(Notice("What you wrote is saved." if others else "Description and tags are saved."))
    return redirect(url_for("pictures.picture", picture_id=picture_id), 303)


@blueprint.post("/gallery/<picture_id>/turn")
@requires(Action.CHANGE)
def turn(picture_id: str) -> BaseResponse:
    """Turn or mirror a picture as the pressed button says, or take its whole edit away."""
    way = params.field(request.form, "way", limit=10)
    if way not in WAYS:
        raise BadRequest(f"'way' must be one of {', '.join(WAYS)}.")
    before = actions.editable(access.acting(), picture_id)
    if way == "none":
        made = actions.adjust(access.acting(), picture_id, None, {"edit": ""})
    else:
        made = actions.turn(access.acting(), picture_id, way)
    tell_edit(before, made.edit)
    return redirect(url_for("pictures.picture", picture_id=picture_id), 303)


@blueprint.post("/gallery/<picture_id>/visibility")
@requires(Action.CHANGE)
def show_to(picture_id: str) -> BaseResponse:
    """Say who sees the picture."""
    word = params.field(request.form, "visibility", limit=20)
    actions.set_visibility(access.acting(), picture_id, word)
    notify(Notice(f"The picture is {word} now, or as strict as its albums."))
    return redirect(url_for("pictures.picture", picture_id=picture_id), 303)


@blueprint.post("/gallery/<picture_id>/delete")
@requires(Action.CHANGE)
def delete(picture_id: str) -> BaseResponse:
    """To the trash, with an Undo."""
    picture = actions.trash(access.acting(), picture_id)
    undo = url_for("edit.restore", picture_id=picture.id)
    notify(Notice(f"“{picture.title}” is in the trash.", kind="secondary", undo=undo))
    return redirect(url_for("pictures.gallery", at=picture.id), 303)


@blueprint.post("/gallery/<picture_id>/restore")
@requires(Action.CHANGE)
def restore(picture_id: str) -> BaseResponse:
    """Out of the trash."""
    picture = actions.restore(access.acting(), picture_id)
    notify(Notice(f"“{picture.title}” is back in the gallery."))
    return redirect(url_for("pictures.picture", picture_id=picture.id), 303)


@blueprint.post("/gallery/<picture_id>/keep")
@requires(Action.DECIDE)
def keep(picture_id: str) -> BaseResponse:
    """Show a duplicate beside its twin."""
    picture = actions.keep(access.acting(), picture_id)
    here = url_for("pictures.picture", picture_id=picture.id)
    notify(Notice(f"Both are kept: “{picture.title}” is in the gallery now.", href=here, label="Look at it"))
    return redirect(url_for("upload.form"), 303)


@blueprint.post("/gallery/<picture_id>/skip")
@requires(Action.DECIDE)
def skip(picture_id: str) -> BaseResponse:
    """Throw a duplicate away."""
    actions.skip(access.acting(), picture_id)
    notify(Notice("Skipped. The picture that was there already stays.", kind="secondary"))
    return redirect(url_for("upload.form"), 303)


def _others(picture_id: str, taken: str) -> dict[str, str]:
    """What the form says beside texts, as far as it is something new: time, word on location, focal point."""
    picture, taken_at, focus = (
        actions.editable(access.acting(), picture_id),
        clean_taken_at(taken),
        _focus_written(),
    )
    others = {"taken_at": taken_at} if "taken_at" in request.form and taken_at != picture.taken_at else {}
    if (location := request.form.get("location", picture.location)) != picture.location:
        others["location"] = location
    if focus is not None and focus != _focus_of(picture):
        x, y = (params.amount(request.form, name, 50, 0, 100) / 100 for name in FOCUS)
        point = FocalPoint(x, y) if any(focus) else None
        others["focus"] = actions.kept_focus(access.acting(), picture_id, point)
    return others


def _focus_written() -> tuple[str, ...] | None:
    """The focal point in the form, in percent, both empty for automatic; None where it has none."""
    if not all(name in request.form for name in FOCUS):
        return None
    return tuple(params.field(request.form, name, limit=20).strip() for name in FOCUS)


def _focus_of(picture: Picture) -> tuple[str, ...]:
    """The focal point of a picture as the form writes it."""
    return picture.focal_point.percent if picture.focal_point else ("", "")


def _form(
    picture: Picture,
    written: dict[str, str],
    taken: str,
    focus: tuple[str, ...] | None = None,
    *,
    conflict: bool = False,
    problem: str = "",
    seen: str | None = None,
) -> str:
    before = files.former(access.acting(), picture)
    [tile, *others] = shown([picture, *(replace(one.picture, id=one.id) for one in before)])
    told = {"conflict": conflict, "problem": problem, "versions": list(zip(before, others, strict=True))}
    return render_template(
        "edit.html",
        picture=picture,
        tile=tile,
        tiles=[tile, *others],
        written=written,
        taken=taken,
        location=request.form.get("location", picture.location),
        focus=_focus_of(picture) if focus is None else focus,
        focus_now=_focus_of(picture),
        is_edited_anew=conflict and request.form.get("seen_edit", picture.edit) != picture.edit,
        revision=picture.revision if seen is None else seen,
        has_focus=can_be_placed(picture.edit, picture.width, picture.height),
        accept=create.ACCEPT,
        trash_days=services.settings().trash_days,
        **told,
    )


def _with_status(body: str, status: int) -> Response:
    response = make_response(body)
    response.status_code = status
    return response
