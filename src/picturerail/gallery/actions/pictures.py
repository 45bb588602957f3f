"""Changing one picture."""

from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import TextChange
from picturerail.gallery.policy import Action


def editable(at: ActionContext, picture_id: str) -> Picture:
    """The picture, for somebody who is about to change it."""
    picture = lookup.find(at.db, picture_id, policy.seen(at.who))
    policy.check(at.who, Action.CHANGE, picture)
    return picture


def describe(at: ActionContext, picture_id: str, revision: str, change: TextChange) -> Picture:
    """Save what is written about a picture; Conflict when somebody else has since `revision`."""
    picture = lifecycle.describe(at.db, editable(at, picture_id), revision, change)
    at.renew_pages(picture.id)
    return picture


def trash(at: ActionContext, picture_id: str) -> Picture:
    """Move a picture to the trash."""
    picture = lifecycle.trash(at.db, editable(at, picture_id).id)
    at.renew_pages(picture.id)
    return picture


def restore(at: ActionContext, picture_id: str) -> Picture:
    """Take a picture out of the trash."""
    policy.check(at.who, Action.CHANGE)
    picture = lifecycle.restore(at.db, policy.trash(at.who), picture_id)
    at.renew_pages(picture.id)
    return picture


def keep(at: ActionContext, picture_id: str) -> Picture:
    """Show an upload whose bytes were there already beside its twin."""
    policy.check(at.who, Action.DECIDE)
    picture = lifecycle.keep(at.db, policy.decidable(at.who), picture_id)
    at.renew_pages(picture.id)
    return picture


def skip(at: ActionContext, picture_id: str) -> None:
    """Throw an upload away whose bytes were there already."""
    policy.check(at.who, Action.DECIDE)
    picture = lifecycle.discard(at.db, policy.decidable(at.who), picture_id)
    removal.remove(at.db, at.cloud, at.settings, picture)
