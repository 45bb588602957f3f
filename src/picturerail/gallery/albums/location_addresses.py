"""Addresses of originals in the hands of those who may not change them: they end when a location is hidden.

Their token carries a name with the number of hidings until now, and opens as long as none is added. A hiding, of
whichever picture, is one write, after which nothing is left to be done: whoever is killed has hidden or has not. Who
asks again is shown another name. At a Cloudinary account, which knows nothing of names, an address lives to its end.
"""

from dataclasses import replace

from picturerail import token_revocation
from picturerail.database import Database
from picturerail.gallery.token_terms import TokenTerms


def terms_of(db: Database, terms: TokenTerms) -> TokenTerms:
    """The same terms, but originals are opened until a location is hidden: whose it is, is to be looked up after."""
    return replace(terms, original_name=token_revocation.location_name(db))


def close(db: Database) -> None:
    """End what was handed out until now; to be called when a location may be hidden."""
    db["site"].update_one({"_id": token_revocation.LOCATIONS}, {"$inc": {"hidings": 1}}, upsert=True)


def follow(db: Database, *, site: bool) -> None:
    """Close them also when the site's own word has become that locations are hidden."""
    known = db["site"].find_one({"_id": token_revocation.LOCATIONS}) or {}
    if known.get("site", False) != site:
        change = {"$set": {"site": site}, "$inc": {"hidings": 0 if site else 1}}
        db["site"].update_one({"_id": token_revocation.LOCATIONS}, change, upsert=True)
