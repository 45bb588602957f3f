"""Answer a delivery URL: read the request, resolve its asset, decide what to send, respond."""

from werkzeug.wrappers import Response

from picturerail.errors import NotFound, Vanished
from picturerail.media.delivery import generated, tag_list
from picturerail.media.delivery.cache.url_index import Lease, UrlIndex
from picturerail.media.delivery.decide import decide
from picturerail.media.delivery.resolve import admit, resolve
from picturerail.media.delivery.respond import respond
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.service import Media
from picturerail.media.store import assets, originals
from picturerail.media.urls.delivery_path import parse_path

MAX_TRIES = 3  # the only place that looks again


def deliver(media: Media, url_index: UrlIndex, raw: RawRequest) -> Response:
    """The answer to GET or HEAD of a delivery URL."""
    path = parse_path(raw.path, raw.query)
    if path.type == "list":
        return tag_list.deliver_list(media, raw, path)
    if path.type in generated.TYPES:
        return generated.deliver_made(media, path)
    admitted = admit(media, raw, path)
    for _ in range(MAX_TRIES):
        lease = Lease.begin(media.derived) if admitted.request.shows_original else None
        asset = resolve(media, admitted)
        decision = decide(media, admitted, asset)
        try:
            return respond(media, url_index, decision, lease)
        except (NotFound, Vanished):  # deleted, replaced or evicted since we looked, so look again
            continue
    if assets.owns(media.database, asset.original):
        raise originals.refusal(media, asset)
    raise NotFound(f"Resource not found - {path.name}")
