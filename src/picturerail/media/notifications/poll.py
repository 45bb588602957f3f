"""Notifications that their receiver fetches: GET /v2/notifications/<cloud>/messages, and the acknowledgement.

A message belongs to a channel (`poll://orders`) or, from `poll://*`, to the batch that the call named. Who fetches it
holds it for a while; unless it is acknowledged then, it comes again. (Limits: the SDK's `api.notifications`.)
"""

import base64
import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from picturerail import clock, signing
from picturerail.database import Database, Document
from picturerail.errors import BadRequest
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media

SCHEME = "poll://"
ANY_BATCH = "*"
MAX_NAME_LENGTH = 255
MAX_HANDLES = 100
PAUSE_SECONDS = 0.2


def keep(db: Database, address: str, body: str, *, batch: str, now: datetime, days: int) -> None:
    """Store a message for the receiver `poll://...`; one that nobody could ask for is left out."""
    channel = address.removeprefix(SCHEME)
    if channel == ANY_BATCH and not batch:
        return
    message = {"channel": channel, "batch_id": batch, "body": body, "visible_at": now}
    db["messages"].insert_one({**message, "handle": "", "expires_at": now + timedelta(days=days)})


def checked_address(address: str) -> str:
    """`address` when it is `poll://` with a name or `*`; BadRequest otherwise."""
    name = address.removeprefix(SCHEME)
    if not address.startswith(SCHEME) or not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise BadRequest("Invalid uri: use poll://CHANNEL, or poll://* for messages by batch_id.")
    return address


def messages(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The messages of a channel or of a batch; waits for the first one if there is none."""
    query = _address(call)
    most = call.params.number("max_messages", 10)
    until = time.monotonic() + call.params.number("wait_seconds", 20)
    hold = timedelta(seconds=call.params.number("visibility_timeout", 30))
    claimed = _claim(media.database, query, most, hold)
    if not claimed and media.message_waits.acquire(blocking=False):
        try:
            while not claimed and time.monotonic() < until:
                time.sleep(PAUSE_SECONDS)
                claimed = _claim(media.database, query, most, hold)
        finally:
            media.message_waits.release()
    return {"messages": [_shown(media, message) for message in claimed]} if claimed else {}


def acknowledge(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Forget the messages of these handles."""
    handles = call.params.names("receipt_handles")
    if not 0 < len(handles) <= MAX_HANDLES:
        raise BadRequest(f"Invalid value for parameter receipt_handles: 1 to {MAX_HANDLES} may be given.")
    return {
        "results": [{"receipt_handle": each, "status": _forget(media.database, each)} for each in handles]
    }


def _address(call: ApiRequest) -> Document:
    channel, batch = call.params.text("channel"), call.params.text("batch_id")
    if bool(channel) == bool(batch):
        raise BadRequest("Supply exactly one of channel and batch_id.")
    return {"channel": channel} if channel else {"channel": ANY_BATCH, "batch_id": batch}


def _claim(db: Database, query: Document, most: int, hold: timedelta) -> list[Document]:
    """Messages that nobody holds, the oldest first; each is ours for `hold`."""
    claimed: list[Document] = []
    while len(claimed) < most:
        now = clock.now()
        message = db["messages"].find_one_and_update(
            {**query, "visible_at": {"$lte": now}},
            {"$set": {"visible_at": now + hold, "handle": secrets.token_urlsafe(24)}},
            sort=[("_id", 1)],
            return_document=ReturnDocument.AFTER,
        )
        if message is None:
            break
        claimed.append(message)
    return claimed


def _forget(db: Database, handle: str) -> str:
    return "acked" if handle and db["messages"].delete_one({"handle": handle}).deleted_count else "not_found"


def _shown(media: Media, message: Document) -> dict[str, Any]:
    timestamp = int(media.clock())
    return {
        "receipt_handle": message["handle"],
        "batch_id": message["batch_id"] or None,
        "payload": json.loads(message["body"]),
        "signed_payload": base64.urlsafe_b64encode(message["body"].encode()).decode().rstrip("="),
        "timestamp": str(timestamp),
        "signature": signing.sign_notification(message["body"], timestamp, media.settings.api_secret),
    }
