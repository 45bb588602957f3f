"""Who somebody is, as the provider vouches for it, which role that gives, and who is signed in no more. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from picturerail.gallery.oidc.metadata import Strange
from picturerail.gallery.policy import ROLES
from picturerail.settings import Settings

MAX_SUBJECT = 255  # characters (OpenID Connect Core 1.0, 2)


@dataclass(frozen=True)
class ProviderIdentity:
    """Somebody at a provider: `subject` names them for ever; `verified` says that the address is theirs.

    `role` is what the role claim gives, "" for none; and also where no claim gives roles. `session` is the provider's
    name for the browser's session there, "" where it tells none.
    """

    issuer: str
    subject: str
    email: str
    verified: bool
    role: str
    session: str = ""


@dataclass(frozen=True)
class ProviderSignOut:
    """Sessions that ended at the provider: one of them, or all of somebody; "" where it does not say which or whose.

    One that began here after `until` is a new one.
    """

    issuer: str
    subject: str
    session: str
    until: datetime


def identity_of(claims: Mapping[str, Any], settings: Settings) -> ProviderIdentity:
    """Read validated claims; Strange when they do not say who it is."""
    subject, email, session = (claims.get(name) for name in ("sub", "email", "sid"))
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        raise Strange("it tells no subject")
    return ProviderIdentity(
        issuer=str(claims["iss"]),
        subject=subject,
        email=email if isinstance(email, str) else "",
        verified=claims.get("email_verified") in (True, "true"),  # some write it as a text
        role=role_of(claims, settings.oidc_role_claim, settings.oidc_roles),
        session=session if isinstance(session, str) else "",
    )


def role_of(claims: Mapping[str, Any], claim: str, pairs: tuple[str, ...]) -> str:
    """The highest role that the values of `claim` give; `pairs` are VALUE=ROLE, none for the roles' own names."""
    given = _values(claims, claim) if claim else ()
    table = [(value, role) for value, _, role in (pair.rpartition("=") for pair in pairs)]
    roles = [role for value, role in table or [(role, role) for role in ROLES] if value in given]
    return max(roles, key=ROLES.index, default="")


def has_claim(claims: Mapping[str, Any], claim: str) -> bool:
    """Whether anything is told under this name."""
    return _found(claims, claim) is not None


def _values(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The texts of a claim: one, a list of them, or the names in an object."""
    value = _found(claims, claim)
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | dict) else ()


def _found(claims: Mapping[str, Any], claim: str) -> object:
    """The claim of that name, which may be an address with dots in it; else what the dots lead to."""
    if claim in claims:
        return claims[claim]
    value: object = claims
    for part in claim.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
