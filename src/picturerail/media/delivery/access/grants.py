"""What a visitor may see: decided from the URL, then from the asset.

What its delivery type closes is refused before anybody looks, so that the refusal tells nothing. Access control is the
asset's own: its refusal tells, as Cloudinary's does, that something is there.

A signature of the URL opens what it signs. A token opens what its ACL or URL says. Without either only what is public
is sent: uploads that no access control closes, and derived images of private originals.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from picturerail import signing
from picturerail.errors import Unauthorized
from picturerail.media.delivery.access import tokens
from picturerail.media.delivery.urls import DeliveryPath
from picturerail.media.delivery.wanted import Wanted
from picturerail.settings import Settings

REFUSAL = "The URL's signature or token is missing, wrong or expired."


@dataclass(frozen=True)
class Grant:
    """What the visitor has shown. What a token opens must not be kept for those who have none."""

    signature: bool
    token: bool

    @property
    def any(self) -> bool:
        """True when something opens restricted media."""
        return self.signature or self.token


def grant(settings: Settings, wanted: Wanted, now: float) -> Grant:
    """What a request shows; Unauthorized for a signature that is wrong, wherever it stands."""
    given = wanted.path.signature
    if given is not None and not _is_signed(wanted.path, given, settings.api_secret):
        raise Unauthorized(REFUSAL)
    token = tokens.find_token(wanted.visit.query, wanted.visit.headers.get("cookie", ""))
    asked = tokens.Asked(_spellings(settings, wanted), wanted.visit.address)
    opened = bool(token) and tokens.is_valid(token, settings.auth_token_key, asked, now)
    return Grant(signature=given is not None, token=opened)


def check_type(settings: Settings, wanted: Wanted, shown: Grant) -> None:
    """Refuse what its delivery type closes, before anybody can learn whether it is there."""
    path, is_original = wanted.path, not wanted.transformation.components
    closed = path.type == "authenticated" or (path.type == "private" and is_original)
    if path.type == "fetch":
        closed = not is_open_host(settings, path.name)
    if closed and not shown.any:
        raise Unauthorized(REFUSAL)


def is_closed(asset: Mapping[str, Any], shown: Grant, now: float) -> bool:
    """True when access control closes an asset at `now` to this visitor."""
    return (
        is_restricted(asset) and not shown.any and not _is_anonymous(asset.get("access_control") or (), now)
    )


def is_restricted(asset: Mapping[str, Any]) -> bool:
    """True when an asset has access control: who may see it can change with time and with the visitor."""
    return bool(asset.get("access_control")) or asset.get("access_mode", "public") != "public"


def _is_anonymous(rules: Iterable[Mapping[str, str]], now: float) -> bool:
    """Whether one rule lets everybody in at `now`."""
    return any(
        rule.get("access_type") == "anonymous"
        and _time(rule.get("start"), now) <= now <= _time(rule.get("end"), now)
        for rule in rules
    )


def _time(text: str | None, now: float) -> float:
    """A moment as Cloudinary's clients write it, in Unix seconds; `now` when none is given. No zone means UTC."""
    if not text:
        return now
    try:
        time = datetime.fromisoformat(re.sub(r" (?=[+-])", "", text))
    except ValueError:
        return float("nan")  # compares as false: a rule that cannot be read opens nothing
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _is_signed(path: DeliveryPath, given: str, secret: str) -> bool:
    spellings = {each for name in path.names for each in (_named(path, name), _named(path, _escaped(name)))}
    return any(signing.is_delivery_signed(text, given, secret) for text in spellings)


def _named(path: DeliveryPath, name: str) -> str:
    return replace(path, name=name).to_sign


def _escaped(name: str) -> str:
    return signing.escape_source(name)


def _spellings(settings: Settings, wanted: Wanted) -> tuple[str, ...]:
    """The path as it came and as the SDKs write it, with the cloud's name and without."""
    full, name = wanted.visit.shown_path, wanted.path.name
    written = full.removesuffix(name) + _escaped(name)
    cloud = f"/{settings.cloud_name}"
    return tuple(dict.fromkeys(each for path in (full, written) for each in (path, path.removeprefix(cloud))))


def is_open_host(settings: Settings, url: str) -> bool:
    """True when pictures of this remote address may be shown without a signature."""
    host = (urlsplit(url).hostname or "").lower()
    patterns = [item.strip().lower() for item in settings.fetch_domains.split(",") if item.strip()]
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in patterns
    )
