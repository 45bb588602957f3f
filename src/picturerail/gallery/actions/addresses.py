"""Adding pictures by their addresses on other hosts: the cloud fetches each, and it is taken as a file is."""

import threading

from picturerail.errors import BadRequest, TooManyRequests
from picturerail.gallery import cloud as media
from picturerail.gallery import policy
from picturerail.gallery.actions import albums, uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.uploads import Added
from picturerail.gallery.maintenance import delivery
from picturerail.gallery.pictures import create, remote_file
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.visibility import clean_visibility
from picturerail.gallery.policy import Action
from picturerail.visitors import CURRENT

MAX_AT_ONCE = 4  # of one process: each occupies a thread for as long as the other host takes
AGAIN_AFTER = 3  # seconds

_turns = threading.BoundedSemaphore(MAX_AT_ONCE)


def add_address(
    at: ActionContext,
    address: str,
    *,
    text: PictureText,
    filename: str = "",
    visibility: str = "",
    album: str = "",
) -> Added:
    """Let the cloud fetch the picture at an address of the web, and add it as `uploads.add_file` adds a file.

    What can be refused is refused before anything is fetched. TooManyRequests while many are being fetched. Another
    host may take its time: where nobody waits for it any more (the page was left), nothing is added.
    """
    policy.check(at.who, Action.ADD)
    remote = remote_file.parse_address(address)
    if album:
        albums.fillable(at, album)
    shown_to = clean_visibility(visibility or at.settings.default_visibility)
    if not _turns.acquire(blocking=False):
        raise TooManyRequests(
            "Many pictures are being fetched at the moment. Try again shortly.", retry_after=AGAIN_AFTER
        )
    try:
        answer = remote_file.fetch(
            at.cloud,
            remote,
            create.new_public_id(),
            limit=at.settings.max_upload_bytes,
            delivery=delivery.wanted(at.settings, shown_to),
        )
    finally:
        _turns.release()
    if CURRENT.get().is_gone:
        media.destroy(at.cloud, str(answer.get("public_id")), str(answer.get("type")))
        raise BadRequest("Nobody waits for this picture any more, so it was not added.")
    name = filename or remote_file.file_name(remote, str(answer.get("format") or ""))
    return uploads.add_answer(at, answer, filename=name, text=text, visibility=shown_to, album=album)
