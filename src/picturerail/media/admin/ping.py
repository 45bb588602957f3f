"""GET /ping: tells that the account can be reached with this key."""

from typing import Any

from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media


def ping(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Answer ok when the database answers."""
    del call
    media.database.command("ping")
    return {"status": "ok"}
