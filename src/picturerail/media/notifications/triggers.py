"""/triggers: which events are told to whom, in all uploads and changes."""

import secrets
from datetime import UTC, datetime
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest, NotFound
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.poll import SCHEME, checked_address
from picturerail.media.notifications.publish import check_url
from picturerail.media.service import Media

MAX_TRIGGERS = 100
ALL = "all"
EVENTS = (
    *("access_control_changed", "create_folder", "delete", "delete_folder", "eager", "error", "explode"),
    *("generate_archive", "moderation", "move_or_rename_asset_folder", "multi", "publish", "rename"),
    *("resource_context_changed", "resource_metadata_changed", "resource_tags_changed"),
    *("restore_asset_version", "sprite", "upload", ALL),
)


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All triggers, or those of `event_type`."""
    event = call.params.text("event_type")
    found = list(media.database["triggers"].find({"event_type": event} if event else {}).sort("_id", 1))
    return {"triggers": [_shown(trigger) for trigger in found], "total": len(found)}


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Tell a receiver of all events of a kind."""
    event, uri_type = call.params.text("event_type"), call.params.text("uri_type", "webhook")
    if event not in EVENTS:
        raise BadRequest(f"Invalid value for parameter event_type: use one of {', '.join(EVENTS)}.")
    if media.database["triggers"].estimated_document_count() >= MAX_TRIGGERS:
        raise BadRequest(f"There may be {MAX_TRIGGERS} triggers.")
    now = datetime.now(UTC)
    trigger: Document = {
        "id": secrets.token_hex(32),
        "uri": _uri(media, call.params.text("uri"), uri_type),
        "uri_type": uri_type,
        "event_type": event,
        "created_at": now,
        "updated_at": now,
    }
    media.database["triggers"].insert_one(trigger)
    return _shown(trigger)


def update(media: Media, call: ApiRequest, trigger_id: str) -> dict[str, Any]:
    """Give a trigger another receiver, of the same type."""
    trigger = _find(media, trigger_id)
    uri = _uri(media, call.params.text("new_uri"), trigger["uri_type"])
    changed = {**trigger, "uri": uri, "updated_at": datetime.now(UTC)}
    media.database["triggers"].replace_one({"_id": trigger["_id"]}, changed)
    return {"message": "updated", **_shown(changed)}


def delete(media: Media, call: ApiRequest, trigger_id: str) -> dict[str, Any]:
    """Delete a trigger."""
    del call
    media.database["triggers"].delete_one({"_id": _find(media, trigger_id)["_id"]})
    return {"message": "ok"}


def test(media: Media, call: ApiRequest, trigger_id: str) -> dict[str, Any]:
    """Whether a trigger would tell of `sample_data`."""
    trigger = _find(media, trigger_id)
    sample = call.params.data("sample_data") or {}
    if not isinstance(sample, dict):
        raise BadRequest("Invalid value for parameter sample_data: an object is expected.")
    kind = sample.get("notification_type", trigger["event_type"])
    told = trigger["event_type"] in (ALL, kind)
    return {"trigger_id": trigger["id"], "filter_present": False, "filter_result": told, "result": told}


def _find(media: Media, trigger_id: str) -> Document:
    trigger = media.database["triggers"].find_one({"id": trigger_id})
    if trigger is None:
        raise NotFound(f"Trigger {trigger_id[:100]} not found")
    return trigger


def _uri(media: Media, uri: str, uri_type: str) -> str:
    if uri_type == "poll":
        return checked_address(uri)
    if uri.startswith(SCHEME):
        raise BadRequest("Invalid uri: poll:// needs the uri_type poll.")
    return check_url(media, uri)


def _shown(trigger: Document) -> dict[str, Any]:
    names = ("id", "uri", "uri_type", "event_type", "created_at", "updated_at")
    return {name: trigger[name] for name in names}
