"""Tokens that open restricted media for a time: `__cld_token__` in the URL or in a cookie. Pure.

token = [ip=..~][st=..~]exp=..[~acl=pattern!pattern]~hmac=HMAC-SHA256(key, what stands before [~url=path])

The rules are those of the official SDK (`cloudinary/auth_token.py`): a token with an ACL opens every path that one
of its patterns matches, one without opens the very path that was signed with it. Ours may have the first half of the
HMAC only: 128 bits, as RFC 4868 (2.1.1) cuts it, which spares a page of 60 pictures a tenth of its bytes.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from picturerail.signing import SHORT_TOKEN_HMAC, same
from picturerail.token_revocation import NAMES

NAME = "__cld_token__"
MAX_TOKEN_LENGTH = 4000

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PARTS = re.compile(r"(ip|st|exp|acl)=([^~]*)")
_UNSAFE = re.compile(r"[ \"#%&'/:;<=>?@\[\\\]^`{|}~]+")


@dataclass(frozen=True)
class TokenTarget:
    """What a visitor asks for: the path in each spelling that may have been signed, and from which address."""

    paths: tuple[str, ...]
    address: str


def find_token(query: str, cookies: str) -> str:
    """The token of a request, from its query (not decoded) or else its Cookie header; "" when there is none."""
    given = [*query.split("&"), *(cookie.strip() for cookie in cookies.split(";"))]
    text = next((pair.partition("=")[2] for pair in given if pair.startswith(f"{NAME}=")), "")
    return text if "hmac=" in text else unquote(text)


def is_valid(token: str, key: str, asked: TokenTarget, now: float) -> bool:
    """True when `token` is signed with `key` (hexadecimal), and opens what is asked for at `now`."""
    # The SDKs write escapes in small letters and sign them so; some clients send them in capitals.
    text, mark, digest = _ESCAPE.sub(lambda found: found[0].lower(), token).rpartition("~hmac=")
    parts = _parts(text) if mark and key and len(token) <= MAX_TOKEN_LENGTH else None
    if not parts or not _is_timely(parts, now) or parts.get("ip", asked.address) != asked.address:
        return False
    if "acl" in parts:
        patterns = unquote(parts["acl"]).split("!")
        return _is_hmac(digest, text, key) and any(_matches(asked, pattern) for pattern in patterns)
    return any(_is_hmac(digest, f"{text}~url={_escaped(path)}", key) for path in asked.paths)


def names_in(token: str) -> list[str]:
    """The names that a token carries beside what it opens, by which it can be closed before its time."""
    text = _ESCAPE.sub(lambda found: found[0].lower(), token).rpartition("~hmac=")[0]
    patterns = unquote((_parts(text) or {}).get("acl", "")).split("!")
    return [pattern for pattern in patterns if pattern.startswith(NAMES)]


def _parts(text: str) -> dict[str, str] | None:
    """The parts by name; None when one is unknown, empty, or stands twice."""
    matches = [_PARTS.fullmatch(part) for part in text.split("~")]
    parts = {match[1]: match[2] for match in matches if match}
    return parts if all(matches) and all(parts.values()) and len(parts) == len(matches) else None


def _is_timely(parts: Mapping[str, str], now: float) -> bool:
    start, end = parts.get("st", "0"), parts.get("exp", "")
    numbers = all(text.isascii() and text.isdigit() and len(text) <= 12 for text in (start, end))
    return numbers and int(start) <= now <= int(end)


def _matches(asked: TokenTarget, pattern: str) -> bool:
    """Whether a pattern, in which * stands for any text, is one of the paths as a whole."""
    expression = ".*".join(map(re.escape, pattern.split("*")))
    return bool(pattern) and any(re.fullmatch(expression, path, re.DOTALL) for path in asked.paths)


def _is_hmac(given: str, text: str, key: str) -> bool:
    made = hmac.new(bytes.fromhex(key), text.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()
    return same(made[:SHORT_TOKEN_HMAC] if len(given) == SHORT_TOKEN_HMAC else made, given.lower())


def _escaped(path: str) -> str:
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02x}" for byte in found[0].encode()), path)
