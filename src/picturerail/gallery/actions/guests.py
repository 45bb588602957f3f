"""Pictures that guests add by a share link, under the rights of who made it; shown at once, or held until approved."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import IO, Any

from picturerail.errors import Forbidden, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions import albums, shares, uploads, visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.pictures import create, lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.visibility import PRIVATE
from picturerail.gallery.policy import Maker
from picturerail.gallery.shares import model, store
from picturerail.gallery.shares.model import Share

BLOCK = 1024 * 1024
PATIENCE_SECONDS = 10.0  # with the same file of the same form, which may be on its way a second time
LOOK_SECONDS = 0.1


def add_file(
    at: ActionContext,
    share: Share,
    file: IO[bytes],
    filename: str,
    *,
    form: str = "",
    count: Callable[[], None] = lambda: None,
) -> None:
    """Take a picture for the album of a link; it belongs to whoever made the link, and may still fill that album.

    Bytes that are in the gallery already hang there once more: who sent them is gone before anybody could ask. But a
    `form` that is sent twice brings each of its files once. What is new is counted before it is taken.
    """
    policy.check_guest(at.who)
    as_maker = replace(at, who=_maker(at, share), alias=f"guest of the link {share.name or share.id}")
    albums.fillable(as_maker, share.album)
    name = create.public_id_of(_seal(at, share, form, file)) if form else create.new_public_id()
    with _sending(at, share, name) as is_new:
        if is_new:
            count()
            store.note_added(at.db, share)
            try:
                _add(as_maker, share, file, filename, name)
            except Exception:
                store.note_refused(at.db, share)
                raise


@contextmanager
def _sending(at: ActionContext, share: Share, name: str) -> Iterator[bool]:
    """Hold the name of a picture; False when the picture came already. Who holds it for long may have been killed."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (is_free := store.begin_sending(at.db, share, name)) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    try:
        yield not is_free or lookup.with_public_id(at.db, name) is None
    finally:
        store.end_sending(at.db, share, name)


def _seal(at: ActionContext, share: Share, form: str, file: IO[bytes]) -> str:
    """What says that a file is the same one of the same form; nobody can reckon it out."""
    seal = hmac.new(at.settings.secret_key.encode(), f"guest {share.id} {form} ".encode(), hashlib.sha256)
    file.seek(0)
    while block := file.read(BLOCK):
        seal.update(block)
    return seal.hexdigest()


def _add(as_maker: ActionContext, share: Share, file: IO[bytes], filename: str, name: str) -> None:
    given: dict[str, Any] = {"filename": filename, "text": PictureText(), "public_id": name, "keeps": True}
    if share.adds == model.SHOWN:
        uploads.add_file(as_maker, file, **given, album=share.album)
        return
    added = uploads.add_file(as_maker, file, **given, visibility=PRIVATE)
    lifecycle.hold(as_maker.db, added.picture.id, share.album)


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
    with suppress(NotFound):
        albums.fill(at, picture.held, [picture.id])
    # then: in a private album nobody is to see it for a moment
    visibility.set_pictures(at, [picture.id], at.settings.default_visibility)
    lifecycle.release(at.db, picture.id)
    at.record(Deed.APPROVE_PICTURE, picture.id, about=picture.title)
    return picture


def _maker(at: ActionContext, share: Share) -> Maker:
    """Who made a link, with the rights of today."""
    if (known := shares.maker_of(at, share)) is None:
        raise Forbidden("Whoever made this link may add nothing any more. Ask for a new one.")
    return known
