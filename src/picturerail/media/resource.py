"""The public face of an asset: what uploads, details, lists and search answer about it."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from picturerail import signing
from picturerail.media.asset import Asset
from picturerail.media.urls.delivery_path import build_url
from picturerail.settings import Settings

ALWAYS = ("asset_id", "public_id", "folder")  # beside the fields of a list that are asked for


def uploaded(settings: Settings, asset: Asset, *, signed: bool = True) -> dict[str, Any]:
    """The answer to an upload (Cloudinary's "upload response"); `signed` addresses open what is closed."""
    return {
        **summary(settings, asset, signed=signed),
        "signature": signing.sign_response(asset.public_id, asset.version, settings.api_secret),
        "etag": asset.etag,
        "tags": list(asset.tags),
        "placeholder": False,
        **_original_filename(asset),
        **_optional(asset),
        **info(asset),
    }


def detailed(settings: Settings, asset: Asset) -> dict[str, Any]:
    """The answer to a request for one asset; tags, context and metadata are absent when empty.

    The APIs that look assets up tell tags in the order of the alphabet, as the SDK of Python expects; an upload tells
    them as it was given them.
    """
    return {
        **summary(settings, asset),
        "etag": asset.etag,
        **_original_filename(asset),
        "backup": bool(asset.backup),
        **({"tags": sorted(asset.tags)} if asset.tags else {}),
        **_optional(asset),
    }


def listed(
    settings: Settings, asset: Asset, include: Collection[str], fields: Collection[str]
) -> dict[str, Any]:
    """One asset of a list. `include` adds tags, context, metadata, moderations; `fields` picks what is told."""
    parts: dict[str, dict[str, Any]] = {
        "tags": {"tags": sorted(asset.tags)},
        "context": {"context": {"custom": asset.context}},
        "metadata": {"metadata": asset.metadata},
        "moderations": {"moderation": asset.moderation},
    }
    answer = summary(settings, asset)
    for name in include:
        answer |= parts.get(name, {})
    if not fields:
        return answer
    everything = {**answer, **_optional(asset), **parts["tags"], "etag": asset.etag}
    return {name: everything[name] for name in (*ALWAYS, *fields) if name in everything}


def placeholder(settings: Settings, asset: Asset) -> dict[str, Any]:
    """What is told about an asset that is deleted and backed up."""
    gone = {"bytes": 0, "width": 0, "height": 0, "placeholder": True}
    return {**detailed(settings, asset), **gone, "derived": []}


def summary(settings: Settings, asset: Asset, *, signed: bool = True) -> dict[str, Any]:
    """What every answer tells about an asset."""
    size = {"width": asset.width, "height": asset.height, "format": asset.format}
    folder = asset.public_id.rpartition("/")[0]  # that of the public_id
    return {
        "asset_id": asset.asset_id,
        "public_id": asset.public_id,
        "version": asset.version,
        "version_id": asset.version_id,
        **_given(size),
        "resource_type": asset.resource_type,
        "type": asset.type,
        "created_at": asset.created_at,
        "bytes": asset.bytes,
        "folder": folder,
        "asset_folder": asset.folder,
        "display_name": asset.shown_name,
        "access_mode": asset.access_mode,
        **urls(settings, asset, signed=signed),
    }


def colours(asset: Asset) -> dict[str, Any]:
    """The colours of a picture, for those who ask for them."""
    facts = asset.facts
    if not facts or not facts.is_looked_at:
        return {}
    return {"colors": facts.colors, "predominant": {"google": facts.predominant}}


def urls(
    settings: Settings, asset: Asset, transformation: str = "", extension: str = "", *, signed: bool = True
) -> dict[str, str]:
    """The addresses of the asset, or of a derived image of it; signed where its type asks for that, if `signed`."""
    closed = asset.type == "authenticated" or (asset.type == "private" and not transformation)
    secret = settings.api_secret if closed and signed else ""
    path = build_url(settings.cloud_name, asset, transformation, extension, secret)
    return both(settings, path)


def both(settings: Settings, path: str) -> dict[str, str]:
    """The plain and the secure address of what lies at `path`."""
    plain, secure = _origins(settings.cdn_url.rstrip("/") or settings.site_url, bool(settings.tls_cert))
    return {"url": plain + path, "secure_url": secure + path}


@lru_cache(2)  # of the settings, in each process: the same for all assets of a list
def _origins(address: str, is_https_here: bool) -> tuple[str, str]:
    """What stands before the paths of `url` and `secure_url`."""
    scheme, _, host = address.partition("://")
    # a port that answers HTTPS answers nothing else; port 80 beside 443 is somebody else's, who redirects
    plain = scheme if is_https_here or ":" in host.rpartition("]")[2] else "http"
    return f"{plain}://{host}", f"{scheme}://{host}"


def _given(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts that there are."""
    return {name: value for name, value in parts.items() if value}


def _optional(asset: Asset) -> dict[str, Any]:
    """What is told only where there is something to tell."""
    told = _given(
        {
            "metadata": asset.metadata,
            "moderation": asset.moderation,
            "access_control": asset.access_control,
            "regions": asset.regions,
        }
    )
    if asset.context:
        told["context"] = {"custom": asset.context}
    if asset.facts:
        told["pages"] = asset.picture.info.frames
    return told


def _original_filename(asset: Asset) -> dict[str, str]:
    name = asset.original_filename
    return {"original_filename": name} if name else {}


def info(asset: Asset) -> dict[str, Any]:
    """What Cloudinary has no word for: nothing of a picture at whose pixels nobody has looked yet."""
    facts = asset.facts
    if not facts or not facts.is_looked_at:
        return {}
    return {"info": {"picturerail": {"thumbhash": facts.thumbhash, "phash": facts.phash}}}
