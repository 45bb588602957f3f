"""POST /<resource_type>/destroy: delete one asset by its public_id."""

from typing import Any

from picturerail.media import assets
from picturerail.media.assets import Identity
from picturerail.media.service import Media
from picturerail.media.upload.ingest import discard
from picturerail.media.wire.calls import Call


def destroy(media: Media, call: Call, resource_type: str) -> dict[str, Any]:
    """Delete the document, then the bytes: what is derived goes at once, in every process."""
    identity = Identity(resource_type, call.params.text("type", "upload"), call.params.required("public_id"))
    asset = assets.remove(media.database, identity)
    if asset is None:
        return {"result": "not found"}
    discard(media, asset["original"])
    return {"result": "ok"}
