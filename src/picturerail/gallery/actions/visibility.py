"""Who sees what, changed: the database says so first, then edges forget, then the bytes follow."""

from collections.abc import Sequence

from bson import ObjectId

from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import visibility
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.maintenance import delivery
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.visibility import clean_visibility
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import grants


def set_pictures(at: ActionContext, picture_ids: Sequence[str], word: str) -> list[str]:
    """Say who sees these pictures, as far as `who` may change them; their ids."""
    policy.check(at.who, Action.CHANGE)
    cleaned = clean_visibility(word)
    with at.following_up(FollowUp(pictures=picture_ids)):
        ids = lifecycle.set_visibility(at.db, policy.changeable(at.who), picture_ids, cleaned)
        settle_pictures(at, ids)
    if ids:
        at.record_pictures(Deed.SHOW_PICTURE, ids, word)
    return ids


def settle_pictures(at: ActionContext, picture_ids: Sequence[str]) -> None:
    """Let these pictures be shown as they and their albums say."""
    among = {"_id": {"$in": [ObjectId(each) for each in picture_ids]}}
    _follow(at, visibility.settle_pictures(at.db, among))


def settle_album(at: ActionContext, album_id: str) -> None:
    """Let an album, and all that lies and hangs in it, be shown as they say."""
    _follow(at, visibility.settle_album(at.db, album_id))


def settle_bytes(at: ActionContext, picture: Picture) -> Picture:
    """Let the bytes of a picture that has just come lie where they belong, wherever they were sent; it is as then."""
    if picture.delivery == delivery.belongs(at.settings, picture):
        return picture
    lifecycle.mark_moving(at.db, picture)
    delivery.follow(at.db, at.cloud, at.settings, [picture.id])
    return lookup.with_public_id(at.db, picture.public_id) or picture


def follow_bytes(at: ActionContext, changed: Sequence[str], *, trashed: bool) -> None:
    """Bring the bytes of pictures where they belong, now that they are in the trash, or out of it.

    What links have handed out of them is closed, and opened again.
    """
    if changed:
        grants.settle_trash(at.db, changed, trashed=trashed)
        delivery.follow(at.db, at.cloud, at.settings, changed)


def _follow(at: ActionContext, changed: Sequence[str]) -> None:
    if changed:
        at.close_pages(*changed)
        delivery.follow(at.db, at.cloud, at.settings, changed)
        at.close_pages(*changed)  # an edge may have asked for one while its bytes moved
