"""Making, changing and filling albums. No picture is deleted with one, and each of these can be undone."""

import secrets
from collections.abc import Sequence
from typing import Any

from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery import policy
from picturerail.gallery.accounts import addresses, groups, users
from picturerail.gallery.actions import visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import contents, lifecycle, location, lookup, model, viewers
from picturerail.gallery.albums.model import Album, AlbumResult
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.page_cache import ALBUMS
from picturerail.gallery.pictures import lookup as pictures
from picturerail.gallery.pictures.location import SHOWN, clean_location
from picturerail.gallery.pictures.visibility import PUBLIC, clean_visibility, strictest
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import grants


def editable(at: ActionContext, album_id: str) -> Album:
    """The album, for somebody who is about to change it."""
    album = lookup.find(at.db, album_id, policy.seen_albums(at.who))
    policy.check(at.who, Action.CHANGE, album)
    return album


def fillable(at: ActionContext, album_id: str) -> Album:
    """The album, for somebody who is about to hang pictures in it; BadRequest for a saved search."""
    album = editable(at, album_id)
    if album.is_smart:
        raise BadRequest(
            f"“{album.title}” is a saved search: it shows by itself what is found, so pictures cannot be added, "
            "taken out or put in order by hand."
        )
    return album


def create(at: ActionContext, fields: dict[str, Any]) -> Album:
    """Make an album of a title, and what else is given; with `q` a saved search."""
    policy.check(at.who, Action.ADD)
    cleaned = _fitting(_cleaned(at, fields), is_smart=bool(fields.get("q")))
    if "title" not in cleaned:
        raise BadRequest("An album needs a title: write one in 'title'.")
    album = lifecycle.add(at.db, {**cleaned, "owner": at.who.id})
    at.renew_pages(ALBUMS, album.parent)
    at.record(Deed.ADD_ALBUM, album.id, about=album.title)
    return album


def change(at: ActionContext, album_id: str, fields: dict[str, Any]) -> Album:
    """Change what is given; the old address of an album with a new title leads to the new one."""
    before = editable(at, album_id)
    changed = {name: value for name, value in fields.items() if (name, value) != ("parent", before.parent)}
    cleaned = _fitting(_cleaned(at, changed), is_smart=before.is_smart)
    _check_hiding(at, before, cleaned)
    _check_telling(at, before, cleaned)
    if not cleaned.keys() & {"visibility", "parent", "location"}:
        album = lifecycle.change(at.db, before, cleaned)
        at.renew_pages(ALBUMS, album.id, album.parent)
    else:
        touched = [each for each in (before.id, before.parent) if each]
        with at.following_up(FollowUp(albums=touched, locations=True)):
            album = _set(at, before, cleaned)
    at.record(Deed.CHANGE_ALBUM, album.id, about=album.title)
    return album


def _set(at: ActionContext, before: Album, fields: dict[str, Any]) -> Album:
    """Change what who sees an album depends on, and let what lies and hangs in it follow."""
    album = lifecycle.change(at.db, before, fields)
    told = (before.visibility, before.parent, before.location)
    if (album.visibility, album.parent, album.location) == told:
        at.renew_pages(ALBUMS, album.id, album.parent)
        return album
    visibility.settle_album(at, album.id)
    if album.parent != before.parent and before.parent:
        _withdraw(at, [before.parent])
    at.close_locations(ALBUMS, *contents.within(at.db, album), album.parent, before.parent)
    return lookup.find(at.db, album.id, policy.seen_albums(at.who))


def fill(
    at: ActionContext, album_id: str, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> AlbumResult:
    """Hang pictures that one sees, in a hidden album those that one may change, and take others down."""
    album = fillable(at, album_id)
    most = contents.MAX_ALBUMS if policy.may_all(at.who, Action.CHANGE) else contents.MAX_ALBUMS_SHARE
    among = policy.hangable(at.who, album)
    told = FollowUp(albums=[album.id], pictures=[*add, *remove], locations=True)
    with at.following_up(told):
        result = contents.change(at.db, album, among, add=add, remove=remove, most=most)
        _renew(at, album, result)
    return result


def undo(at: ActionContext, batch: str) -> tuple[Album, AlbumResult]:
    """Take a filling or an ordering back."""
    album = editable(at, contents.album_of(at.db, batch))
    touched = contents.touched_by(at.db, batch)
    with at.following_up(FollowUp(albums=[album.id], pictures=touched, locations=bool(touched))):
        result = contents.undo(at.db, album, policy.hangable(at.who, album), batch)
        if result.moved:
            _reordered(at, album)
        else:
            _renew(at, album, result)
    return album, result


def move(at: ActionContext, album_id: str, picture_ids: Sequence[str], before: str) -> str:
    """Hang pictures before another one, or at the end; the batch takes it back."""
    album = fillable(at, album_id)
    batch = contents.move(at.db, album, picture_ids, before)
    _reordered(at, album)
    return batch


def lead(at: ActionContext, album_id: str, picture_ids: Sequence[str]) -> str:
    """Hang pictures before all others; the batch takes it back, "" where nothing moved."""
    album = fillable(at, album_id)
    batch = contents.lead(at.db, album, picture_ids)
    _reordered(at, album)
    return batch


def step(at: ActionContext, album_id: str, picture_ids: Sequence[str], direction: int) -> str:
    """Move pictures one place to the front (-1) or to the end (1); as `lead` does."""
    album = fillable(at, album_id)
    batch = contents.step(at.db, album, picture_ids, direction)
    _reordered(at, album)
    return batch


def grant(at: ActionContext, album_id: str, name: str) -> Album:
    """Give an album to an account or a group to see, with all that hangs and lies in it."""
    album = editable(at, album_id)
    viewer, called = _viewer(at, name)
    viewers.grant(at.db, album, viewer)
    at.record(Deed.GRANT_ALBUM, album.id, about=f"{album.title}, to {called}")
    return album


def revoke(at: ActionContext, album_id: str, name: str) -> Album:
    """Take that back, from the next click on."""
    album = editable(at, album_id)
    viewer, called = _viewer(at, name)
    accounts = addresses.accounts_of(at.db, [viewer])
    with at.following_up(FollowUp(accounts=list(map(str, accounts)))):
        viewers.revoke(at.db, album, viewer)
        addresses.close(at.db, accounts)
    at.record(Deed.REVOKE_ALBUM, album.id, about=f"{album.title}, {called}")
    return album


def delete(at: ActionContext, album_id: str) -> tuple[Album, str]:
    """Delete an album and the albums in it; the batch takes them back. Its pictures stay in the gallery."""
    album, batch = editable(at, album_id), secrets.token_hex(8)
    with at.following_up(FollowUp(albums=[album.id], locations=True)):
        gone = lifecycle.delete(at.db, album, batch)
        at.close_locations(*gone)
        grants.close_all(at.db, {"album": {"$in": gone}})
        _withdraw(at, gone)
        at.renew_pages(ALBUMS, album.id, album.parent)
    at.record(Deed.DELETE_ALBUM, album.id, about=album.title)
    return album, batch


def restore(at: ActionContext, batch: str) -> Album:
    """Bring back what was deleted together; the outermost of them."""
    policy.check(at.who, Action.CHANGE)
    with at.following_up(FollowUp(albums=lifecycle.deleted_by(at.db, batch), locations=True)):
        found = lifecycle.restore(at.db, batch, policy.deleted_albums(at.who))
        if not found:
            raise NotFound("There is no deleted album to take back any more.")
        for album in found:
            visibility.settle_album(at, album.id)
        grants.reopen_all(at.db, {"album": {"$in": [album.id for album in found]}})
        at.close_locations(*(album.id for album in found))
        at.renew_pages(ALBUMS, *(album.id for album in found), found[0].parent)
    at.record(Deed.RESTORE_ALBUM, *(album.id for album in found), about=found[0].title)
    return found[0]


def _check_hiding(at: ActionContext, album: Album, fields: dict[str, Any]) -> None:
    """Conflict where somebody would hide pictures of others, by an album, who may not change these."""
    visibility_, parent = fields.get("visibility", album.visibility), fields.get("parent", album.parent)
    stays = (visibility_, parent) == (album.visibility, album.parent)
    if stays or policy.may_all(at.who, Action.CHANGE):
        return
    above = lookup.find(at.db, parent, policy.seen_albums(at.who)).shown if parent else PUBLIC
    if strictest((visibility_, above)) != PUBLIC and contents.holds_of_others(at.db, album, at.who.id):
        raise Conflict(
            "Pictures of others hang in this album, and would be hidden with it. Take them out first."
        )


def _check_telling(at: ActionContext, album: Album, fields: dict[str, Any]) -> None:
    """Conflict where somebody would show, by an album, where pictures of others were taken."""
    begins = fields.get("location", album.location) == SHOWN != album.location
    if not begins or policy.may_all(at.who, Action.CHANGE):
        return
    if contents.holds_of_others(at.db, album, at.who.id):
        raise Conflict(
            "Pictures of others hang in this album, and it would tell where they were taken. Take them out first."
        )


def _viewer(at: ActionContext, name: str) -> tuple[str, str]:
    """Who is meant by the address of an account or the name of a group, as albums keep it, and what they are called."""
    if "@" in name:
        user = users.user_of(at.db, name)
        return str(user.id), user.email
    group = groups.named(at.db, name)
    return group.viewer, f"the group {group.name}"


def _withdraw(at: ActionContext, album_ids: Sequence[str]) -> None:
    """End what those were handed out to whom these albums are given, by themselves or with one around them."""
    addresses.close(at.db, addresses.accounts_of(at.db, viewers.of(at.db, album_ids)))


def _reordered(at: ActionContext, album: Album) -> None:
    at.renew_pages(album.id)
    at.record(Deed.ORDER_ALBUM, album.id, about=album.title)


def _renew(at: ActionContext, album: Album, result: AlbumResult) -> None:
    grants.settle_album(at.db, album.id, added=result.added, removed=result.removed)
    if result.removed:
        _withdraw(at, [album.id])
    visibility.settle_pictures(at, [*result.added, *result.removed])
    hung = [*result.added, *result.removed]
    if location.may_have_hidden(at.db, album.id, result, site=at.settings.keep_metadata):
        at.close_locations(*hung)
    at.renew_pages(ALBUMS, album.id, album.parent, *hung)
    at.record(Deed.FILL_ALBUM, album.id, *hung, number=len(hung), about=album.title)


def _cleaned(at: ActionContext, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are given, cleaned; BadRequest for what does not fit."""
    given = dict(fields)
    if "title" in given:
        given["title"] = model.clean_title(given["title"])
    if "description" in given:
        given["description"] = model.clean_about(given["description"])
    if "order" in given:
        given["order"] = model.clean_choice("order", given["order"], model.ORDERS)
    if "visibility" in given:
        given["visibility"] = clean_visibility(given["visibility"])
    if "location" in given:
        given["location"] = clean_location(given["location"])
    if given.get("parent"):
        given["parent"] = _holding(at, given["parent"]).id
    if given.get("cover"):
        given["cover"] = pictures.find(at.db, given["cover"], policy.seen(at.who)).id
    return given


def _holding(at: ActionContext, album_id: str) -> Album:
    """The album, for another one that shall lie in it."""
    album = editable(at, album_id)
    if album.is_smart:
        raise BadRequest(f"“{album.title}” is a saved search, in which no album can lie. Choose another.")
    return album


def _fitting(fields: dict[str, Any], *, is_smart: bool) -> dict[str, Any]:
    """Fields that fit a saved search, or an album that is filled by hand; BadRequest: neither becomes the other."""
    if not is_smart:
        if fields.pop("q", ""):
            raise BadRequest(
                "This album is filled by hand and stays so; save the search as an album of its own."
            )
        return fields
    if "q" in fields:
        fields["q"] = model.clean_query(fields["q"])
    if fields.setdefault("order", model.SEARCH_ORDER) != model.SEARCH_ORDER:
        raise BadRequest(
            f"What a search finds is shown newest first: its 'order' can only be {model.SEARCH_ORDER}."
        )
    return fields
