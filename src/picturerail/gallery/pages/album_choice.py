"""A page on which one of all albums is chosen, by the words of its title: lists in forms name the newest only."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from picturerail.gallery import policy
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pages.bulk import pictures_in_words
from picturerail.gallery.web import access, params, services

PAGE = 60
MAX_WORDS = 200  # characters by which albums are found


def to_hang_in(picture_ids: Sequence[str], back: str) -> str:
    """For pictures, which then hang in it."""
    there = url_for("albums.change")
    return _page(
        f"In which album shall {pictures_in_words(len(picture_ids))} hang?",
        field="album",
        here=there,
        there=there,
        back=back,
        hidden=[("back", back), *(("id", each) for each in picture_ids)],
    )


def to_lie_in(album: Album) -> str:
    """For an album, which then lies in it."""
    return _page(
        f"Where shall “{album.title}” lie?",
        but=album.id,
        field="parent",
        here=url_for("albums.move", slug=album.slug),
        there=url_for("albums.save", slug=album.slug),
        back=url_for("albums.edit", slug=album.slug),
        hidden=[],
    )


def _page(heading: str, *, but: str = "", **more: Any) -> str:  # noqa: ANN401 - what the template says
    db, who = services.database(), access.principal()
    text = params.field(request.values, "find", limit=MAX_WORDS, required=False)
    found, following = lookup.page(db, policy.fillable_albums(who), size=PAGE, title=text)
    above = [one.parent for one in found if one.parent]
    return render_template(
        "choose_album.html",
        heading=heading,
        albums=[one for one in found if one.id != but],
        parents=lookup.known(db, above, policy.seen_albums(who)),
        text=text,
        are_more=bool(following),
        **more,
    )
