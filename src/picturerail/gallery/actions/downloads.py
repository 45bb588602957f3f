"""A picture's file for whoever may not change it: fetched, and sent without what it says beside its pixels."""

import mmap
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import urllib3

from picturerail.errors import Unavailable
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import location, location_addresses
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.cloud_refusals import AWAY_AGAIN_AFTER
from picturerail.gallery.metadata import files
from picturerail.gallery.metadata.pieces import Piece
from picturerail.gallery.pictures import lookup, view
from picturerail.gallery.pictures.location import HIDDEN, tells
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import Action, ShareLink

BLOCK = 256 * 1024
TIMEOUT = urllib3.Timeout(connect=3, read=15)
AWAY = "The file of this picture cannot be had at the moment. Please try again shortly."

_pool = urllib3.PoolManager(maxsize=8)


def untouched(
    at: ActionContext, pictures: Sequence[Picture], words: Mapping[str, str] | None = None
) -> set[str]:
    """The ids of those that `who` gets as they were uploaded, and with the place.

    Who may change one does; others where its location is shown, unless a link hides it. `words` are what the albums
    say in which they hang, where that is known.
    """
    if isinstance(at.who, ShareLink) and at.who.location == HIDDEN:
        return set()
    own = {one.id for one in pictures if policy.may(at.who, Action.CHANGE, one)}
    others = [one for one in pictures if one.id not in own]
    return own | location.telling(at.db, others, site=at.settings.keep_metadata, words=words)


def is_untouched(at: ActionContext, picture: Picture, words: Mapping[str, str] | None = None) -> bool:
    """The same of one."""
    return picture.id in untouched(at, [picture], words)


def handed_out(
    at: ActionContext, pictures: Sequence[Picture], words: Mapping[str, str] | None = None
) -> tuple[set[str], CloudAccess]:
    """Those that are handed out untouched, and the cloud that addresses them: it ends them when a location is hidden.

    Where one is shown it is looked up anew when the terms are known: else one that is hidden at this moment would get
    the terms of after, and stay open.
    """
    ids = untouched(at, pictures, words)
    told = [one for one in pictures if one.id in ids and not policy.may(at.who, Action.CHANGE, one)]
    if not told:
        return ids, at.cloud
    terms = location_addresses.terms_of(at.db, at.cloud.terms)
    hidden = {one.id for one in told} - untouched(at, lookup.again(at.db, told))
    return ids - hidden, replace(at.cloud, terms=terms)


def tells_new(at: ActionContext, album_id: str) -> bool:
    """Whether visitors get a picture untouched that somebody hangs in this album now."""
    words = location.words_of(at.db, [album_id] if album_id else [])
    return tells("", list(words.values()), site=at.settings.keep_metadata)


def without_metadata(at: ActionContext, picture: Picture) -> list[Piece]:
    """What is left of the original; Unreadable when its format is not as it should be."""
    files.check_format(picture.format)
    at.settings.data.joinpath("spool").mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=at.settings.spool_folder) as file:
        for block in original(at, picture):
            file.write(block)
        file.flush()
        return files.without_metadata(
            memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), picture.format
        )


def blocks(pieces: Sequence[Piece]) -> Iterator[bytes]:
    """The same in parts that are small enough to be sent."""
    for piece in pieces:
        for start in range(0, len(piece), BLOCK):
            yield bytes(piece[start : start + BLOCK])


def original(at: ActionContext, picture: Picture) -> Iterator[bytes]:
    """The original as it was uploaded, in blocks."""
    try:
        answer = _pool.request(
            "GET", view.inner_url(picture, at.cloud), preload_content=False, timeout=TIMEOUT
        )
        if answer.status != 200:
            raise Unavailable(AWAY, retry_after=AWAY_AGAIN_AFTER)
        yield from answer.stream(BLOCK)
        answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(AWAY, retry_after=AWAY_AGAIN_AFTER) from error
