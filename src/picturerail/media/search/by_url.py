"""GET /<cloud>/search/<signature>/<ttl>/<query>[/<cursor>]: a signed search that caches may keep for `ttl` seconds."""

import base64
import binascii
import hashlib
from typing import Any

from picturerail import signing
from picturerail.errors import BadRequest, Unauthorized
from picturerail.media.http import json_text
from picturerail.media.http.params import Params
from picturerail.media.schemas.parameters import AssetExpression
from picturerail.media.search.assets import page
from picturerail.media.service import Media
from picturerail.schemas import forms

MAX_QUERY_LENGTH = 16 * 1024
MAX_TTL_SECONDS = 365 * 24 * 3600


def search_by_url(media: Media, signature: str, ttl: str, query: str, cursor: str = "") -> dict[str, Any]:
    """One page of what `query`, JSON in URL-safe base64, asks for; the cursor is not part of the signature."""
    signed = hashlib.sha256(f"{ttl}{query}{media.settings.api_secret}".encode(errors="replace")).hexdigest()
    if not signing.same(signed, signature):
        raise Unauthorized("Invalid signature: the search URL was not made with this account's secret.")
    if len(query) > MAX_QUERY_LENGTH:
        raise BadRequest(f"Invalid search URL: the query may have {MAX_QUERY_LENGTH} characters.")
    asked = {**_decoded(query), "next_cursor": cursor}
    forms.check(asked, AssetExpression)
    return page(media, Params(asked))


def seconds(ttl: str) -> int:
    """How long caches may keep the answer."""
    if not (ttl.isascii() and ttl.isdecimal()) or len(ttl) > 9:
        raise BadRequest("Invalid search URL: the time to live is a number of seconds.")
    return min(int(ttl), MAX_TTL_SECONDS)


def _decoded(query: str) -> dict[str, Any]:
    try:
        asked = json_text.parsed(base64.urlsafe_b64decode(query + "=" * (-len(query) % 4)))
    except (binascii.Error, ValueError):
        raise BadRequest("Invalid search URL: the query is not JSON in base64.") from None
    if not isinstance(asked, dict):
        raise BadRequest("Invalid search URL: the query is not a JSON object.")
    return asked
