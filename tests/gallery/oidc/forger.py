"""A provider that answers and signs whatever a test wants."""

import base64
import hmac
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from picturerail.gallery.oidc import code_flow
from picturerail.gallery.oidc.attempt import Attempt, attempt_of
from picturerail.gallery.oidc.provider import Provider
from picturerail.settings import Settings
from tests.media.remote_host import RemoteHost

KEY, OTHER = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})
CLIENT = "picturerail"
BACK = "https://pictures.example/sign-in/provider/callback"
ATTEMPT = attempt_of("the state", "the site's key")

Claims = dict[str, Any]


class Forger:
    """A provider that answers what a test tells it."""

    def __init__(self, host: RemoteHost) -> None:
        self.host, self.url = host, host.url
        self.serve("/.well-known/openid-configuration", self.configuration())
        self.serve("/keys", {"keys": [KEY.as_dict(private=False)]})
        self.serve("/me", {"sub": "ann", "email": "ann@example.com", "email_verified": True})

    def configuration(self, **changed: Any) -> Claims:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return {name: value for name, value in {**told, **changed}.items() if value is not None}

    def serve(self, path: str, told: Any, status: int = 200) -> None:
        self.host.serve(path, json.dumps(told).encode(), status, Content_Type="application/json")

    def claims(self, **changed: Any) -> Claims:
        now = int(time.time())
        known = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "ann",
            "nonce": ATTEMPT.nonce,
            "iat": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**known, **changed}.items() if value is not None}

    def sends(self, token: Any) -> None:
        self.serve("/token", {"access_token": "opens", "token_type": "Bearer", "id_token": token})

    def settings(self, **more: Any) -> Settings:
        return Settings(oidc_issuer=self.url, oidc_client_id=CLIENT, oidc_client_secret="s+ %", **more)

    def claimed(self, attempt: Attempt = ATTEMPT, **more: Any) -> Claims:
        settings = self.settings(**more)
        return code_flow.claims_of(settings, Provider(settings), attempt, BACK, "the code")


def signed(claims: Claims, key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


def by_secret(claims: Claims, secret: bytes) -> str:
    """A token by a secret that both sides have, in the simplest way: the library refuses to make the worst ones."""
    text = f"{encoded({'alg': 'HS256', 'kid': '1'})}.{encoded(claims)}"
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), 'sha256'))}"


def encoded(told: Claims) -> str:
    return base64url(json.dumps(told).encode())


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
