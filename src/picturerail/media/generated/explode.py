"""POST /<resource_type>/explode: each page or frame of a picture as an image of its own."""

import re
from collections.abc import Mapping
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.assets import targets
from picturerail.media.derivatives import eager
from picturerail.media.derivatives.eager import Eager
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish
from picturerail.media.service import Media
from picturerail.media.store import naming
from picturerail.media.transformations import registry

MAX_PAGES = 100
_PAGES = re.compile(r"pg_(all|\d{1,5}(?:-\d{1,5})?)")


def explode(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Make the images in the background; they are derived images of the asset, with pg_N in their address."""
    params = call.params
    check_receiver(media, params)
    asset = targets.one(media, resource_type, params.delivery_type(), params.text("public_id"))
    if not asset.facts:
        raise BadRequest("Only pictures have pages.")
    text = params.text("transformation") or "pg_all"
    match = _PAGES.search(text)
    if match is None:
        raise BadRequest("Say which pages with pg_all, pg_N or pg_N-M in the transformation.")
    pages = _pages(match[1], asset.picture.info.frames)
    wanted = [Eager(text.replace(match[0], f"pg_{page}"), params.text("format")) for page in pages]
    registry.check_names(media.database, wanted[0].text)
    batch_id = params.text("batch_id") or naming.random_text(32)
    eager.make_later(media, "explode", asset, wanted, url=params.text("notification_url"), batch_id=batch_id)
    return {"status": "processing", "batch_id": batch_id}


def make_pages(media: Media, job: str, arguments: Mapping[str, Any]) -> None:
    """The job of exploding: make the images, and tell so."""
    asset, made = eager.make_queued(media, arguments)
    if asset is None:
        return
    told = {"public_id": asset.public_id, "batch_id": arguments["batch_id"], "pages": made}
    receiver = {name: arguments[name] for name in ("url", "batch_id")}
    publish(media, "explode", told, asset_id=asset.asset_id, once=job, **receiver)


def _pages(asked: str, there: int) -> list[int]:
    first, dash, last = asked.partition("-")
    if asked == "all":
        first, last = "1", str(there)
    elif not dash:
        last = first
    pages = list(range(max(1, int(first)), min(int(last), there) + 1))
    if not pages:
        raise BadRequest(f"There are {there} pages; none of them was asked for.")
    if len(pages) > MAX_PAGES:
        raise BadRequest(f"At most {MAX_PAGES} pages can be made at once.")
    return pages
