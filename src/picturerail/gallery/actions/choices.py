"""Proofing: a client chooses pictures of an album by a link, and says when that is done."""

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import albums, shares
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import lookup as lookup_album
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures import lookup
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import choices, store
from picturerail.gallery.shares.choices import ClientChoice
from picturerail.gallery.shares.model import Share


def save(at: ActionContext, share: Share, choice: ClientChoice, seen: str | None) -> None:
    """Keep what a client says of a picture of the link, in place of the version that was `seen`."""
    policy.check_client(at.who)
    lookup.find(at.db, choice.picture, policy.seen(at.who))
    choices.save(at.db, share, choice, seen)


def finish(at: ActionContext, share: Share) -> None:
    """The client has chosen: nothing of it changes until the maker of the link lets them go on."""
    policy.check_client(at.who)
    if choices.finish(at.db, share):
        at.record(Deed.FINISH_CHOICE, share.id, about=shares.called(at, share))


def reopen(at: ActionContext, share_id: str) -> Share:
    """Let the client go on choosing."""
    policy.check(at.who, Action.SHARE)
    share = store.one_of(at.db, share_id, policy.shares(at.who))
    choices.reopen(at.db, share)
    at.record(Deed.REOPEN_CHOICE, share.id, about=shares.called(at, share))
    return share


def hang(at: ActionContext, share_id: str, picture_ids: list[str]) -> Album:
    """Hang what was chosen in an album that is seen by whom the shared one is: so nothing chosen is hidden by it."""
    policy.check(at.who, Action.SHARE)
    share = store.one_of(at.db, share_id, policy.shares(at.who))
    if not picture_ids:
        raise BadRequest("Nothing is chosen that could hang in an album.")
    shared = lookup_album.find(at.db, share.album, policy.seen_albums(at.who))
    title = f"Chosen: {share.name or shared.title}"
    album = albums.create(at, {"title": title, "visibility": shared.shown})
    albums.fill(at, album.id, picture_ids)
    return album
