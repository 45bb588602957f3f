"""/streaming_profiles: sets of sizes and bit rates for adaptive video. Kept for clients; no video is made here yet."""

import re
from typing import Any

from picturerail.database import Document
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.account.external_id import external_id
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.transformations.long_names import from_long_names, in_long_names

MAX_PROFILES = 200
MAX_REPRESENTATIONS = 50

_NAME = re.compile(r"[\w-]{1,100}")
_TRANSFORMATION = re.compile(r"[a-z]{1,3}_[^,/\s]+(?:[,/][a-z]{1,3}_[^,/\s]+)*")

# Height of a frame: width and bit rate. (Cloudinary's "predefined streaming profiles".)
SIZES = {
    2160: (3840, "18000k"),
    1440: (2560, "12000k"),
    1080: (1920, "5500k"),
    720: (1280, "3300k"),
    540: (960, "1500k"),
    360: (640, "500k"),
    270: (480, "270k"),
    240: (320, "192k"),
}
PREDEFINED = {
    "4k": (2160, 1440, 1080, 720, 540, 360, 270, 240),
    "full_hd": (1080, 720, 540, 360, 270, 240),
    "hd": (720, 540, 360, 270, 240),
    "sd": (540, 360, 270, 240),
    "full_hd_wifi": (1080, 720, 540),
    "full_hd_lean": (1080, 720, 360),
    "hd_lean": (720, 360, 270),
}


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All profiles, the predefined ones first."""
    del call
    kept = {profile["name"]: profile for profile in media.database["streaming_profiles"].find()}
    profiles = {name: _predefined(name) for name in PREDEFINED} | kept
    return {"data": [_summary(profile) for profile in profiles.values()]}


def one(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """One profile with its representations."""
    del call
    return {"data": _shown(_find(media, name))}


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Make a profile."""
    name = call.params.text("name")
    if not _NAME.fullmatch(name):
        raise BadRequest("Invalid value for parameter name: use letters, digits, _ and -.")
    profiles = media.database["streaming_profiles"]
    if name in PREDEFINED or profiles.find_one({"name": name}) is not None:
        raise Conflict(f"Streaming profile {name} already exists")
    if profiles.estimated_document_count() >= MAX_PROFILES:
        raise BadRequest(f"There may be {MAX_PROFILES} streaming profiles.")
    profile: Document = {"name": name, "display_name": None, "predefined": False, "representations": []}
    return {"message": "created", "data": _shown(_store(media, profile, call))}


def keep(media: Media, name: str, display_name: str | None, texts: list[str]) -> None:
    """Keep a profile as another cloud tells it; BadRequest when it is none."""
    if not _NAME.fullmatch(name) or name in PREDEFINED:
        raise BadRequest("Invalid value for parameter name: use letters, digits, _ and -.")
    representations = _representations([{"transformation": text} for text in texts])
    profile = {"name": name, "display_name": display_name, "predefined": False}
    media.database["streaming_profiles"].insert_one({**profile, "representations": representations})


def update(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Change a profile; a predefined one is kept under its name."""
    return {"message": "updated", "data": _shown(_store(media, _find(media, name), call))}


def delete(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Delete a profile; a predefined one is as it was again."""
    del call
    profile = _find(media, name)
    media.database["streaming_profiles"].delete_one({"name": name})
    return {"message": "deleted", "data": _shown(profile)}


def _find(media: Media, name: str) -> Document:
    profile = media.database["streaming_profiles"].find_one({"name": name})
    if profile is None and name in PREDEFINED:
        return _predefined(name)
    if profile is None:
        raise NotFound(f"Streaming profile {name[:100]} not found")
    return profile


def _store(media: Media, profile: Document, call: ApiRequest) -> Document:
    changes: Document = {}
    if "representations" in call.params or not profile["representations"]:  # a new one needs them
        changes["representations"] = _representations(call.params.data("representations"))
    if call.params.text("display_name"):
        changes["display_name"] = call.params.text("display_name")[:255]
    stored = {**profile, **changes}
    media.database["streaming_profiles"].replace_one({"name": profile["name"]}, stored, upsert=True)
    return stored


def _representations(given: Any) -> list[str]:  # noqa: ANN401 - whatever a client sent
    if not isinstance(given, list) or not 0 < len(given) <= MAX_REPRESENTATIONS:
        raise BadRequest('representations is invalid: use [{"transformation": "c_limit,h_720,w_1280"}].')
    texts = [_text(each.get("transformation")) if isinstance(each, dict) else None for each in given]
    for text in texts:
        if not isinstance(text, str) or not _TRANSFORMATION.fullmatch(text):
            raise BadRequest(f"representations is invalid: {str(text)[:100]} is no transformation.")
    return [str(text) for text in texts]


def _text(told: Any) -> Any:  # noqa: ANN401
    """A transformation as a text, also when it is told in its parts, as an answer has it."""
    in_parts = isinstance(told, list) and all(isinstance(each, dict) for each in told)
    return from_long_names(told) if in_parts else told


def _predefined(name: str) -> Document:
    sizes = ((height, *SIZES[height]) for height in PREDEFINED[name])
    texts = [f"br_{rate},c_limit,h_{height},w_{width}" for height, width, rate in sizes]
    return {"name": name, "display_name": None, "predefined": True, "representations": texts}


def _summary(profile: Document) -> dict[str, Any]:
    named = {name: profile[name] for name in ("name", "display_name", "predefined")}
    return {"external_id": external_id("streaming_profile", profile["name"]), **named}


def _shown(profile: Document) -> dict[str, Any]:
    return _summary(profile) | {
        "representations": [{"transformation": in_long_names(text)} for text in profile["representations"]]
    }
