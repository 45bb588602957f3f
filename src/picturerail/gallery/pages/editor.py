"""The editor of a picture: cut, straighten, tone, by one form that shows what it does before it is saved."""

from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery.actions import pictures as actions
from picturerail.gallery.pages.listing import shown
from picturerail.gallery.pictures import adjustments, view
from picturerail.gallery.pictures.adjustments import LOOKS, MAX_ANGLE, SHAPES, TONES, WHOLE, Adjustments, Cut
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.view import PictureView
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, clipboard, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

CHANGED = "Somebody else changed this picture meanwhile. Below is your edit; saving replaces theirs."
ANGLES = (0, 90, 180, 270)

blueprint = Blueprint("editor", __name__)


@blueprint.get("/gallery/<picture_id>/editor")
@requires(Action.CHANGE)
def form(picture_id: str) -> str:
    """The editor, as the picture's edit is."""
    picture = _editable(picture_id)
    settings = adjustments.parsed(picture.edit, picture.width, picture.height)
    return _page(picture, settings or Adjustments(), is_foreign=settings is None)


@blueprint.post("/gallery/<picture_id>/editor")
@requires(Action.CHANGE)
def save(picture_id: str) -> BaseResponse | str:
    """Show what the form says, or save it, or take the whole edit away."""
    picture = _editable(picture_id)
    action = params.field(request.form, "action", limit=10, required=False) or "save"
    if action not in ("save", "preview", "reset"):
        raise BadRequest("'action' must be one of save, preview, reset.")
    settings = Adjustments() if action == "reset" else _written(picture)
    revision = params.field(request.form, "updated_at", limit=40, required=False)
    if action == "preview":
        return _page(picture, settings, seen=revision)
    try:
        edit = adjustments.composed(settings, picture.width, picture.height)
        made = actions.adjust(access.acting(), picture.id, revision, {"edit": edit}).edit
    except Conflict as error:
        now = actions.editable(access.acting(), picture_id)
        response = make_response(_page(now, settings, CHANGED, theirs=shown([now])[0]))
        response.status_code = error.status
        return response
    tell_edit(picture, made)
    return redirect(url_for("pictures.picture", picture_id=picture.id), 303)


def tell_edit(before: Picture, made: str) -> None:
    """Say that the picture has another edit now, with an Undo."""
    if made == before.edit:
        return
    undo = url_for("editor.undo", picture_id=before.id, edit=before.edit, made=made)
    text = "The edit is saved." if made else "The picture is as it was."
    notify(Notice(f"{text} The original stays what it is.", undo=undo))


@blueprint.post("/gallery/<picture_id>/editor/undo")
@requires(Action.CHANGE)
def undo(picture_id: str) -> BaseResponse:
    """The edit that the picture had before, unless somebody has edited it since."""
    now = actions.editable(access.acting(), picture_id).edit
    if request.args.get("made", now) != now:
        notify(Notice("Somebody has edited this picture since: it stays as it is.", kind="secondary"))
        return redirect(url_for("pictures.picture", picture_id=picture_id), 303)
    actions.adjust(access.acting(), picture_id, None, {"edit": request.args.get("edit", "")})
    notify(Notice("The picture is as before."))
    return redirect(url_for("pictures.picture", picture_id=picture_id), 303)


@blueprint.post("/gallery/<picture_id>/editor/copy")
@requires(Action.CHANGE)
def copy(picture_id: str) -> BaseResponse:
    """Remember the picture's edit, and choose pictures that get it."""
    picture = actions.editable(access.acting(), picture_id)
    clipboard.copy_edit_of(picture.id)
    notify(
        Notice(f"The edit of “{picture.title}” is copied. Tick pictures, then paste it.", kind="secondary")
    )
    return redirect(url_for("pictures.gallery", select=1), 303)


def _editable(picture_id: str) -> Picture:
    picture = actions.editable(access.acting(), picture_id)
    if not view.can_be_edited(picture, services.cloud()):
        raise BadRequest("This picture's file is not at the media service, so it cannot be edited.")
    return picture


def _written(picture: Picture) -> Adjustments:
    """The settings in the form; what is missing or empty is as in the original."""
    form = request.form
    tones = {name: round(params.amount(form, name, 0, *bounds)) for name, bounds in TONES.items()}
    angle = params.amount(form, "angle", 0, 0, 270)
    look, shape = (params.field(form, name, limit=10, required=False) for name in ("look", "shape"))
    if angle not in ANGLES or (look and look not in LOOKS) or (shape and shape not in SHAPES):
        raise BadRequest("Choose the angle, the look and the shape from their lists.")
    settings = Adjustments(
        mirrored=form.get("mirrored") == "1",
        angle=round(angle),
        straighten=round(params.amount(form, "straighten", 0, -MAX_ANGLE, MAX_ANGLE)),
        crop=_cut(),
        look=look,
        **tones,
    )
    can_cut = shape and picture.width and picture.height
    return adjustments.shaped(settings, shape, picture.width, picture.height) if can_cut else settings


def _cut() -> Cut:
    """The rectangle in the form, which is in percent."""
    left, top = (params.amount(request.form, name, 0, 0, 99) / 100 for name in ("left", "top"))
    width, height = (params.amount(request.form, name, 100, 1, 100) / 100 for name in ("width", "height"))
    return Cut(left, top, min(width, 1 - left), min(height, 1 - top))


def _page(
    picture: Picture,
    settings: Adjustments,
    problem: str = "",
    *,
    is_foreign: bool = False,
    seen: str | None = None,
    theirs: PictureView | None = None,
) -> str:
    """The form with these settings, and the picture as they make it, and without the cut.

    `seen` is the revision that the person knows, `theirs` the picture as somebody else has edited it meanwhile.
    """
    size = picture.width, picture.height
    edit = picture.edit if is_foreign else adjustments.composed(settings, *size)
    uncut = adjustments.composed(replace(settings, crop=WHOLE), *size)
    [tile, whole] = shown([replace(picture, edit=edit), replace(picture, edit=uncut)])
    return render_template(
        "editor.html",
        picture=picture,
        tile=tile,
        whole=whole,
        settings=settings,
        is_foreign=is_foreign,
        problem=problem,
        revision=picture.revision if seen is None else seen,
        theirs=theirs,
        looks=LOOKS,
        shapes=SHAPES,
        tones=TONES,
        max_angle=MAX_ANGLE,
    )
