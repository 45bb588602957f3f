"""What a request may see: decided from its URL, before anybody looks for the asset, so that a refusal tells nothing.

A signature of the URL opens what it signs. A token opens what its ACL or URL says. Without either only what is public
is sent: uploads that no access control closes, and derived images of private originals.
"""

from dataclasses import dataclass

from picturerail import signing
from picturerail.errors import Unauthorized
from picturerail.media.access import tokens
from picturerail.media.access.policy import REFUSAL, is_open_host
from picturerail.media.access.signatures import signed_path
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.urls.delivery_path import DeliveryPath
from picturerail.settings import Settings
from picturerail.token_revocation import RevokedTokens


@dataclass(frozen=True)
class Grant:
    """What the visitor has shown, and the path that it is about: what was signed is what is looked up.

    What a token opens must not be kept for those who have none.
    """

    path: DeliveryPath
    signature: bool
    token: bool

    @property
    def any(self) -> bool:
        """True when something opens restricted media."""
        return self.signature or self.token


def grant(
    settings: Settings, revoked: RevokedTokens, raw: RawRequest, path: DeliveryPath, now: float
) -> Grant:
    """What a request shows; Unauthorized for a signature that is wrong, wherever it stands."""
    signed = path if path.signature is None else signed_path(path, settings.api_secret)
    if signed is None:
        raise Unauthorized(REFUSAL)
    cookies = raw.headers.get("cookie", "")
    has_token = tokens.NAME in raw.query or tokens.NAME in cookies
    opened = has_token and _is_opened(settings, revoked, raw, signed, now)
    return Grant(signed, signature=path.signature is not None, token=opened)


def check_type(settings: Settings, path: DeliveryPath, shown: Grant, *, is_original: bool) -> None:
    """Refuse what its delivery type closes, before anybody can learn whether it is there."""
    closed = path.type == "authenticated" or (path.type == "private" and is_original)
    if path.type == "fetch":
        closed = not is_open_host(settings, path.name)
    if closed and not shown.any:
        raise Unauthorized(REFUSAL)


def _is_opened(
    settings: Settings, revoked: RevokedTokens, raw: RawRequest, path: DeliveryPath, now: float
) -> bool:
    token = tokens.find_token(raw.query, raw.headers.get("cookie", ""))
    asked = tokens.TokenTarget(_spellings(settings, raw, path.name), raw.address)
    if not (token and tokens.is_valid(token, settings.auth_token_key, asked, now)):
        return False
    return not revoked.any_of(tokens.names_in(token), path.public_ids)


def _spellings(settings: Settings, raw: RawRequest, name: str) -> tuple[str, ...]:
    """The path as it came and as the SDKs write it, with the cloud's name and without."""
    full = raw.shown_path
    written = full.removesuffix(name) + signing.escape_source(name)
    cloud = f"/{settings.cloud_name}"
    return tuple(dict.fromkeys(each for path in (full, written) for each in (path, path.removeprefix(cloud))))
