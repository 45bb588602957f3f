"""An album, a search, or what is ticked, as one zip of originals of known length, for those who may change them."""

import threading
from collections.abc import Callable, Iterator
from itertools import chain
from time import monotonic

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail import cache_policy
from picturerail.errors import BadRequest, TooManyRequests
from picturerail.gallery import policy
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import slug_of
from picturerail.gallery.pages.bulk import chosen, missing
from picturerail.gallery.pages.pictures import disposition
from picturerail.gallery.pictures.model import parse_id
from picturerail.gallery.policy import Action, Principal
from picturerail.gallery.search.index import Search, found_by
from picturerail.gallery.transfer import zip_stream
from picturerail.gallery.transfer.picture_archive import entries_of
from picturerail.gallery.transfer.zip_stream import ZipEntry
from picturerail.gallery.web import access, params
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

AT_ONCE = 2  # of one process: each occupies a thread for as long as it is loaded
AGAIN_AFTER = 60  # seconds
ASKED_AFTER = 1.0  # seconds, in which whoever has lost what let them load a zip gets no next picture of it

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


@blueprint.post("/selection/zip")
@requires(Action.CHANGE)
def selection() -> BaseResponse:
    """The pictures that are ticked, as far as one may change them; what is not in the zip is told on the next page."""
    at, ids = access.acting(), chosen()
    if not ids:
        notify(Notice("Nothing is selected. Tick pictures first.", kind="secondary"))
        back = params.field(request.form, "back", required=False)
        return redirect(params.local_path(back, url_for("pictures.gallery", select=1)), 303)
    wanted = policy.changeable(at.who).but({"_id": {"$in": [parse_id(each) for each in ids]}})
    entries = entries_of(at, wanted, None)
    response = zip_of(entries, "pictures")
    if left_out := len(ids) - len(entries) // 2:  # of each picture its file and its sidecar, and gallery.json
        notify(Notice(f"Not in the zip:{missing(left_out)}", kind="secondary"))
    return response


def zip_of(entries: list[ZipEntry], name: str) -> Response:
    """A zip of known length, streamed."""
    response = Response(content_type="application/zip")
    if request.method != "HEAD":
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
            "Other downloads of many pictures are running. Try again in a minute.", retry_after=AGAIN_AFTER
        )
    blocks = zip_stream.stream(_as_long_as_allowed(entries, access.principal(), access.asked_anew()))
    try:
        first = next(blocks)
    except BaseException:
        _turns.release()
        raise
    return chain((first,), blocks)


def _as_long_as_allowed(
    entries: list[ZipEntry], who: Principal, anew: Callable[[], Principal]
) -> Iterator[ZipEntry]:
    """The same; a refusal breaks off a zip in the middle, which browsers tell as a download that failed."""
    known_at = monotonic()
    for entry in entries:
        if monotonic() - known_at >= ASKED_AFTER:
            who, known_at = anew(), monotonic()
        entry.check(who)
        yield entry
