"""The calls about a picture's file: another one, and those before."""

from flask import Blueprint, Response, request, url_for

from picturerail.errors import BadRequest
from picturerail.gallery.actions import files as actions
from picturerail.gallery.actions import pictures
from picturerail.gallery.actions.files import FileChange
from picturerail.gallery.api.exchange import answer, public
from picturerail.gallery.api.file_schemas import FileForm, FormerFile, FormerFiles, ReplacedFile
from picturerail.gallery.api.operations import answers
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import accepts, requires
from picturerail.schemas.openapi import FORM

blueprint = Blueprint("file_api", __name__, url_prefix="/api/v1")


@blueprint.post("/pictures/<picture_id>/file")
@requires(Action.CHANGE)
@accepts(services.max_file_body)
@answers({200: ReplacedFile}, body=FileForm, body_type=FORM)
def put_file(picture_id: str) -> Response:
    """Show another file at the picture's address; the one before is kept as long as the trash keeps things."""
    pictures.editable(access.acting(), picture_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest("Send the new file as field 'file' of a multipart form.")
    return _told(actions.put(access.acting(), picture_id, file.stream, file.filename))


@blueprint.get("/pictures/<picture_id>/versions")
@requires(Action.CHANGE)
@answers({200: FormerFiles})
def list_versions(picture_id: str) -> Response:
    """The files that the picture had before, newest first."""
    picture = pictures.editable(access.acting(), picture_id)
    kept = [
        FormerFile(
            id=one.id,
            filename=one.picture.filename,
            format=one.picture.format,
            bytes=one.picture.bytes,
            width=one.picture.width,
            height=one.picture.height,
            replaced_at=one.replaced_at.isoformat(),
        )
        for one in actions.former(access.acting(), picture)
    ]
    return answer(FormerFiles(versions=kept))


@blueprint.post("/pictures/<picture_id>/versions/<version_id>/restore")
@requires(Action.CHANGE)
@answers({200: ReplacedFile})
def restore_version(picture_id: str, version_id: str) -> Response:
    """Show a former file again, with the edit that it had."""
    return _told(actions.take_back(access.acting(), picture_id, version_id))


def _told(changed: FileChange) -> Response:
    [picture] = public([changed.picture])
    undo = url_for("file_api.restore_version", picture_id=picture.id, version_id=changed.former)
    return answer(ReplacedFile(picture=picture, undo=undo, cut_lost=changed.cut_lost))
