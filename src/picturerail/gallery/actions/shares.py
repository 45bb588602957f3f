"""Share links, made and ended. One can share what one may change; of a search, what is not private."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import ObjectId

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.accounts import tokens, users
from picturerail.gallery.accounts.album_grants import with_grants
from picturerail.gallery.accounts.passwords import hash_password
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.pictures import lookup as pictures
from picturerail.gallery.policy import Action, Maker, Operator, ShareLink
from picturerail.gallery.principals import SCRIPT
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.shares import choices, grants, model, store
from picturerail.gallery.shares.model import Share


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link that is asked for: to one picture, one album or one search."""

    picture: str = ""
    album: str = ""
    q: str = ""
    name: str = ""
    password: str = ""
    download: bool = True
    edited: bool = True
    location: str = ""
    expires_at: datetime | None = None
    max_uses: int = 0
    adds: str = model.NOBODY_ADDS
    chooses: bool = False


def create(at: ActionContext, asked: NewLink) -> Share:
    """Make a link to what is named, which must be there."""
    policy.check(at.who, Action.SHARE)
    if sum(map(bool, (asked.picture, asked.album, asked.q))) != 1:
        raise BadRequest("Name one thing to share: 'picture', 'album' or 'q'.")
    title = _title_of(at, asked)
    password = model.clean_password(asked.password)
    fields: dict[str, Any] = {
        "owner": at.who.id,
        "picture": asked.picture,
        "album": asked.album,
        "q": asked.q,
        "name": model.clean_name(asked.name),
        "password": hash_password(password) if password else "",
        "download": asked.download,
        "edited": asked.edited,
        "location": model.clean_hiding(asked.location),
        "expires_at": model.clean_end(asked.expires_at),
        "chooses": model.clean_chooses(asked.chooses, asked.album),
        "adds": model.clean_adds(asked.adds, asked.album),
        "max_uses": model.clean_uses(asked.max_uses),
    }
    share = store.add(at.db, fields)
    at.record(Deed.ADD_SHARE, share.id, about=share.name or title)
    return share


def revoke(at: ActionContext, share_id: str) -> None:
    """End a link at once, and what it has handed out."""
    policy.check(at.who, Action.SHARE)
    share = store.one_of(at.db, share_id, policy.shares(at.who))
    with at.following_up(FollowUp(links=[share.id])):
        store.revoke(at.db, share.id, policy.shares(at.who))
        grants.close(at.db, [share.id])
        choices.forget(at.db, share.id)
    at.record(Deed.REVOKE_SHARE, share.id, about=called(at, share))


def called(at: ActionContext, share: Share) -> str:
    """What a link is called: by its name, else by what it opens; "" where that is gone."""
    album = albums.known(at.db, [share.album] if share.album else [], policy.seen_albums(at.who))
    picture = [ObjectId(share.picture)] if share.picture else []
    titles = pictures.titles(at.db, policy.seen(at.who).within({"$in": picture})) if picture else {}
    return share.name or share.q or "".join([*(one.title for one in album.values()), *titles.values()])


def opened(at: ActionContext, share: Share) -> ShareLink:
    """Who opens a link: somebody who sees what it says, and nothing else."""
    guest = ShareLink(
        share.id,
        share.picture,
        share.album,
        words=None,
        maker=maker_of(at, share) or Operator(),  # a token that has ended saw all
        download=share.download,
        edited=share.edited,
        location=share.location,
        adds=bool(share.adds),
        chooses=share.chooses,
    )
    if q := share.q or _saved_search(at, guest):
        return replace(guest, words=index.found_by(at.db, Search.of(q)))
    return guest


def maker_of(at: ActionContext, share: Share) -> Maker | None:
    """Who made a link, with the rights of today; None for an account that is gone, and a token that has ended."""
    if share.owner == Operator().id:
        return Operator()
    if not ObjectId.is_valid(share.owner):
        return tokens.client_of(at.db, share.owner.removeprefix(SCRIPT))
    user = users.find_user(at.db, ObjectId(share.owner))
    return with_grants(at.db, user) if user else None


def _saved_search(at: ActionContext, guest: ShareLink) -> str:
    """What the album of a link looks for; "" where it is filled by hand, or gone."""
    ids = [guest.album] if guest.album else []
    return "".join(album.q for album in albums.known(at.db, ids, policy.seen_albums(guest)).values())


def _title_of(at: ActionContext, asked: NewLink) -> str:
    """What the thing to be shared is called; BadRequest, Forbidden or NotFound where it cannot be."""
    if asked.picture:
        picture = pictures.find(at.db, asked.picture, policy.seen(at.who))
        policy.check(at.who, Action.SHARE, picture)
        return picture.title
    if asked.album:
        album = albums.find(at.db, asked.album, policy.seen_albums(at.who))
        policy.check(at.who, Action.SHARE, album)
        if asked.adds and album.is_smart:
            raise BadRequest(
                "Guests can add pictures to no saved search; share an album that is filled by hand."
            )
        return album.title
    if not Search.of(asked.q).terms:
        raise BadRequest("There is no word in 'q' that could be looked for.")
    return asked.q
