"""Cloudinary's signatures: of requests, of answers, of delivery URLs and of notifications. Pure.

The rules are those of the official SDK (`cloudinary/utils.py`) and of its documentation page
`authentication_signatures`.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import quote

from picturerail.errors import Unauthorized

REQUEST_SECONDS = 3600
CLOCK_SKEW_SECONDS = 300
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
DELIVERY_LENGTHS = {8: ("sha1", "sha256"), 32: ("sha256",)}  # the first is the usual one
SHORT_TOKEN_HMAC = 32  # hexadecimal digits in the tokens of our own addresses; those of the SDK have 64
UNSIGNED = frozenset({"file", "cloud_name", "resource_type", "api_key", "signature"})
UNREAD = frozenset({"signature_algorithm", "signature_version", "timeout"})

_SECONDS = re.compile(r"(?:\d{1,10}|\d{13})(?:\.\d{1,9})?", re.ASCII)
_AMBIGUOUS = re.compile(r"&[A-Za-z_]\w*(\[\])?=")

Value: TypeAlias = str | int | bool | list[str] | None


def string_to_sign(params: Mapping[str, Value], version: int = 2) -> str:
    """The text whose hash signs `params`: sorted `name=value`, no empty values, arrays joined by commas.

    In a body of JSON false and 0 are values: they count, as in the SDKs of Node, Ruby and PHP.
    Version 2 writes `&` inside a pair as `%26`, so that one value cannot pose as two parameters.
    """
    given = [(name, value) for name, value in params.items() if value not in (None, "", [])]
    pairs = [f"{name}={_text(value)}" for name, value in given if name not in UNSIGNED]
    if version >= 2:
        pairs = [pair.replace("&", "%26") for pair in pairs]
    return "&".join(sorted(pairs))


def sign_request(params: Mapping[str, Value], secret: str, algorithm: str = "sha1", version: int = 2) -> str:
    """Hexadecimal signature of an Upload API request."""
    return _hex(string_to_sign(params, version) + secret, algorithm)


def is_signed(params: Mapping[str, Value], signature: str, secret: str, *, newest_only: bool = False) -> bool:
    """True when `signature` belongs to `params`, by version 1 or 2 and SHA-1 or SHA-256 (told by length).

    Version 1 is not believed where a value holds `&name=`: there it cannot tell one parameter from two. With
    `newest_only` only version 2 by SHA-256 is. What nobody reads may come unsigned: most scripts in browsers say so how
    they sign, and the SDK for iOS how long it waits.
    """
    if newest_only:
        ways = [("sha256", 2)]
    else:
        algorithm = "sha256" if len(signature) == 64 else "sha1"
        is_ambiguous = any(_AMBIGUOUS.search(_text(value)) for value in params.values() if value)
        ways = [(algorithm, version) for version in ((2,) if is_ambiguous else (2, 1))]
    bare = {name: value for name, value in params.items() if name not in UNREAD}
    given = [params] if len(bare) == len(params) else [params, bare]
    digits = signature.lower()
    return any(same(sign_request(each, secret, *way), digits) for each in given for way in ways)


def check_age(timestamp: str, now: float) -> None:
    """Refuse a `timestamp` (Unix seconds, perhaps with a fraction) over an hour old, or beyond clock skew.

    Of 13 digits it is in milliseconds, as Date.now() of JavaScript tells it (Directus).
    """
    if not _SECONDS.fullmatch(timestamp):
        raise Unauthorized("Missing or invalid timestamp: give the present time in Unix seconds.")
    at = int(timestamp.partition(".")[0][:10])
    if at < now - REQUEST_SECONDS:
        said = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        raise Unauthorized(f"Stale request - reported time is {said} which is more than 1 hour ago")
    if at > now + CLOCK_SKEW_SECONDS:
        raise Unauthorized("Invalid timestamp: it lies in the future. Check the clock that made it.")


def sign_response(public_id: str, version: int, secret: str) -> str:
    """Signature inside an upload's answer, by which its receiver knows that it is ours (version 1 form)."""
    return sign_request({"public_id": public_id, "version": version}, secret, "sha1", version=1)


def sign_delivery(to_sign: str, secret: str, length: int = 8, algorithm: str = "") -> str:
    """Signature of a delivery URL, without `s--` and `--`.

    `to_sign` is `transformation/public_id.ext` as it stands in the URL, without version; `length` is 8 or 32.
    """
    chosen = algorithm or DELIVERY_LENGTHS[length][0]
    digest = ALGORITHMS[chosen]((to_sign + secret).encode(errors="surrogateescape")).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]


def is_delivery_signed(to_sign: str, signature: str, secret: str) -> bool:
    """True when `signature` (8 or 32 characters) belongs to the delivery URL part `to_sign`."""
    length = len(signature)
    made = (sign_delivery(to_sign, secret, length, each) for each in DELIVERY_LENGTHS.get(length, ()))
    return any(same(each, signature) for each in made)


def escape_source(source: str) -> str:
    """A public_id as the SDKs write it into a URL and sign it (their `smart_escape`)."""
    return quote(source, safe="_.-/:").replace("~", "%7E")


def sign_notification(body: str, timestamp: int, secret: str, algorithm: str = "sha1") -> str:
    """Value of the `X-Cld-Signature` header of a notification sent at `timestamp` (Unix seconds)."""
    return _hex(f"{body}{timestamp}{secret}", algorithm)


def same(expected: str, given: str) -> bool:
    """Compare two secrets in a time that tells nothing about where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogateescape"))


def _text(value: Value) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hex(text: str, algorithm: str) -> str:
    return ALGORITHMS[algorithm](text.encode(errors="surrogateescape")).hexdigest()
