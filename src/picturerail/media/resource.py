"""The public face of an asset: what uploads, details and lists answer about it."""

from typing import Any

from picturerail import signing
from picturerail.database import Document
from picturerail.media.delivery.urls import build_url
from picturerail.settings import Settings


def uploaded(settings: Settings, asset: Document) -> dict[str, Any]:
    """The answer to an upload (Cloudinary's "upload response")."""
    return {
        **_common(settings, asset),
        "signature": signing.sign_response(asset["public_id"], asset["version"], settings.api_secret),
        "etag": asset["etag"],
        "tags": sorted(asset["tags"]),
        "placeholder": False,
        "original_filename": asset["original_filename"],
        **_pages(asset),
        **_context(asset),
        **_info(asset),
    }


def detailed(settings: Settings, asset: Document) -> dict[str, Any]:
    """The answer to a request for one asset; tags and context are absent when empty."""
    tags = {"tags": sorted(asset["tags"])} if asset["tags"] else {}
    return {
        **_common(settings, asset),
        "etag": asset["etag"],
        "original_filename": asset["original_filename"],
        **tags,
        **_pages(asset),
        **_context(asset),
    }


def colours(asset: Document) -> dict[str, Any]:
    """The colours of a picture, for those who ask with colors=1."""
    facts = asset.get("facts") or {}
    if not facts:
        return {}
    return {"colors": facts["colors"], "predominant": {"google": facts["predominant"]}}


def urls(
    settings: Settings, asset: Document, transformation: str = "", extension: str = ""
) -> dict[str, str]:
    """The addresses of the asset, or of a derived image of it."""
    url = build_url(settings.cloud_name, asset, transformation, extension)
    host = settings.site_url.partition("://")[2]
    own_scheme = "https" if settings.site_url.startswith("https://") else "http"
    return {"url": f"http://{host}{url}", "secure_url": f"{own_scheme}://{host}{url}"}


def _common(settings: Settings, asset: Document) -> dict[str, Any]:
    named = ("asset_id", "public_id", "version", "version_id")
    size = {name: asset[name] for name in ("width", "height", "format") if asset.get(name) is not None}
    folder = asset["public_id"].rpartition("/")[0]
    return {
        **{name: asset[name] for name in named},
        **size,
        "resource_type": asset["resource_type"],
        "type": asset["type"],
        "created_at": asset["created_at"],
        "bytes": asset["bytes"],
        "folder": folder,
        "access_mode": asset.get("access_mode", "public"),
        **urls(settings, asset),
    }


def _pages(asset: Document) -> dict[str, Any]:
    facts = asset.get("facts")
    return {"pages": facts["info"]["frames"]} if facts else {}


def _context(asset: Document) -> dict[str, Any]:
    return {"context": {"custom": asset["context"]}} if asset.get("context") else {}


def _info(asset: Document) -> dict[str, Any]:
    facts = asset.get("facts")
    return (
        {"info": {"picturerail": {"thumbhash": facts["thumbhash"], "phash": facts["phash"]}}} if facts else {}
    )
