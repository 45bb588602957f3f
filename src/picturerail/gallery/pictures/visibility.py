"""Who sees a picture or an album, in three words, and what follows from several of them. Pure."""

from collections.abc import Iterable

from picturerail.errors import BadRequest

PUBLIC, UNLISTED, PRIVATE = "public", "unlisted", "private"
VISIBILITIES = (PUBLIC, UNLISTED, PRIVATE)  # from the laxest to the strictest
SEEN_BY = {
    PUBLIC: "everybody sees it",
    UNLISTED: "whoever has its address sees it, and no list shows it",
    PRIVATE: "only people who may change it see it",
}


def strictest(given: Iterable[str]) -> str:
    """The strictest of these; what is no visibility counts as private, and of none public is left."""
    ranks = (VISIBILITIES.index(each) if each in VISIBILITIES else len(VISIBILITIES) - 1 for each in given)
    return VISIBILITIES[max(ranks, default=0)]


def clean_visibility(text: str) -> str:
    """One of the three words, or BadRequest."""
    if text not in VISIBILITIES:
        raise BadRequest(f"'visibility' must be one of {', '.join(VISIBILITIES)}.")
    return text
