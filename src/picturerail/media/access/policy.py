"""What access control an asset has, and which remote hosts are open: who may see it is decided here.

Access control is the asset's own: its refusal tells, as Cloudinary's does, that something is there.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from picturerail.media.asset import Asset
from picturerail.settings import Settings

REFUSAL = "The URL's signature or token is missing, wrong or expired."


def is_closed(asset: Asset, now: float, *, opened: bool) -> bool:
    """True when access control closes an asset at `now`, unless a signature or token has `opened` it."""
    return is_restricted(asset) and not opened and not _is_anonymous(asset.access_control, now)


def is_restricted(asset: Asset) -> bool:
    """True when an asset has access control: who may see it can change with time and with the visitor."""
    return restricts(asset.access_control, asset.access_mode)


def restricts(access_control: object, access_mode: str) -> bool:
    """True when these attributes make an asset a restricted one."""
    return bool(access_control) or access_mode != "public"


def is_open_host(settings: Settings, url: str) -> bool:
    """True when pictures of this remote address may be shown without a signature."""
    host = (urlsplit(url).hostname or "").lower()
    patterns = [item.lower() for item in settings.fetch_domains]
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in patterns
    )


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
