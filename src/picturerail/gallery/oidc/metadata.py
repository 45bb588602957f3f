"""What a provider tells of itself (OpenID Connect Discovery 1.0), checked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from picturerail.url_parts import split_url

WELL_KNOWN = "/.well-known/openid-configuration"
# Signatures by a key that only the provider has: none, and those by a shared secret (HS256), prove nothing here.
ALGORITHMS = (
    "RS256",
    "ES256",
    "EdDSA",
    "Ed25519",
    "PS256",
    "RS384",
    "ES384",
    "PS384",
    "RS512",
    "ES512",
    "PS512",
)


class Strange(ValueError):
    """What came from the provider is not what the protocol demands; says what of it, for the log."""


@dataclass(frozen=True)
class ProviderMetadata:
    """Where the provider is asked for what; "" where it has no such address."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    algorithms: tuple[str, ...]
    by_form: bool  # whether it wants our secret in the body, and not in a header
    names_itself: bool  # whether it says in each answer who it is (RFC 9207)


def well_known(issuer: str) -> str:
    """Where the provider tells of itself."""
    return issuer.rstrip("/") + WELL_KNOWN


def parse_metadata(issuer: str, told: object) -> ProviderMetadata:
    """What the provider at `issuer` has told; Strange when it is another one, or lacks what we need.

    A slash at the end of the issuer may be there or not: the provider's own spelling is what tokens carry.
    """
    if not isinstance(told, Mapping):
        raise Strange("its configuration is no JSON object")
    named = told.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        raise Strange(f"it calls itself {str(named)[:200]}, not {issuer}")
    algorithms = _texts(told.get("id_token_signing_alg_values_supported", ["RS256"]))
    methods = _texts(told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]))
    return ProviderMetadata(
        issuer=named,
        authorization_endpoint=_endpoint(told, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(told, "token_endpoint", issuer),
        jwks_uri=_endpoint(told, "jwks_uri", issuer),
        userinfo_endpoint=_endpoint(told, "userinfo_endpoint", issuer, needed=False),
        end_session_endpoint=_endpoint(told, "end_session_endpoint", issuer, needed=False),
        algorithms=_good(algorithms),
        by_form="client_secret_basic" not in methods and "client_secret_post" in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _good(algorithms: Iterable[str]) -> tuple[str, ...]:
    if not (good := tuple(each for each in ALGORITHMS if each in algorithms)):
        raise Strange("it signs by no algorithm that proves anything")
    return good


def _endpoint(told: Mapping[Any, Any], name: str, issuer: str, *, needed: bool = True) -> str:
    """An address of the provider: by TLS, unless the issuer's own is not and it lies there too."""
    url = told.get(name)
    if url is None and not needed:
        return ""
    parts, home = split_url(url if isinstance(url, str) else ""), split_url(issuer)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme, parts.netloc) == (home.scheme, home.netloc)
    ):
        raise Strange(f"its {name} is no address to trust: {str(url)[:200]}")
    return parts.geturl()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
