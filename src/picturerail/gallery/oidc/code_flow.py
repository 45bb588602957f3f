"""The authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1), by Authlib.

Read when somebody signs in so: Authlib comes with a TLS library, megabytes in each process that runs for weeks.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from picturerail.errors import BadRequest, Unavailable
from picturerail.gallery.oidc.attempt import Attempt
from picturerail.gallery.oidc.identity import has_claim
from picturerail.gallery.oidc.metadata import ProviderMetadata, Strange
from picturerail.gallery.oidc.provider import Provider, ProviderAnswer
from picturerail.gallery.oidc.tokens import LEEWAY, decoded
from picturerail.settings import Settings

USED = "That sign-in was used already, or took too long. Please try again."


class _Session:
    """What Authlib sends by: the one way out, in the shape of `requests`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def post(
        self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> "_Reply":
        """Send a form, with what proves to be this site."""
        where, heads, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Reply(self._provider.call("POST", where, heads, body.encode()))


class _Reply:
    """An answer in the shape of `requests`."""

    def __init__(self, answer: ProviderAnswer) -> None:
        self._answer, self.status_code = answer, answer.status

    def json(self) -> object:
        """The body."""
        return self._answer.json()

    def raise_for_status(self) -> None:
        """Refuse an answer that is no token and no error of the protocol."""
        if self.status_code >= 400:
            raise Strange(f"its token endpoint answered {self.status_code}")


def authorization_url(settings: Settings, provider: Provider, attempt: Attempt, redirect_uri: str) -> str:
    """Where a browser is sent to sign in."""
    url, _ = _client(settings, provider, redirect_uri).create_authorization_url(
        provider.metadata().authorization_endpoint,
        state=attempt.state,
        nonce=attempt.nonce,
        code_verifier=attempt.verifier,
    )
    return str(url)


def claims_of(
    settings: Settings, provider: Provider, attempt: Attempt, redirect_uri: str, code: str
) -> dict[str, Any]:
    """What the provider says of who comes back with this code.

    BadRequest when the code is no good (any more), Unavailable when the provider is away or proves nothing.
    """
    metadata = provider.metadata()
    try:
        token = _client(settings, provider, redirect_uri).fetch_token(
            metadata.token_endpoint,
            auth=_auth(settings, metadata),
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
        )
        claims = _validated(settings, provider, attempt, token)
        if any(not has_claim(claims, name) for name in _wanted(settings)):
            claims = _joined(claims, _more(provider, metadata, token))
    except OAuth2Error as error:
        raise _refused(provider, error) from error
    except (Strange, JoseError, ValueError, KeyError, TypeError) as error:
        raise provider.unfit(error) from error
    return claims


def _client(settings: Settings, provider: Provider, redirect_uri: str) -> OAuth2Client:
    return OAuth2Client(
        _Session(provider),
        client_id=settings.oidc_client_id,
        scope=settings.oidc_scope,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _auth(settings: Settings, metadata: ProviderMetadata) -> ClientAuth:
    """What proves to be this site. In a header, both are quoted first (RFC 6749, 2.3.1), which Authlib leaves to us."""
    name, secret = settings.oidc_client_id, settings.oidc_client_secret
    if not secret:
        return ClientAuth(name, "", "none")
    if metadata.by_form:
        return ClientAuth(name, secret, "client_secret_post")
    return ClientAuth(quote(name, safe=""), quote(secret, safe=""), "client_secret_basic")


def _refused(provider: Provider, error: OAuth2Error) -> BadRequest | Unavailable:
    """A code that is used up is the visitor's matter, everything else the operator's."""
    return BadRequest(USED) if error.error == "invalid_grant" else provider.unfit(error)


def _validated(
    settings: Settings, provider: Provider, attempt: Attempt, token: Mapping[str, Any]
) -> dict[str, Any]:
    """The claims of an ID token: signed by the provider, made for this site and this try, and not too old."""
    told = decoded(token.get("id_token"), provider)
    claims = CodeIDToken(
        told.claims,
        told.header,
        {
            "iss": {"essential": True, "value": provider.metadata().issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
        },
        {
            "nonce": attempt.nonce,
            "client_id": settings.oidc_client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(leeway=LEEWAY)
    return dict(claims)


def _wanted(settings: Settings) -> list[str]:
    """Claims that we need, which many providers tell on a second question only."""
    return ["email", "email_verified", *filter(None, (settings.oidc_role_claim,))]


def _joined(claims: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both, about one person; an address and whether it is verified come from one of them, never from two."""
    if more and more.get("sub") != claims["sub"]:
        raise Strange("it tells of somebody else besides")
    if "email" in claims and ("email_verified" in claims or claims["email"] != more.get("email")):
        more = {name: value for name, value in more.items() if name not in {"email", "email_verified"}}
    return more | claims


def _more(provider: Provider, metadata: ProviderMetadata, token: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider tells besides (OpenID Connect Core 1.0, 5.3); nothing where it has no such address.

    Strange when it does not tell it just now: a role that is only not told is not lost.
    """
    access_token = token.get("access_token")
    if not metadata.userinfo_endpoint or not isinstance(access_token, str) or not access_token.isascii():
        return {}
    heads = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    answer = provider.call("GET", metadata.userinfo_endpoint, heads)
    told = answer.json()
    if answer.status != 200 or not isinstance(told, dict):
        raise Strange(f"its userinfo endpoint answered {answer.status}")
    return told
