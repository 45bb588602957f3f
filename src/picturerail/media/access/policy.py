"""When access control opens an asset to all, and which remote hosts are open.

Access control is the asset's own: its refusal tells, as Cloudinary's does, that something is there.
"""

from collections.abc import Iterable, Mapping

from picturerail.media.http.times import read_time
from picturerail.settings import Settings
from picturerail.url_parts import split_url

REFUSAL = "The URL's signature or token is missing, wrong or expired."


def is_open_to_all(rules: Iterable[Mapping[str, str]], now: float) -> bool:
    """Whether one rule of a restricted asset lets everybody in at `now`."""
    return any(
        rule.get("access_type") == "anonymous"
        and _time(rule.get("start"), now) <= now <= _time(rule.get("end"), now)
        for rule in rules
    )


def is_open_host(settings: Settings, url: str) -> bool:
    """True when pictures of this remote address may be shown without a signature."""
    return is_named_host(settings.fetch_domains, url)


def is_named_host(names: Iterable[str], url: str) -> bool:
    """Whether the host of an address is one of these: HOST, *.HOST for what is below it, * for every host."""
    host = (split_url(url).hostname or "").lower()
    patterns = [item.lower() for item in names]
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in patterns
    )


def _time(text: str | None, now: float) -> float:
    """A moment as Cloudinary's clients write it, in Unix seconds; `now` when none is given. No zone means UTC."""
    if not text:
        return now
    try:
        return read_time(text).timestamp()
    except ValueError:
        return float("nan")  # compares as false: a rule that cannot be read opens nothing
