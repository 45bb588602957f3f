"""/upload_presets: named sets of upload parameters."""

from collections.abc import Callable
from typing import Any

from picturerail.database import Document
from picturerail.media.account.external_id import external_id
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import page_of
from picturerail.media.service import Media
from picturerail.media.upload import presets
from picturerail.media.upload.preset_settings import in_parts, in_text


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All presets, by name; their settings as texts, which the details of one tell in their parts."""
    page = page_of(media.database["upload_presets"], {}, call.params, secret=media.settings.api_secret)
    return page.answer("presets", [listed(preset) for preset in page.documents])


def one(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """One preset."""
    del call
    return shown(presets.find(media.database, name))


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Make a preset."""
    name = presets.create(media.database, call.params)
    return {"message": "created", "name": name, "external_id": _external_id(name)}


def update(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Change a preset."""
    presets.update(media.database, name, call.params)
    return {"message": "updated", "external_id": _external_id(name)}


def delete(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Delete a preset."""
    del call
    presets.find(media.database, name)
    media.database["upload_presets"].delete_one({"_id": name})
    return {"message": "deleted", "external_id": _external_id(name)}


def listed(preset: Document) -> dict[str, Any]:
    """A preset as a list tells it."""
    return _told(preset, in_text)


def shown(preset: Document) -> dict[str, Any]:
    """A preset by itself."""
    return _told(preset, in_parts)


def _told(preset: Document, said: Callable[[str, Any], Any]) -> dict[str, Any]:
    settings = {name: said(name, value) for name, value in preset["settings"].items()}
    settings |= {name: True for name in ("disallow_public_id", "live") if preset[name]}
    return {
        "name": preset["_id"],
        "external_id": _external_id(preset["_id"]),
        "unsigned": preset["unsigned"],
        "live": preset["live"],
        "settings": settings,
    }


def _external_id(name: str) -> str:
    return external_id("upload_preset", name)
