"""What pages of a share link hand out: addresses of pictures that are closed to others, which end with the link.

Where the pictures lie in our own media service an address stops within two seconds; a Cloudinary account lets it live
to its end, which is at most `MAX_SECONDS` away.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from picturerail import token_revocation
from picturerail.database import Database
from picturerail.gallery.cloud import TokenTerms
from picturerail.gallery.shares import store
from picturerail.gallery.shares.model import Share, parse_share

STEP = 15 * 60  # seconds for which an address stays the same, so that browsers keep it
MAX_SECONDS = 2 * STEP
CLOSED_SECONDS = (
    MAX_SECONDS + 10 * 60
)  # the clocks of several machines may differ, and pages may be on their way


def terms_of(share: Share) -> TokenTerms:
    """How long what the link hands out lasts: no longer than the link."""
    return TokenTerms(STEP, share.expires_at, _name(share.id))


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


def _opens(db: Database, share: Share) -> bool:
    """Whether who made a link is still somebody, and what it links to is still there."""
    for collection, linked in ((db.gallery, share.picture), (db.albums, share.album)):
        if linked and collection.find_one({"_id": ObjectId(linked), "state": "live"}, {"_id": 1}) is None:
            return False
    return store.is_somebody(db, share.owner)


def _name(share_id: str) -> str:
    return f"{token_revocation.SHARE}{share_id}"
