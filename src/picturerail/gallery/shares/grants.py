"""What pages of a share link hand out: addresses of pictures that are closed to others, which end with the link.

Where the pictures lie in our own media service an address stops within two seconds; a Cloudinary account lets it live
to its end, which is at most `MAX_SECONDS` away.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from picturerail import token_revocation
from picturerail.database import Database
from picturerail.gallery.shares import store
from picturerail.gallery.shares.model import Share, parse_share
from picturerail.gallery.token_terms import TokenTerms

STEP = 15 * 60  # seconds for which an address stays the same, so that browsers keep it
MAX_SECONDS = 2 * STEP
# the clocks of several machines may differ, and pages may be on their way
CLOSED_SECONDS = MAX_SECONDS + 10 * 60


def terms_of(share: Share, *, opens_private: bool) -> TokenTerms:
    """How long what the link hands out lasts: no longer than the link, nor than it shows the picture.

    Where nothing may be saved it opens the sizes that the pages show, and none that could be the picture itself.
    """
    return TokenTerms(STEP, share.expires_at, _name(share.id), opens_private, is_exact=not share.download)


def close(db: Database, share_ids: Iterable[str]) -> None:
    """End what these links have handed out; to be called when they open nothing more."""
    token_revocation.revoke(db, map(_name, share_ids), CLOSED_SECONDS)


def close_all(db: Database, which: Mapping[str, Any]) -> None:
    """The same for all links that a query finds: of an account, to an album."""
    close(db, [str(each["_id"]) for each in db.shares.find(which, {"_id": 1})])


def reopen_all(db: Database, which: Mapping[str, Any]) -> None:
    """Let them open again what they say, where nothing else has ended it."""
    found = (parse_share(each) for each in db.shares.find(which))
    token_revocation.reinstate(db, [_name(share.id) for share in found if _opens(db, share)])


def settle_album(db: Database, album_id: str, *, added: Sequence[str], removed: Sequence[str]) -> None:
    """Close to links to an album what was taken off it, and open what hangs in it again."""
    names = [_name(str(each["_id"])) for each in db.shares.find({"album": album_id}, {"_id": 1})]
    if names:
        token_revocation.revoke(db, _pairs(names, _public_ids(db, removed)), CLOSED_SECONDS)
        token_revocation.reinstate(db, _pairs(names, _public_ids(db, added)))


def settle_trash(db: Database, picture_ids: Sequence[str], *, trashed: bool) -> None:
    """Close pictures that went to the trash to the links to them and to their albums, or open them again."""
    ids = {"_id": {"$in": [ObjectId(each) for each in picture_ids]}}
    pictures = list(db.gallery.find(ids, {"public_id": 1, "albums": 1}))
    albums = {str(each) for picture in pictures for each in picture.get("albums", ())}
    to_these = {"$or": [{"picture": {"$in": list(picture_ids)}}, {"album": {"$in": list(albums)}}]}
    links: dict[str, list[str]] = {}  # by what they link to
    for share in db.shares.find(to_these, {"picture": 1, "album": 1}):
        links.setdefault(share["picture"] or share["album"], []).append(_name(str(share["_id"])))
    names = [
        pair
        for picture in pictures
        for linked in (picture["_id"], *picture.get("albums", ()))
        for pair in _pairs(links.get(str(linked), ()), [picture["public_id"]])
        if picture.get("public_id")
    ]
    if trashed:
        token_revocation.revoke(db, names, CLOSED_SECONDS)
    else:
        token_revocation.reinstate(db, names)


def _pairs(names: Iterable[str], public_ids: Sequence[str]) -> list[str]:
    return [token_revocation.for_one(name, public_id) for name in names for public_id in public_ids]


def _public_ids(db: Database, picture_ids: Sequence[str]) -> list[str]:
    ids = {"_id": {"$in": [ObjectId(each) for each in picture_ids]}, "public_id": {"$type": "string"}}
    return [each["public_id"] for each in db.gallery.find(ids, {"public_id": 1})]


def _opens(db: Database, share: Share) -> bool:
    """Whether who made a link is still somebody, and its album is still there."""
    if share.album and not db.albums.count_documents({"_id": ObjectId(share.album), "state": "live"}):
        return False
    return store.is_somebody(db, share.owner)


def _name(share_id: str) -> str:
    return f"{token_revocation.SHARE}{share_id}"
