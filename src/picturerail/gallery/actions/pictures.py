"""Changing one picture."""

from collections.abc import Mapping

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery import policy
from picturerail.gallery.actions import visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import lifecycle, lookup, marks, view
from picturerail.gallery.pictures.adjustments import turned_edit
from picturerail.gallery.pictures.capture import clean_taken_at
from picturerail.gallery.pictures.edit import check_cuts, clean_edit
from picturerail.gallery.pictures.focal_point import FocalPoint, clean_focus, kept_point
from picturerail.gallery.pictures.location import clean_location
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import TextChange
from picturerail.gallery.policy import Action

_CLEAN = {"taken_at": clean_taken_at, "edit": clean_edit, "focus": clean_focus, "location": clean_location}
ADJUSTABLE = tuple(_CLEAN)  # what `adjust` sets


def editable(at: ActionContext, picture_id: str) -> Picture:
    """The picture, for somebody who is about to change it."""
    picture = lookup.find(at.db, picture_id, policy.seen(at.who))
    policy.check(at.who, Action.CHANGE, picture)
    return picture


def change(
    at: ActionContext, picture_id: str, revision: str | None, fields: Mapping[str, str], texts: TextChange
) -> Picture:
    """Save all that is given, or nothing: time, edit, focal point, word on location, and what is written about it.

    Conflict when it is not at `revision`. Without one, what others change at this moment stays beside it.
    """
    cleaned = {name: _CLEAN[name](value) for name, value in fields.items()}
    if "location" not in fields:
        picture = _changed(at, picture_id, revision, cleaned, texts)
        if fields or texts:
            at.renew_pages(picture.id)
    else:
        editable(at, picture_id)
        with at.following_up(FollowUp(pictures=[picture_id], locations=True)):
            picture = _changed(at, picture_id, revision, cleaned, texts)
            at.close_locations(picture.id, word=picture.location)
    for deed, given in ((Deed.DESCRIBE_PICTURE, texts), (Deed.ADJUST_PICTURE, fields)):
        if given:
            at.record(deed, picture.id, about=picture.title)
    return picture


def _changed(
    at: ActionContext, picture_id: str, revision: str | None, cleaned: Mapping[str, str], texts: TextChange
) -> Picture:
    for _ in range(lifecycle.MAX_TRIES):
        picture = editable(at, picture_id)
        _check_edit(at, picture, cleaned.get("edit", ""))
        try:
            return lifecycle.change(at.db, picture, revision, cleaned, texts)
        except Conflict:
            if revision is not None:
                raise
    raise Conflict(lifecycle.CHANGED)


def adjust(at: ActionContext, picture_id: str, revision: str | None, fields: Mapping[str, str]) -> Picture:
    """Save when a picture was taken, its edit and its focal point as it is kept."""
    return change(at, picture_id, revision, fields, {})


def _check_edit(at: ActionContext, picture: Picture, edit: str) -> None:
    """BadRequest for an edit with which this picture could not be shown."""
    if edit and not view.can_be_edited(picture, at.cloud):
        raise BadRequest("This picture's file is not at the media service, so it cannot be edited.")
    check_cuts(edit, picture.width, picture.height)


def kept_focus(at: ActionContext, picture_id: str, point: FocalPoint | None, edit: str | None = None) -> str:
    """The focal point for `adjust` that lies there in the picture as it is shown, or by another edit will be."""
    picture = editable(at, picture_id)
    edit = picture.edit if edit is None else clean_edit(edit)
    return kept_point(point, edit, picture.width, picture.height).text if point else ""


def set_visibility(at: ActionContext, picture_id: str, word: str) -> None:
    """Say who sees a picture, as far as its albums let them."""
    visibility.set_pictures(at, [editable(at, picture_id).id], word)


def say_location(at: ActionContext, picture: Picture, word: str) -> Picture:
    """Say of a picture that has just come, or waits as a duplicate, whether visitors learn where it was taken."""
    policy.check(at.who, Action.CHANGE, picture)
    cleaned = clean_location(word)
    with at.following_up(FollowUp(pictures=[picture.id], locations=True)):
        said = lifecycle.say_location(at.db, picture, cleaned)
        at.close_locations(picture.id, word=said.location)
    at.record(Deed.ADJUST_PICTURE, picture.id, about=picture.title)
    return said


def turn(at: ActionContext, picture_id: str, way: str) -> Picture:
    """Turn a picture (`90`, `-90`) or mirror it (`hflip`, `vflip`), on top of what its edit does."""
    picture = editable(at, picture_id)
    edit = turned_edit(picture.edit, way, picture.width, picture.height)
    return adjust(at, picture_id, None, {"edit": edit})


def mark(at: ActionContext, picture_id: str, kind: str, value: str) -> Picture:
    """Mark a picture for oneself, in place of the mark of that kind; with "" not any more."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    picture = lookup.find(at.db, picture_id, policy.seen(at.who))
    lifecycle.mark(at.db, picture, at.who.id, kind, marks.clean_mark(kind, value))
    return lookup.find(at.db, picture_id, policy.seen(at.who))


def trash(at: ActionContext, picture_id: str) -> Picture:
    """Move a picture to the trash."""
    picture = editable(at, picture_id)
    with at.following_up(FollowUp(pictures=[picture.id])):
        picture = lifecycle.trash(at.db, picture.id)
        at.renew_pages(picture.id)
        visibility.follow_bytes(at, [picture.id], trashed=True)
    at.record(Deed.TRASH_PICTURE, picture.id, about=picture.title)
    return picture


def restore(at: ActionContext, picture_id: str) -> Picture:
    """Take a picture out of the trash."""
    policy.check(at.who, Action.CHANGE)
    with at.following_up(FollowUp(pictures=[picture_id])):
        picture = lifecycle.restore(at.db, policy.trash(at.who), picture_id)
        at.renew_pages(picture.id)
        visibility.follow_bytes(at, [picture.id], trashed=False)
    at.record(Deed.RESTORE_PICTURE, picture.id, about=picture.title)
    return picture


def keep(at: ActionContext, picture_id: str) -> Picture:
    """Show an upload whose bytes were there already beside its twin."""
    policy.check(at.who, Action.DECIDE)
    picture = lifecycle.keep(at.db, policy.decidable(at.who), picture_id)
    at.renew_pages(picture.id)
    at.record(Deed.KEEP_PICTURE, picture.id, about=picture.title)
    return picture


def skip(at: ActionContext, picture_id: str) -> None:
    """Throw an upload away whose bytes were there already."""
    policy.check(at.who, Action.DECIDE)
    picture = lifecycle.discard(at.db, policy.decidable(at.who), picture_id)
    removal.remove(at.db, at.cloud, at.settings, picture)
    at.record(Deed.SKIP_PICTURE, picture.id, about=picture.title)
