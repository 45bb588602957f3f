"""An album or a search as one zip of originals, for those who may change the pictures: a stream of known length."""

import threading
from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, Response, request

from picturerail import cache_policy
from picturerail.errors import BadRequest, TooManyRequests
from picturerail.gallery import policy
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import slug_of
from picturerail.gallery.pages.pictures import disposition
from picturerail.gallery.policy import Action
from picturerail.gallery.search.index import Search, found_by
from picturerail.gallery.transfer import zip_stream
from picturerail.gallery.transfer.picture_archive import entries_of
from picturerail.gallery.transfer.zip_stream import ZipEntry
from picturerail.gallery.web import access
from picturerail.gallery.web.access import requires

AT_ONCE = 2  # of one process: each occupies a thread for as long as it is loaded
AGAIN_AFTER = 60  # seconds

blueprint = Blueprint("archives", __name__)
_turns = threading.BoundedSemaphore(AT_ONCE)


@blueprint.get("/albums/<slug>/zip")
@requires(Action.CHANGE)
def album(slug: str) -> Response:
    """The pictures of one album, in its order, as far as one may change them."""
    at = access.acting()
    found = lookup.with_slug(at.db, slug, policy.seen_albums(at.who))
    wanted = lookup.pictures_in(at.db, found, policy.changeable(at.who))
    return zip_of(entries_of(at, wanted, found), found.slug)


@blueprint.get("/gallery/zip")
@requires(Action.CHANGE)
def search() -> Response:
    """What a search finds, as far as one may change it."""
    at, asked = access.acting(), Search.of(request.args.get("q", ""))
    if not asked:
        raise BadRequest("Say with 'q' what is looked for.")
    wanted = policy.changeable(at.who).among(found_by(at.db, asked))
    return zip_of(entries_of(at, wanted, None), slug_of(asked.text))


def zip_of(entries: list[ZipEntry], name: str) -> Response:
    """A zip of known length, streamed."""
    response = Response(content_type="application/zip")
    if request.method == "GET":
        response.response = _begun(entries)
        response.call_on_close(_turns.release)
    response.content_length = zip_stream.length_of(entries)
    response.headers["Content-Disposition"] = disposition(f"{name}.zip")
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    return response


def _begun(entries: list[ZipEntry]) -> Iterator[bytes]:
    """The blocks, the first of them at hand: a cloud that is away is told before anything is sent."""
    if not _turns.acquire(blocking=False):
        raise TooManyRequests(
            "Other downloads of whole albums are running. Try again in a minute.", retry_after=AGAIN_AFTER
        )
    blocks = zip_stream.stream(entries)
    try:
        first = next(blocks)
    except BaseException:
        _turns.release()
        raise
    return chain((first,), blocks)
