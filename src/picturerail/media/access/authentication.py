"""Who is asking: the holder of the API secret, shown by a request signature or by Basic authentication."""

import time
from dataclasses import replace

from picturerail import signing
from picturerail.errors import PicturerailError, Unauthorized
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.settings import Settings

MISSING = "Authentication required: send the API key and secret by HTTP Basic authentication."
ONLY_NEWEST = " Here only signatures of version 2 by SHA-256 count: set signature_algorithm to sha256."
UNSIGNED_NOTIFICATION = ("notification_url", "batch_id")


def check_admin(settings: Settings, call: ApiRequest) -> None:
    """Let a call of the Admin API pass with the right key and secret; 401 otherwise."""
    if call.token:
        raise Unauthorized("Invalid token")
    if not call.user:
        raise Unauthorized(MISSING)
    _check_pair(settings, call)


def is_known(settings: Settings, call: ApiRequest) -> bool:
    """Whether a call shows that it comes from a holder of the secret, as `check_upload` wants it."""
    try:
        check_upload(settings, call)
    except PicturerailError:
        return False
    return True


def check_upload(settings: Settings, call: ApiRequest) -> None:
    """Let a call of the Upload API pass when it is signed within the last hour, or by Basic; 401 otherwise."""
    if call.user or call.token:
        check_admin(settings, call)
    else:
        _check_signed(settings, call)
        signing.check_age(call.params.text("timestamp"), time.time())


def check_loosely_signed(settings: Settings, call: ApiRequest) -> None:
    """As `check_upload`, for calls whose parameters about notifications clients leave out of the signature."""
    told = Params({name: value for name, value in call.params.items() if name not in UNSIGNED_NOTIFICATION})
    if call.user or call.token or _is_signed(settings, call):
        check_upload(settings, call)
    else:
        check_upload(settings, replace(call, params=told))


def check_link(settings: Settings, call: ApiRequest) -> None:
    """Let a signed link pass; one that says when it expires is good until then, whatever its age."""
    if not call.params.text("expires_at"):
        check_upload(settings, call)
    elif call.params.time("expires_at") < time.time():
        raise Unauthorized("The link has expired.")
    elif call.user or call.token:
        check_admin(settings, call)
    else:
        _check_signed(settings, call)


def _check_pair(settings: Settings, call: ApiRequest) -> None:
    key_is_right = signing.same(settings.api_key, call.user)
    if not (signing.same(settings.api_secret, call.password) and key_is_right):
        raise Unauthorized("Invalid API key or secret: the account does not know this pair.")


def _check_signed(settings: Settings, call: ApiRequest) -> None:
    if not call.params.text("api_key"):
        raise Unauthorized(
            "Missing required parameter - api_key. Sign the request with your API key and secret."
        )
    if not signing.same(settings.api_key, call.params.text("api_key")):
        raise Unauthorized("Unknown API key.")
    if not _is_signed(settings, call):
        given, shown = call.params.text("signature"), signing.string_to_sign(call.params.signable())
        how = ONLY_NEWEST if settings.strict_signatures else ""
        raise Unauthorized(f"Invalid Signature {given[:64]}. String to sign - '{shown[:1000]}'.{how}")


def _is_signed(settings: Settings, call: ApiRequest) -> bool:
    return signing.is_signed(
        call.params.signable(),
        call.params.text("signature"),
        settings.api_secret,
        newest_only=settings.strict_signatures,
    )
