"""GET /ping: tells that the account can be reached with this key."""

from typing import Any

from picturerail.media.http.request import Call
from picturerail.media.service import Media


def ping(media: Media, call: Call) -> dict[str, Any]:
    """Answer ok when the database answers."""
    del call
    media.database.command("ping")
    return {"status": "ok"}
