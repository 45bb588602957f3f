"""Whether CLOUDINARY_URL holds the program's own credentials, as `picturerail credentials` prints them."""

import socket
from urllib.parse import parse_qs, unquote

from picturerail.errors import StartupError
from picturerail.settings.secret_store import known_secrets
from picturerail.settings.table import Settings
from picturerail.url_parts import split_url

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def is_own(settings: Settings) -> bool:
    """True for our own key at an address of this machine; StartupError for our address with somebody else's key."""
    if not settings.cloudinary_url:
        return False
    parts = split_url(settings.cloudinary_url)
    prefix = split_url(parse_qs(parts.query).get("upload_prefix", [""])[0])
    key = settings.api_key or known_secrets(settings.data).get("api_key")
    same_key = bool(key) and unquote(parts.username or "") == key
    if same_key and prefix.hostname in _hosts(settings):
        return True
    if prefix.hostname and (prefix.hostname, _port(prefix.scheme, prefix.port)) in _addresses(settings):
        raise StartupError(
            f"CLOUDINARY_URL leads to this program's own address, {prefix.geturl()}, with the key of another data "
            "folder. Unset it to use the own media service, or choose that folder with --data."
        )
    return False


def _hosts(settings: Settings) -> set[str | None]:
    """The names under which this machine is known."""
    return LOOPBACK | {settings.host, split_url(settings.site_url).hostname, socket.gethostname()}


def _addresses(settings: Settings) -> set[tuple[str | None, int]]:
    """Hosts and ports that lead here."""
    site = split_url(settings.site_url)
    own: set[tuple[str | None, int]] = {(host, settings.port) for host in _hosts(settings)}
    return own | {(site.hostname, _port(site.scheme, site.port))}


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)
