"""The way by which somebody came to a picture: through an album, a search, or the gallery in some order.

Its page leads on along that way and back to it. The viewer does so by itself; this is for new tabs, addresses that were
handed on, and browsers without scripts.
"""

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from picturerail.database import Database
from picturerail.errors import NotFound, Unavailable
from picturerail.gallery import policy
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.page_cache import ALBUMS
from picturerail.gallery.pictures import listing, lookup, stacks
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.listing import Along
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.order import ORDERS, named
from picturerail.gallery.policy import Principal
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search


@dataclass(frozen=True)
class Way:
    """Pictures in an order; what the addresses of their pages carry, and where the list of them stands, by which name.

    `names` are what else renews a page on it; None where edges keep none, since there are too many.
    """

    wanted: PictureFilter
    carried: dict[str, Any]
    home: str
    label: str
    names: tuple[str, ...] | None = ()
    options: dict[str, Any] = field(default_factory=dict)  # of the address of the list

    def find(
        self, db: Database, who: Principal, picture_id: str, along: Along | None
    ) -> tuple[Picture, tuple[Picture, ...], tuple[str, str]]:
        """A picture that `who` sees, or NotFound; those with which it lies in a stack; and its neighbours.

        Those in a stack have the neighbours of its cover.
        """
        sides: tuple[str, str] | None = None
        if self.wanted.is_by_id:
            found, sides = listing.with_neighbours(db, picture_id, policy.seen(who), self.wanted, along)
        else:
            found = lookup.find(db, picture_id, policy.seen(who))
        stack = stacks.around(db, policy.listed(who), found) if found.stack else ()
        cover = stack[0] if stack else found
        if sides is None or cover.id != found.id:
            sides = self.neighbours(db, cover)
        return found, stack, sides

    def neighbours(self, db: Database, picture: Picture) -> tuple[str, str]:
        """Ids of the pictures before and behind one; empty at the ends, and where a search is too wide to tell."""
        try:
            return listing.neighbours(db, self.wanted, picture)
        except Unavailable:
            return "", ""

    def page_of(self, picture_id: str) -> str:
        """The address of a picture's page; "" for none."""
        return url_for("pictures.picture", picture_id=picture_id, **self.carried) if picture_id else ""

    def back_to(self, picture: Picture) -> str:
        """The address of the list, where it shows a picture."""
        return url_for(self.home, **self.options, at=picture.id, _anchor=f"p{picture.id}")


def way_of(db: Database, who: Principal) -> Way:
    """As the address says; through the whole gallery, where it names nothing that is there."""
    asked, listed = request.args, policy.listed(who)
    if slug := asked.get("album", ""):
        return _through_album(db, who, slug) or _through_all(listed)
    if search := Search.of(asked.get("q", "")):
        words = index.matching(db, search)
        wanted = listed.among(words, stacked=search.finds_covers) if words else listed
        q = {"q": search.text}
        return Way(wanted, q, "pictures.gallery", f"Back to “{search.text}”", names=None, options=q)
    order = asked.get("order", "")
    return _through_all(listed, order if order in ORDERS else "")


def _through_album(db: Database, who: Principal, slug: str) -> Way | None:
    try:
        album = albums.with_slug(db, slug, policy.seen_albums(who))
    except NotFound:
        return None
    wanted = albums.pictures_in(db, album, policy.seen_in(who, album))
    carried, names = {"album": album.slug}, None if album.is_smart else (ALBUMS, album.id)
    return Way(wanted, carried, "albums.show", f"Back to “{album.title}”", names, {"slug": album.slug})


def _through_all(listed: PictureFilter, order: str = "") -> Way:
    carried = {"order": order} if order else {}
    return Way(listed.ordered(named(order)), carried, "pictures.gallery", "All pictures", options=carried)
