"""Pictures that guests add by a share link, under the rights of who made it; shown at once, or held until approved."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO

from picturerail.errors import Forbidden, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions import albums, pictures, shares, uploads, visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.visibility import PRIVATE
from picturerail.gallery.policy import Maker
from picturerail.gallery.shares import model, store
from picturerail.gallery.shares.model import Share


def add_file(at: ActionContext, share: Share, file: IO[bytes], filename: str) -> None:
    """Take a picture for the album of a link; it belongs to whoever made the link, and may still fill that album.

    Bytes that are in the gallery already hang there once more: who sent them is gone before anybody could ask.
    """
    policy.check_guest(at.who)
    as_maker = replace(at, who=_maker(at, share), alias=f"guest of the link {share.name or share.id}")
    albums.fillable(as_maker, share.album)
    store.note_added(at.db, share)
    if share.adds == model.SHOWN:
        added = uploads.add_file(as_maker, file, filename=filename, text=PictureText(), album=share.album)
        if added.waits:
            pictures.keep(as_maker, added.picture.id)
            albums.fill(as_maker, share.album, [added.picture.id])
        return
    added = uploads.add_file(as_maker, file, filename=filename, text=PictureText(), visibility=PRIVATE)
    if added.waits:
        pictures.keep(as_maker, added.picture.id)
    lifecycle.hold(at.db, added.picture.id, share.album)


def approve_all(at: ActionContext, picture_ids: Sequence[str]) -> list[Picture]:
    """Show those of these pictures that are held still: of others somebody else has decided meanwhile."""
    approved = []
    for each in picture_ids:
        with suppress(NotFound):
            approved.append(approve(at, each))
    return approved


def approve(at: ActionContext, picture_id: str) -> Picture:
    """Show a picture that was held, in its album where that is still there."""
    picture = lookup.find(at.db, picture_id, policy.held(at.who))
    visibility.set_pictures(at, [picture.id], at.settings.default_visibility)
    with suppress(NotFound):
        albums.fill(at, picture.held, [picture.id])
    lifecycle.release(at.db, picture.id)
    at.record(Deed.APPROVE_PICTURE, picture.id, about=picture.title)
    return picture


def _maker(at: ActionContext, share: Share) -> Maker:
    """Who made a link, with the rights of today."""
    if (known := shares.maker_of(at, share)) is None:
        raise Forbidden("Whoever made this link may add nothing any more. Ask for a new one.")
    return known
