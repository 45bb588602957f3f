"""Closes what somebody was about to close who was killed, by what the database says by now. Twice does no harm."""

from collections.abc import Sequence

from bson import ObjectId

from picturerail.database import Database
from picturerail.gallery.accounts import addresses
from picturerail.gallery.actions import visibility
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import contents, lifecycle, location_addresses, viewers
from picturerail.gallery.albums.model import LIVE, parse_album
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.maintenance import delivery, versions
from picturerail.gallery.page_cache import ALBUMS
from picturerail.gallery.pictures import stacks
from picturerail.gallery.pictures.model import STATES, TRASH
from picturerail.gallery.policy import Operator
from picturerail.gallery.shares import choices, grants, store
from picturerail.settings import Settings


def complete(db: Database, settings: Settings, what: FollowUp) -> None:
    """Do all that has to follow a write of these things, whether it was done or not."""
    at = ActionContext(Operator(), db, cloud_access(settings), settings)
    addresses.close(db, map(ObjectId, what.accounts))
    if what.locations:
        location_addresses.close(db)
    _end_links(at, what)
    for each in what.albums:
        _settle_album(at, each, what.pictures)
    if what.pictures:
        _settle_pictures(at, what.pictures)


def _end_links(at: ActionContext, what: FollowUp) -> None:
    there = at.db.shares.distinct("_id", {"_id": {"$in": list(map(ObjectId, what.links))}})
    for each in {*what.links} - {*map(str, there)}:
        grants.close(at.db, [each])
        choices.forget(at.db, each)
    if what.owner and not store.is_somebody(at.db, what.owner):
        grants.close_all(at.db, {"owner": what.owner})


def _settle_album(at: ActionContext, album_id: str, picture_ids: Sequence[str]) -> None:
    document = at.db.albums.find_one({"_id": ObjectId(album_id)})
    if document is None:
        return
    album = parse_album(document)
    within = contents.within(at.db, album)
    if document["state"] == LIVE:
        visibility.settle_album(at, album.id)
        inside = {"albums": {"$in": list(map(ObjectId, within))}, "moving": True}
        delivery.follow(at.db, at.cloud, at.settings, list(map(str, at.db.gallery.distinct("_id", inside))))
    else:
        lifecycle.delete(at.db, album, document["batch"])
        grants.close_all(at.db, {"album": {"$in": within}})
    addresses.close(at.db, addresses.accounts_of(at.db, viewers.of(at.db, within)))
    these = {"_id": {"$in": list(map(ObjectId, picture_ids))}, "albums": ObjectId(album.id)}
    hung = list(map(str, at.db.gallery.distinct("_id", these)))
    grants.settle_album(
        at.db, album.id, added=hung, removed=[each for each in picture_ids if each not in hung]
    )
    at.close_pages(ALBUMS, *within, album.parent)


def _settle_pictures(at: ActionContext, picture_ids: Sequence[str]) -> None:
    visibility.settle_pictures(at, picture_ids)
    stacks.settle_of(at.db, picture_ids)
    these = {"_id": {"$in": list(map(ObjectId, picture_ids))}}
    for state, trashed in ((TRASH, True), (LIVE, False)):
        ids = list(map(str, at.db.gallery.distinct("_id", {**these, "state": STATES[state]})))
        grants.settle_trash(at.db, ids, trashed=trashed)
    delivery.follow(at.db, at.cloud, at.settings, picture_ids)
    for each in picture_ids:
        versions.close(at.db, at.cloud, each)
    at.close_pages(*picture_ids)
