"""Addresses in their parts. What anybody may send is often none: half a bracket, a port that is no number."""

from urllib.parse import SplitResult, urlsplit

_NONE = SplitResult("", "", "", "", "")


def read_url(text: str) -> SplitResult | None:
    """The parts of an address, whose port can be asked for; None for what cannot be read as one (RFC 3986)."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - read by asking for it
    except ValueError:
        return None
    return parts


def split_url(text: str) -> SplitResult:
    """The parts of an address, all of them empty for what cannot be read as one."""
    return read_url(text) or _NONE


def is_web(text: str) -> bool:
    """Whether it is an address of the web: http or https, with a host (`http://:80/` has none)."""
    parts = split_url(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
