"""The attributes that an upload, explicit and update may set, read from their parameters."""

import secrets
from collections.abc import Callable
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.asset import Asset, folder_of
from picturerail.media.attributes.coordinates import read_boxes, read_regions
from picturerail.media.attributes.delivery_overrides import read_headers, read_quality
from picturerail.media.http.pairs import parse_pairs
from picturerail.media.http.params import Params
from picturerail.media.http.times import read_time
from picturerail.media.metadata.values import changed_values, given_values, new_values
from picturerail.media.service import Media
from picturerail.media.store.folder_paths import checked as checked_path

MAX_TAGS = 1000
MAX_TAG_LENGTH = 255
MAX_CONTEXT_LENGTH = 4096
ACCESS_TYPES = ("anonymous", "token")


def new_attributes(media: Media, params: Params) -> Document:
    """All attributes of a new asset, with their defaults."""
    defaults: Document = {"tags": [], "context": {}, "access_mode": "public"}
    return {**defaults, **_given(params), "metadata": new_values(media.database, given_values(params))}


def check(params: Params) -> None:
    """BadRequest for an attribute that no upload could have; a moderation that is not here is kept for clients."""
    _given(Params({name: value for name, value in params.items() if name != "moderation"}))


def changed_attributes(media: Media, asset: Asset, params: Params) -> Document:
    """Only the attributes that a call gives, to be set on an asset."""
    changes = _given(params)
    if "metadata" in params:
        clear = params.flag("clear_invalid")
        held = asset.metadata
        changes["metadata"] = changed_values(media.database, held, given_values(params), clear_invalid=clear)
    return distinct(media, params, asset.public_id, changes.get("asset_folder", asset.asset_folder), changes)


def distinct(media: Media, params: Params, public_id: str, folder: str | None, changes: Document) -> Document:
    """With unique_display_name, `changes` with a display_name that no other asset of the folder has."""
    name = changes.get("display_name")
    if not name or not params.flag("unique_display_name"):
        return changes
    others: Document = {
        "search.folder": folder_of(public_id, folder),
        "display_name": name,
        "public_id": {"$ne": public_id},
    }
    if media.database["assets"].find_one(others, {"_id": 1}) is None:
        return changes
    return {**changes, "display_name": f"{name[:248]}_{secrets.token_hex(3)}"}


def read_tags(params: Params, name: str = "tags") -> list[str]:
    """Tags in the order given, each once."""
    given = params.names(name)
    if len(given) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in given):
        raise BadRequest(f"Invalid {name}: at most {MAX_TAGS}, each of at most {MAX_TAG_LENGTH} characters.")
    return list(dict.fromkeys(given))


def read_context(params: Params) -> dict[str, str]:
    """The context: `key=value|key=value`, or a mapping, also as answers tell it, below `custom`."""
    value = params.mapping("context")
    if value is not None:
        custom = value.get("custom")
        pairs = {**value, **custom, "custom": None} if isinstance(custom, dict) else value
        found = {key: _context_value(key, item) for key, item in pairs.items() if item is not None}
    else:
        found = parse_pairs(params.text("context"))
    if any(len(key) + len(item) > MAX_CONTEXT_LENGTH for key, item in found.items()):
        raise BadRequest(f"Invalid context: a key with its value may have {MAX_CONTEXT_LENGTH} characters.")
    return found


def _context_value(key: str, value: Any) -> str:  # noqa: ANN401
    if isinstance(value, list | dict):
        raise BadRequest(f"Invalid context: the value of {key[:100]} is a text.")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _given(params: Params) -> Document:
    return {field: read(params) for name, (field, read) in _READERS.items() if name in params}


def _access_control(params: Params) -> list[dict[str, Any]]:
    rules = params.data("access_control")
    listed = [rules] if isinstance(rules, dict) else rules or []
    known = {"access_type", "start", "end"}
    if not isinstance(listed, list) or not all(
        isinstance(rule, dict) and rule.keys() <= known for rule in listed
    ):
        raise BadRequest("Invalid access_control: a list of {access_type, start, end} is expected.")
    if any(rule.get("access_type") not in ACCESS_TYPES for rule in listed):
        raise BadRequest(f"Invalid access_control: access_type is one of {', '.join(ACCESS_TYPES)}.")
    if not all(_is_time(rule.get(end)) for rule in listed for end in ("start", "end")):
        raise BadRequest("Invalid access_control: start and end are times such as 2026-01-31T12:00:00Z.")
    return [{key: str(value) for key, value in rule.items() if value is not None} for rule in listed]


def _is_time(value: Any) -> bool:  # noqa: ANN401 - whatever a client sent
    try:
        return not value or bool(read_time(str(value)))
    except ValueError:
        return False


def _moderation(params: Params) -> list[dict[str, str]]:
    kind = params.text("moderation")
    if kind and kind != "manual":
        raise BadRequest(f"Moderation {kind[:50]} is not valid: only manual moderation is available.")
    return [{"kind": "manual", "status": "pending"}] if kind else []


def _asset_folder(params: Params) -> str:
    path = params.text("asset_folder").strip("/")
    return checked_path(path) if path else ""


_READERS: dict[str, tuple[str, Callable[[Params], Any]]] = {
    "tags": ("tags", read_tags),
    "context": ("context", read_context),
    "moderation": ("moderation", _moderation),
    "face_coordinates": ("faces", lambda params: read_boxes(params, "face_coordinates")),
    "custom_coordinates": ("custom_coordinates", lambda params: read_boxes(params, "custom_coordinates")),
    "regions": ("regions", read_regions),
    "access_mode": ("access_mode", lambda params: params.text("access_mode", "public")),
    "access_control": ("access_control", _access_control),
    "asset_folder": ("asset_folder", _asset_folder),
    "headers": ("headers", read_headers),
    "quality_override": ("quality_override", read_quality),
    "display_name": ("display_name", lambda params: params.text("display_name")[:255]),
}
