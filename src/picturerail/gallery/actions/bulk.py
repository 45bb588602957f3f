"""Changing several pictures at once; what `who` may not change, or is not there any more, stays as it is."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from picturerail.database import Document
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions import visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import batches, lifecycle, lookup, stacks, view
from picturerail.gallery.pictures.adjustments import fitted_edit
from picturerail.gallery.pictures.capture import shifted
from picturerail.gallery.pictures.location import clean_location
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import Action


@dataclass(frozen=True)
class BulkResult:
    """Ids of the pictures that were changed, and of those with no room for more tags; `batch` takes them back.

    `left` is how many an undo has left alone.
    """

    changed: tuple[str, ...]
    full: tuple[str, ...] = ()
    batch: str = ""
    left: int = 0


def trash(at: ActionContext, picture_ids: Sequence[str]) -> BulkResult:
    """Move pictures to the trash together."""
    policy.check(at.who, Action.CHANGE)
    batch = secrets.token_hex(8)
    with at.following_up(FollowUp(pictures=picture_ids)):
        changed = lifecycle.trash_all(at.db, policy.changeable(at.who), picture_ids, batch)
        visibility.follow_bytes(at, changed, trashed=True)
        _tell(at, Deed.TRASH_PICTURE, changed)
    return BulkResult(tuple(changed), batch=batch)


def restore(at: ActionContext, batch: str) -> BulkResult:
    """Take out of the trash, as far as it is still there, what went there together."""
    policy.check(at.who, Action.CHANGE)
    changed = lifecycle.restore_all(at.db, policy.trash(at.who), batch)
    visibility.follow_bytes(at, changed, trashed=False)
    _tell(at, Deed.RESTORE_PICTURE, changed)
    return BulkResult(tuple(changed))


def retag(
    at: ActionContext, picture_ids: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> BulkResult:
    """Add and take away tags, whatever else is edited meanwhile."""
    policy.check(at.who, Action.CHANGE)
    changed, full = [], []
    for each in picture_ids:
        try:
            if lifecycle.retag(at.db, policy.changeable(at.who), each, add, remove) is not None:
                changed.append(each)
        except BadRequest:
            full.append(each)
    said = ", ".join([*add, *(f"not {each}" for each in remove)])
    _tell(at, Deed.TAG_PICTURE, changed, said)
    return BulkResult(tuple(changed), tuple(full))


def copy_edit(at: ActionContext, source_id: str, picture_ids: Sequence[str]) -> BulkResult:
    """Give pictures the edit of another one, its cut in shares of their own sizes."""
    source = lookup.find(at.db, source_id, policy.seen(at.who))
    size = (source.width, source.height)

    def fitted(picture: Picture) -> str | None:
        edit = fitted_edit(source.edit, size, (picture.width, picture.height))
        return edit if view.can_be_edited(picture, at.cloud) else None

    return _set_each(at, picture_ids, "edit", fitted)


def shift_time(at: ActionContext, picture_ids: Sequence[str], hours: float) -> BulkResult:
    """Correct the clock of a camera: pictures that tell when they were taken were so many hours later."""
    return _set_each(at, picture_ids, "taken_at", lambda picture: shifted(picture.taken_at, hours))


def set_location(at: ActionContext, picture_ids: Sequence[str], word: str) -> BulkResult:
    """Say whether visitors learn where pictures were taken."""
    cleaned = clean_location(word)
    with at.following_up(FollowUp(pictures=picture_ids, locations=True)):
        done = _set_each(at, picture_ids, "location", lambda _: cleaned)
        at.close_locations(*done.changed, word=cleaned)
    return done


def part(at: ActionContext, picture_ids: Sequence[str]) -> BulkResult:
    """Let pictures that look alike be no group any more."""
    return _set_each(at, picture_ids, "alike", lambda _: "")


def undo(at: ActionContext, batch: str) -> BulkResult:
    """Take back what was changed together, on pictures that `who` may still change and nobody has changed since."""
    policy.check(at.who, Action.CHANGE)
    done = batches.take(at.db, at.who.id, batch)
    field = done.field
    if field == stacks.FIELD:
        return _put_back(at, done.before)
    with at.following_up(FollowUp(pictures=list(done.before), locations=field == "location")):
        changed, _ = _set(
            at, list(done.before), field, lambda picture: done.was(picture.id, getattr(picture, field))
        )
        _tell(at, Deed.UNDO_PICTURE, list(changed), field)
        if field == "location":
            at.close_locations(*changed)
    return BulkResult(tuple(changed), left=len(done.before) - len(changed))


def _put_back(at: ActionContext, before: Mapping[str, Document]) -> BulkResult:
    """Let pictures lie in the stacks, or by themselves, as they did."""
    beside = stacks.beside(at.db, before)
    changed = stacks.put_back(at.db, policy.changeable(at.who), before)
    at.renew_pages(*beside)
    _tell(at, Deed.UNDO_PICTURE, changed, stacks.FIELD)
    return BulkResult(tuple(changed))


def _set_each(
    at: ActionContext, picture_ids: Sequence[str], field: str, value: Callable[[Picture], str | None]
) -> BulkResult:
    """Give a field of pictures the value that is computed for each, and keep what it was."""
    policy.check(at.who, Action.CHANGE)
    changed, made = _set(at, picture_ids, field, value)
    batch = batches.keep(at.db, at.who.id, field, changed, made) if changed else ""
    _tell(at, Deed.ADJUST_PICTURE, list(changed), field)
    return BulkResult(tuple(changed), batch=batch)


def _set(
    at: ActionContext, picture_ids: Sequence[str], field: str, value: Callable[[Picture], str | None]
) -> tuple[dict[str, str], dict[str, str]]:
    """What the field was before, and what it is now, of each picture in which it is another now."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for each in picture_ids:
        with suppress(NotFound, Conflict):
            picture = lookup.find(at.db, each, policy.changeable(at.who))
            new = value(picture)
            if new is not None and new != getattr(picture, field):
                lifecycle.change(at.db, picture, None, {field: new})
                before[each], after[each] = getattr(picture, field), new
    return before, after


def empty_trash(at: ActionContext) -> int:
    """Delete everything in the trash for good; how many pictures went."""
    policy.check(at.who, Action.EMPTY_TRASH)
    number = removal.empty_trash(at.db, at.cloud, at.settings)
    at.record(Deed.EMPTY_TRASH, number=number)
    return number


def _tell(at: ActionContext, deed: Deed, changed: Sequence[str], about: str = "") -> None:
    """Edges and the log hear of what was changed, if anything was."""
    at.renew_pages(*changed)
    if changed:
        at.record_pictures(deed, changed, about)
