"""A picture's file: replaced by another one, and former ones taken back."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery.actions import files as actions
from picturerail.gallery.actions import pictures
from picturerail.gallery.actions.files import FileChange
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import accepts, requires
from picturerail.gallery.web.flash import Notice, notify

CUT_LOST = " The cut of its edit lay outside of the new file and was let go."

blueprint = Blueprint("files", __name__)


@blueprint.post("/gallery/<picture_id>/replace")
@requires(Action.CHANGE)
@accepts(services.max_file_body)
def put(picture_id: str) -> BaseResponse:
    """Show the file of the form as this picture, from now on."""
    pictures.editable(access.acting(), picture_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest("No file was chosen. Go back, choose one, and send it again.")
    changed = actions.put(access.acting(), picture_id, file.stream, file.filename)
    text = "The file is replaced; address, texts, albums and stars are as before."
    return _told(changed, text + (CUT_LOST if changed.cut_lost else ""))


@blueprint.post("/gallery/<picture_id>/versions/<version_id>/restore")
@requires(Action.CHANGE)
def take_back(picture_id: str, version_id: str) -> BaseResponse:
    """Show a former file again."""
    changed = actions.take_back(access.acting(), picture_id, version_id)
    return _told(changed, f"“{changed.picture.filename}” is shown again, with the edit that it had.")


def _told(changed: FileChange, text: str) -> BaseResponse:
    picture = changed.picture
    undo = url_for("files.take_back", picture_id=picture.id, version_id=changed.former)
    notify(Notice(text, undo=undo))
    return redirect(url_for("pictures.picture", picture_id=picture.id), 303)
