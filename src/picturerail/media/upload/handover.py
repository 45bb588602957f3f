"""POST /image/handover: JPEGs that lie in the spool of this data folder become assets where they lie.

Ours alone, for the importer beside this service: it has written the files there and hashed them meanwhile. All rules
are those of an upload. Whatever is not plain (another kind of file, a damaged one, a name that is taken) is answered
with null, and left where it lies: it is to be uploaded, which takes it or says why not.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import convert

from picturerail.database import Document
from picturerail.errors import Forbidden, Unavailable
from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.attributes import upload_options
from picturerail.media.attributes.parameters import new_attributes
from picturerail.media.derivatives import eager
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.notifications.publish import publish_all
from picturerail.media.schemas.handover_parameters import HandedFile
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.ingest import UploadOptions, ingest_all
from picturerail.spool import Spooled
from picturerail.transform.workers import OverLimits, Survey


def take(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Store the files of the call; what an upload of each would have answered, or null for what must be uploaded."""
    if not call.is_trusted:
        raise Forbidden("Files are handed over with the account's own key only.")
    media.scheduler.note_arrival()
    files = convert(call.params["files"], list[HandedFile])
    taken = _stored(media, files)
    answers = {at: _answer(media, *each) for at, each in taken.items()}
    publish_all(media, "upload", [(answers[at], asset) for at, (asset, _) in taken.items()])
    media.scheduler.note_arrival()
    eager.queue_all(media, [asset for asset, _ in taken.values()], eager.read(call.params))
    return {"files": [answers.get(at) for at in range(len(files))]}


def _stored(media: Media, files: Sequence[HandedFile]) -> dict[int, tuple[Asset, Survey]]:
    """The assets that the files became, by their places."""
    spooled = [Spooled(media.spool / one.file, one.bytes, one.md5, one.sha256, one.filename) for one in files]
    surveys = _surveys(media, spooled)
    places = [at for at, survey in enumerate(surveys) if survey]
    shared = new_attributes(media, Params({}))  # nothing is said of one that is not said of all
    wishes = {at: _wish(media, files[at], shared) for at in places}
    taken = assets.taken(media.database, [wishes[at].identity for at in places])
    arrived: dict[str, tuple[int, Survey]] = {}  # each name once
    for at in places:
        survey, name = surveys[at], wishes[at].public_id
        if survey and wishes[at].identity not in taken and spooled[at].bytes == survey.facts.info.bytes:
            arrived.setdefault(name, (at, survey))
    new = list(arrived.values())
    stored = ingest_all(media, [(spooled[at], survey.facts, wishes[at]) for at, survey in new]) if new else []
    return {at: (asset, survey) for (at, survey), asset in zip(new, stored, strict=True) if asset}


def _surveys(media: Media, files: Sequence[Spooled]) -> list[Survey | None]:
    """A file that stops an image worker stops the look at all of these: each is then uploaded by itself."""
    try:
        return media.images.surveys([each.path for each in files], media.limits)
    except (OverLimits, Unavailable):
        return [None] * len(files)


def _wish(media: Media, file: HandedFile, shared: Document) -> UploadOptions:
    told = {"public_id": file.public_id, "type": file.type, "overwrite": False}
    return upload_options.parse(media, Params(told), "image", file.filename, shared)


def _answer(media: Media, asset: Asset, survey: Survey) -> dict[str, Any]:
    return resource.uploaded(media.settings, asset) | {"image_metadata": survey.camera["image_metadata"]}
