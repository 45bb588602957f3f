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
    *("generate_archive", "moderation", "move", "move_or_rename_asset_folder", "multi", "publish", "rename"),
    *("resource_context_changed", "resource_display_name_changed", "resource_metadata_changed"),
    *("resource_tags_changed", "restore_asset_version", "sprite", "upload", ALL),
)
SCHEMES = ("default", "legacy_hmac")  # of signatures: both are the one that is here


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All triggers, or those of `event_type`."""
    event = call.params.text("event_type")
    found = list(media.database["triggers"].find({"event_type": event} if event else {}).sort("_id", 1))
    return {"triggers": [_shown(trigger) for trigger in found], "total": len(found)}


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Tell a receiver of all events of a kind."""
    event, uri_type = _event(call), call.params.text("uri_type", "webhook")
    _refuse_filters(call)
    if media.database["triggers"].estimated_document_count() >= MAX_TRIGGERS:
        raise BadRequest(f"There may be {MAX_TRIGGERS} triggers.")
    now = datetime.now(UTC)
    trigger: Document = {
        "id": secrets.token_hex(32),
        "uri": _uri(media, call.params.text("uri"), uri_type),
        "uri_type": uri_type,
        "event_type": event,
        "additive": call.params.flag("additive"),
        "auth_scheme": _scheme(call),
        "created_at": now,
        "updated_at": now,
    }
    media.database["triggers"].insert_one(trigger)
    return _shown(trigger)


def one(media: Media, call: ApiRequest, trigger_id: str) -> dict[str, Any]:
    """A trigger."""
    del call
    return _shown(_find(media, trigger_id))


def update(media: Media, call: ApiRequest, trigger_id: str) -> dict[str, Any]:
    """Give a trigger another receiver, of the same type, or another event; what is not given stays."""
    trigger = _find(media, trigger_id)
    changed = {**trigger, "updated_at": datetime.now(UTC)}
    if uri := call.params.text("new_uri") or call.params.text("uri"):
        changed["uri"] = _uri(media, uri, trigger["uri_type"])
    if call.params.text("event_type"):
        changed["event_type"] = _event(call)
    if call.params.text("additive"):
        changed["additive"] = call.params.flag("additive")
    if call.params.text("auth_scheme"):
        changed["auth_scheme"] = _scheme(call)
    _refuse_filters(call)
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


def _event(call: ApiRequest) -> str:
    event = call.params.text("event_type")
    if event not in EVENTS:
        raise BadRequest(f"Invalid value for parameter event_type: use one of {', '.join(EVENTS)}.")
    return event


def _scheme(call: ApiRequest) -> str:
    scheme = call.params.text("auth_scheme", SCHEMES[0])
    if scheme not in SCHEMES:
        raise BadRequest(f"Invalid value for parameter auth_scheme: use one of {', '.join(SCHEMES)}.")
    return scheme


def _refuse_filters(call: ApiRequest) -> None:
    """Who means to hear of some events only, or to hear of them in other words, is not told of all of them silently."""
    for name in ("filter", "payload_template"):
        if call.params.get(name):
            raise BadRequest(
                f"The parameter {name} is not supported: a receiver gets every event of its kind, whole."
            )


def _uri(media: Media, uri: str, uri_type: str) -> str:
    if uri_type == "poll":
        return checked_address(uri)
    if uri.startswith(SCHEME):
        raise BadRequest("Invalid uri: poll:// needs the uri_type poll.")
    return check_url(media, uri)


def _shown(trigger: Document) -> dict[str, Any]:
    names = ("id", "uri", "uri_type", "event_type", "created_at", "updated_at")
    later = {"additive": True, "auth_scheme": SCHEMES[0]}  # older triggers were told of everything
    return {name: trigger[name] for name in names} | {name: trigger.get(name, later[name]) for name in later}
