"""What the provider says when somebody signs out there (OpenID Connect Back-Channel Logout 1.0).

Read when it says so, for the reason that `code_flow` gives.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from joserfc.errors import JoseError

from picturerail.errors import BadRequest
from picturerail.gallery.oidc.identity import MAX_SUBJECT, ProviderSignOut
from picturerail.gallery.oidc.metadata import Strange
from picturerail.gallery.oidc.provider import Provider
from picturerail.gallery.oidc.tokens import LEEWAY, decoded
from picturerail.settings import Settings

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_AGE = 300  # seconds for which a token is good, whatever end it names


def sign_out_of(settings: Settings, provider: Provider, token: object) -> ProviderSignOut:
    """Read a logout token; BadRequest for what the provider has not said to this site just now."""
    try:
        return _checked(decoded(token, provider).claims, settings.oidc_client_id, provider.metadata().issuer)
    except (Strange, JoseError, ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            "This ends no session here: the provider has not signed it for this site, or it is too old."
        ) from error


def _checked(claims: Mapping[str, Any], client_id: str, issuer: str) -> ProviderSignOut:
    """As section 2.6 demands; an ID token, which has a nonce and no event, is none of these."""
    audience, made, now = claims["aud"], float(claims["iat"]), time.time()
    events = claims["events"]
    fits = (
        claims["iss"] == issuer,
        client_id in (audience if isinstance(audience, list) else [audience]),
        isinstance(events, Mapping) and isinstance(events.get(EVENT), Mapping),
        "nonce" not in claims,
        -MAX_AGE - LEEWAY <= made - now <= LEEWAY,
        float(claims.get("exp", now)) >= now - LEEWAY,
    )
    subject, session = (_name(claims.get(each, "")) for each in ("sub", "sid"))
    if not all(fits) or not (subject or session):
        raise Strange("it is no logout token for this site")
    return ProviderSignOut(issuer, subject, session, datetime.fromtimestamp(made + LEEWAY, UTC))


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_SUBJECT:
        raise Strange("it names nobody")
    return value
