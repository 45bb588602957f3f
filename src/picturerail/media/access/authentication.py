"""Who is asking: the holder of an API key and its secret, shown by a request signature or by Basic authentication."""

import time
from dataclasses import replace

from picturerail import signing
from picturerail.errors import PicturerailError, Unauthorized
from picturerail.media.access.key_pairs import Keyring
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.key_pair import KeyPair

MISSING = "Authentication required: send the API key and secret by HTTP Basic authentication."
ONLY_NEWEST = " Here only signatures of version 2 by SHA-256 count: set signature_algorithm to sha256."
UNSIGNED_NOTIFICATION = ("notification_url", "batch_id")


def check_admin(keys: Keyring, call: ApiRequest) -> KeyPair:
    """Let a call of the Admin API pass with the right key and secret, and say which; 401 otherwise."""
    if call.token:
        raise Unauthorized("Invalid token")
    if not call.user:
        raise Unauthorized(MISSING)
    return _check_pair(keys, call)


def is_known(keys: Keyring, call: ApiRequest) -> bool:
    """Whether a call shows that it comes from a holder of the secret, as `check_upload` wants it."""
    try:
        check_upload(keys, call)
    except PicturerailError:
        return False
    return True


def check_upload(keys: Keyring, call: ApiRequest) -> KeyPair:
    """Let a call of the Upload API pass when it is signed within the last hour, or by Basic; 401 otherwise."""
    if call.user or call.token:
        return check_admin(keys, call)
    pair = _check_signed(keys, call)
    signing.check_age(call.params.text("timestamp"), time.time())
    return pair


def check_loosely_signed(keys: Keyring, call: ApiRequest) -> KeyPair:
    """As `check_upload`, for calls whose parameters about notifications clients leave out of the signature."""
    told = Params({name: value for name, value in call.params.items() if name not in UNSIGNED_NOTIFICATION})
    pair = keys.find(call.params.text("api_key"))
    if call.user or call.token or (pair is not None and _is_signed(keys, pair, call)):
        return check_upload(keys, call)
    return check_upload(keys, replace(call, params=told))


def check_link(keys: Keyring, call: ApiRequest) -> KeyPair:
    """Let a signed link pass; one that says when it expires is good until then, whatever its age."""
    if not call.params.text("expires_at"):
        return check_upload(keys, call)
    if call.params.time("expires_at") < time.time():
        raise Unauthorized("The link has expired.")
    return check_admin(keys, call) if call.user or call.token else _check_signed(keys, call)


def _check_pair(keys: Keyring, call: ApiRequest) -> KeyPair:
    pair = keys.find(call.user)
    if pair is None or not signing.same(pair.secret, call.password):
        raise Unauthorized("Invalid API key or secret: the account does not know this pair.")
    return pair


def _check_signed(keys: Keyring, call: ApiRequest) -> KeyPair:
    if not call.params.text("api_key"):
        raise Unauthorized(
            "Missing required parameter - api_key. Sign the request with your API key and secret."
        )
    pair = keys.find(call.params.text("api_key"))
    if pair is None:
        raise Unauthorized("Unknown API key.")
    if not _is_signed(keys, pair, call):
        given, shown = call.params.text("signature"), signing.string_to_sign(call.params.signable())
        how = ONLY_NEWEST if keys.strict else ""
        raise Unauthorized(f"Invalid Signature {given[:64]}. String to sign - '{shown[:1000]}'.{how}")
    return pair


def _is_signed(keys: Keyring, pair: KeyPair, call: ApiRequest) -> bool:
    return signing.is_signed(
        call.params.signable(), call.params.text("signature"), pair.secret, newest_only=keys.strict
    )
