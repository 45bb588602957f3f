"""/upload_presets: named sets of upload parameters."""

from collections.abc import Callable
from typing import Any

from picturerail.database import Document
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import page_of
from picturerail.media.http.pairs import parse_pairs
from picturerail.media.service import Media
from picturerail.media.transformations.long_names import in_long_names
from picturerail.media.upload import presets

# what comes as one text is told in its parts
_READ: dict[str, Callable[[str], Any]] = {
    "tags": lambda text: [tag.strip() for tag in text.split(",") if tag.strip()],
    "context": parse_pairs,
    "transformation": in_long_names,
}


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All presets, by name."""
    page = page_of(media.database["upload_presets"], {}, call.params, secret=media.settings.api_secret)
    return page.answer("presets", [shown(preset) for preset in page.documents])


def one(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """One preset."""
    del call
    return shown(presets.find(media.database, name))


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Make a preset."""
    return {"message": "created", "name": presets.create(media.database, call.params)}


def update(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Change a preset."""
    presets.update(media.database, name, call.params)
    return {"message": "updated"}


def delete(media: Media, call: ApiRequest, name: str) -> dict[str, Any]:
    """Delete a preset."""
    del call
    presets.find(media.database, name)
    media.database["upload_presets"].delete_one({"_id": name})
    return {"message": "deleted"}


def shown(preset: Document) -> dict[str, Any]:
    """A preset as it is answered."""
    settings = dict(preset["settings"])
    settings |= {
        name: read(settings[name]) for name, read in _READ.items() if isinstance(settings.get(name), str)
    }
    settings |= {name: True for name in ("disallow_public_id", "live") if preset[name]}
    return {
        "name": preset["_id"],
        "unsigned": preset["unsigned"],
        "live": preset["live"],
        "settings": settings,
    }
