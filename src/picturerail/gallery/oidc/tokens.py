"""Tokens that the provider has signed, by the keys that it publishes. Whose and for whom they are, callers check."""

from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from picturerail.gallery.oidc.metadata import Strange
from picturerail.gallery.oidc.provider import Provider

LEEWAY = 60  # seconds by which the clocks of both sides may differ
MAX_TOKEN = 64 * 1024  # characters


def decoded(text: object, provider: Provider) -> jwt.Token:
    """The token, by a key of the provider's; by keys asked for anew when it has others by now.

    Strange, JoseError or ValueError for what the provider has not signed.
    """
    if not isinstance(text, str) or len(text) > MAX_TOKEN:
        raise Strange("it sent no token")
    algorithms = list(provider.metadata().algorithms)
    try:
        return jwt.decode(text, _key_set(provider.keys()), algorithms=algorithms)
    except (JoseError, ValueError):
        return jwt.decode(text, _key_set(provider.keys(fresh=True)), algorithms=algorithms)


def _key_set(told: object) -> KeySet:
    """Those keys that sign, and that only the provider can have."""
    given = told.get("keys") if isinstance(told, Mapping) else None
    keys = [
        key
        for key in (given if isinstance(given, list) else [])
        if isinstance(key, dict)
        and key.get("kty") in {"RSA", "EC", "OKP"}
        and key.get("use", "sig") == "sig"
        and not str(key.get("alg", "")).startswith(("RSA-OAEP", "RSA1", "ECDH"))
    ]
    if not keys:
        raise Strange("it has no keys that sign")
    return KeySet.import_key_set({"keys": keys})
