"""GET /ping: tells that the account can be reached with this key."""

from typing import Any

from picturerail.media.service import Media
from picturerail.media.wire.calls import Call


def ping(media: Media, call: Call) -> dict[str, Any]:
    """Answer ok when the database answers."""
    del call
    media.database.command("ping")
    return {"status": "ok"}
