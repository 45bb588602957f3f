"""What a browser and we do so that a passkey is made or proved (WebAuthn calls both ceremonies).

Read when a key is made or used: its library comes with a TLS library, megabytes in each process that runs for weeks.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class Unproved(Exception):
    """What a browser sent does not prove what it should."""


@dataclass(frozen=True)
class NewKey:
    """A key that a browser has made."""

    id: bytes
    public_key: bytes
    count: int


def registration_options(
    host: str, name: str, user: tuple[bytes, str], known: Iterable[bytes], challenge: bytes
) -> str:
    """What a browser needs to make a key for a `user` (id, name), as JSON; a known one it makes no second time."""
    options = generate_registration_options(
        rp_id=host,
        rp_name=name,
        user_id=user[0],
        user_name=user[1],
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return options_to_json(options)


def key_of(credential: str) -> bytes:
    """The id of the key that a browser says it has used."""
    with _unproved():
        return parse_authentication_credential_json(credential).raw_id


def challenge_of(credential: str) -> bytes:
    """The challenge that a browser says it has signed."""
    with _unproved():
        said = json.loads(base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"]))
        return base64url_to_bytes(said["challenge"])


def registered(credential: str, origin: str, host: str, challenge: bytes) -> NewKey:
    """The key that a browser has made for a site."""
    with _unproved():
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def proved(credential: str, origin: str, host: str, challenge: bytes, known: tuple[bytes, int]) -> int:
    """How often a key has signed by now, if it has signed this challenge; `known`: key and count."""
    with _unproved():
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=known[0],
            credential_current_sign_count=known[1],
            require_user_verification=True,
        ).new_sign_count


@contextmanager
def _unproved() -> Iterator[None]:
    """One error for all that a browser cannot have sent."""
    try:
        yield
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unproved from error
