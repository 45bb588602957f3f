"""Addresses of originals in the hands of those who may not change them: they end when a location is hidden.

Their token carries a name with the number of hidings until now. Each hiding, of whichever picture, closes the name of
before; who asks again is shown another one. At a Cloudinary account, which knows nothing of closed names, an address
lives to its end.
"""

from dataclasses import replace

from picturerail import token_revocation
from picturerail.database import Database
from picturerail.gallery.token_terms import CLOSED_SECONDS, TokenTerms

_ID = "location"


def terms_of(db: Database, terms: TokenTerms) -> TokenTerms:
    """The same terms, but originals are opened until a location is hidden: whose it is, is to be looked up after."""
    known = db["site"].find_one({"_id": _ID}) or {}
    return replace(terms, original_name=_name(known.get("hidings", 0)))


def close(db: Database) -> None:
    """End what was handed out until now; to be called when a location may be hidden."""
    before = db["site"].find_one_and_update({"_id": _ID}, {"$inc": {"hidings": 1}}, upsert=True) or {}
    token_revocation.revoke(db, [_name(before.get("hidings", 0))], CLOSED_SECONDS)


def follow(db: Database, *, site: bool) -> None:
    """Close them also when the site's own word has become that locations are hidden."""
    known = db["site"].find_one({"_id": _ID}) or {}
    if known.get("site", False) != site:
        db["site"].update_one({"_id": _ID}, {"$set": {"site": site}}, upsert=True)
        if not site:
            close(db)


def _name(hidings: int) -> str:
    return f"{token_revocation.LOCATION}{hidings}"
