"""The site as the browser that asks knows it, and what a page tells the code there about passkeys."""

import ipaddress

from picturerail.gallery.accounts import passkeys, users
from picturerail.gallery.accounts.passkeys import RelyingParty
from picturerail.gallery.web import services
from picturerail.url_parts import split_url


def site() -> RelyingParty:
    """Origin, host and name, by which keys belong to it."""
    known, origin = services.settings(), services.origin()
    host = split_url(origin).hostname or ""
    return RelyingParty(origin, host, services.site_texts().name, known.secret_key)


def registration_options(user: users.User) -> str:
    """What the account's page tells the browser; "" where keys cannot be: they belong to names, not to addresses."""
    return passkeys.registration_options(services.database(), site(), user) if _has_name() else ""


def authentication_options() -> str:
    """What the sign-in page tells the browser."""
    return passkeys.authentication_options(site()) if _has_name() else ""


def _has_name() -> bool:
    try:
        ipaddress.ip_address(site().host)
    except ValueError:
        return True
    return False
