"""Which cloud it is: the account that CLOUDINARY_URL names, or our own media service."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from picturerail.gallery.cloud import API_PREFIX, CloudAccess
from picturerail.gallery.upload_params import AHEAD
from picturerail.settings import Settings
from picturerail.settings.checks import check_cloudinary_url
from picturerail.url_parts import split_url

_OFF = ("", "0", "false", "no")  # of a switch in CLOUDINARY_URL


def cloud_access(settings: Settings) -> CloudAccess:
    """The cloud that the settings name: CLOUDINARY_URL's, or our own media service."""
    if settings.cloudinary_url:
        return replace(parse_cloudinary_url(settings.cloudinary_url), token_key=settings.auth_token_key)
    return CloudAccess(
        cloud_name=settings.cloud_name,
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        upload_prefix=f"http://127.0.0.1:{settings.media_port}",
        browser_prefix="",
        own=True,
        cdn_url=settings.cdn_url.rstrip("/"),
        site_url=settings.site_url,
        token_key=settings.auth_token_key,
        ahead=AHEAD if settings.sizes_after_upload else "",
    )


def parse_cloudinary_url(url: str) -> CloudAccess:
    """Read cloudinary://KEY:SECRET@CLOUD[/HOST][?upload_prefix=...&cname=...]; StartupError when it is unfit.

    As in the SDK a path is a private delivery host. Delivery is by https, unless `secure=false` is given or a
    `cname` without `secure`.
    """
    check_cloudinary_url(url)
    parts = split_url(url)
    options = dict(parse_qsl(parts.query))
    delivery: dict[str, Any] = {
        name: options[name] for name in ("cname", "secure_distribution") if name in options
    }
    for name in ("private_cdn", "cdn_subdomain", "secure_cdn_subdomain"):
        if name in options:
            delivery[name] = options[name].lower() not in _OFF
    delivery["secure"] = (
        options["secure"].lower() not in _OFF if "secure" in options else "cname" not in options
    )
    if len(parts.path) > 1:
        delivery |= {"private_cdn": True, "secure_distribution": parts.path[1:]}
    prefix = options.get("upload_prefix", API_PREFIX).rstrip("/")
    return CloudAccess(
        cloud_name=parts.hostname or "",
        api_key=unquote(parts.username or ""),
        api_secret=unquote(parts.password or ""),
        upload_prefix=prefix,
        browser_prefix=prefix,
        delivery=delivery,
    )
