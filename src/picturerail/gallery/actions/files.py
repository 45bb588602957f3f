"""A picture's file, replaced by another one and taken back: its address and all that people have added stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from picturerail.errors import BadRequest, Conflict, NotFound, PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.actions import pictures
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.visibility import settle_bytes
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.maintenance import delivery
from picturerail.gallery.maintenance import versions as former_files
from picturerail.gallery.pictures import create, lookalikes, versions
from picturerail.gallery.pictures.adjustments import refitted_edit, same_shape
from picturerail.gallery.pictures.file import clean_filename
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.versions import FileVersion

SAME = "This is the file that the picture has already. Nothing was changed."
ELSEWHERE = "This picture's file is not at the media service, so it cannot be replaced."


@dataclass(frozen=True)
class FileChange:
    """The picture as it is now, the id of the file before, and whether the cut of its edit was let go."""

    picture: Picture
    former: str
    cut_lost: bool = False


def former(at: ActionContext, picture: Picture) -> list[FileVersion]:
    """The files that a picture had before, for who may change it; newest first."""
    return versions.former(at.db, pictures.editable(at, picture.id))


def put(at: ActionContext, picture_id: str, file: IO[bytes], filename: str) -> FileChange:
    """Show another file at a picture's address; the one before is kept for as long as the trash keeps things."""
    picture, public_id = _replaceable(at, picture_id), create.new_public_id()
    kind = delivery.wanted(at.settings, picture.shown)
    answer = create.send_file(
        at.cloud,
        file,
        filename=filename,
        limit=at.settings.max_upload_bytes,
        public_id=public_id,
        delivery=kind,
    )
    with at.following_up(FollowUp(pictures=[picture.id])):
        try:
            changed, version, cut_lost = _put(at, picture.id, answer, filename)
        except PicturerailError:
            media.destroy(at.cloud, public_id, kind)
            raise
        return FileChange(_settled(at, changed), version, cut_lost)


def _put(
    at: ActionContext, picture_id: str, answer: Mapping[str, Any], filename: str
) -> tuple[Picture, str, bool]:
    """The picture with the file that was sent, the one before, and whether the cut of its edit is lost."""
    fields = create.parse_answer(at.cloud, answer)
    picture = _replaceable(at, picture_id)  # somebody may have described it while the file was sent
    if fields["etag"] and fields["etag"] == picture.etag:
        raise Conflict(SAME)
    edit, cut_lost = refitted_edit(
        picture.edit, (picture.width, picture.height), (fields["width"], fields["height"])
    )
    fields |= {"edit": edit, "filename": clean_filename(filename)}
    if same_shape((picture.width, picture.height), (fields["width"], fields["height"])):
        fields["focus"] = picture.focus
    fields["taken_at"] = picture.taken_at or fields["taken_at"]
    return *versions.put(at.db, picture, fields), cut_lost


def take_back(at: ActionContext, picture_id: str, version_id: str) -> FileChange:
    """Show a former file again, with the edit that it had; the one that is shown now is kept in its place."""
    picture = _replaceable(at, picture_id)
    kinds = {one.id: one.picture.delivery for one in versions.former(at.db, picture)}
    if version_id not in kinds:
        raise NotFound("This file is not kept any more.")
    moves = kinds[version_id] != delivery.wanted(at.settings, picture.shown)
    with at.following_up(FollowUp(pictures=[picture.id])):
        changed, version = versions.take_back(at.db, picture, version_id, {"moving": True} if moves else {})
        return FileChange(_settled(at, changed), version)


def _replaceable(at: ActionContext, picture_id: str) -> Picture:
    picture = pictures.editable(at, picture_id)
    if not picture.public_id:
        raise BadRequest(ELSEWHERE)
    return picture


def _settled(at: ActionContext, picture: Picture) -> Picture:
    """Edges forget the pages with the file before; then its bytes are closed, and those of the present one open."""
    at.close_pages(picture.id)
    former_files.close(at.db, at.cloud, picture.id)
    picture = settle_bytes(at, picture)
    lookalikes.join(at.db, picture)
    at.close_pages(picture.id)
    at.record(Deed.REPLACE_FILE, picture.id, about=picture.title)
    return picture
