"""The part of the table of settings that is about sign-in by OpenID Connect."""

from dataclasses import dataclass

from picturerail.settings.entry import List
from picturerail.settings.entry import setting as _setting


@dataclass(frozen=True, kw_only=True)
class ProviderSettings:
    """The provider, what its claims are worth here, and whether passwords are good beside it."""

    oidc_issuer: str = _setting(
        "PICTURERAIL_OIDC_ISSUER",
        "",
        "Address of the OpenID provider by which people may sign in; empty: none",
    )
    oidc_client_id: str = _setting(
        "PICTURERAIL_OIDC_CLIENT_ID", "", "The name under which the provider knows this site"
    )
    oidc_client_secret: str = _setting(
        "PICTURERAIL_OIDC_CLIENT_SECRET",
        "",
        "The secret that goes with it; empty for a public client, which PKCE alone protects",
        secret=True,
    )
    oidc_scope: str = _setting(
        "PICTURERAIL_OIDC_SCOPE",
        "openid email profile",
        "What the provider is asked to tell, with spaces between",
    )
    oidc_label: str = _setting(
        "PICTURERAIL_OIDC_LABEL",
        "OpenID Connect",
        "What the provider is called on the button, behind `Sign in with`",
    )
    oidc_role_claim: str = _setting(
        "PICTURERAIL_OIDC_ROLE_CLAIM",
        "",
        "The claim that gives people their role at each sign-in; dots lead inwards, as in realm_access.roles; "
        "empty: roles are given here",
    )
    oidc_roles: List = _setting(
        "PICTURERAIL_OIDC_ROLES",
        (),
        "VALUE=ROLE,... which values of that claim give which role, of several the highest; empty: the names of roles",
    )
    oidc_create: bool = _setting(
        "PICTURERAIL_OIDC_CREATE",
        False,
        "Make an account for whoever the provider lets in and has none here",
    )
    oidc_new_role: str = _setting(
        "PICTURERAIL_OIDC_NEW_ROLE", "viewer", "Role of such a new account, where no claim gives one"
    )
    oidc_domains: List = _setting(
        "PICTURERAIL_OIDC_DOMAINS",
        (),
        "E-mail domains, with commas between, whose people may sign in by the provider, which must have verified the "
        "address; empty: all",
    )
    password_sign_in: bool = _setting(
        "PICTURERAIL_PASSWORD_SIGN_IN",
        True,
        "Let people sign in by passwords and passkeys; false leaves the OpenID provider alone",
    )
