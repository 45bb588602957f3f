"""One try to sign in by the provider: what ties its answer to the browser that asked, and to this question.

The browser keeps `state` in a cookie that we sign. `nonce` and `verifier` follow from it and the site's secret, so that
nothing is kept here for somebody who only clicks, and any process of the site can take the answer.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """State (RFC 6749, 10.12), nonce (OpenID Connect Core 1.0, 3.1.2.1) and code verifier (RFC 7636, 4.1)."""

    state: str
    nonce: str
    verifier: str


def new_attempt(secret_key: str) -> Attempt:
    """A try that nobody can foresee."""
    return attempt_of(secrets.token_urlsafe(24), secret_key)


def attempt_of(state: str, secret_key: str) -> Attempt:
    """The try that was begun with this state."""
    return Attempt(state, _derived("nonce", state, secret_key), _derived("verifier", state, secret_key))


def _derived(purpose: str, state: str, secret_key: str) -> str:
    made = hmac.new(secret_key.encode(), f"oidc {purpose} {state}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
