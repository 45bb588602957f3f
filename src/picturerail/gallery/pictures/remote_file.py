"""Pictures on other hosts, which the cloud fetches by itself: our own media service and an account do so alike.

The bytes never come here; what an upload is looked at by stands in the cloud's answer. Nothing but a parsed http or
https address is handed to the SDK, which opens any other text as a file of this machine.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from picturerail import image_formats
from picturerail.errors import BadRequest, PicturerailError, TooLarge, UnsupportedMedia
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import create
from picturerail.gallery.pictures.file import check_size, clean_filename, in_words
from picturerail.outbound.url import RemoteUrl, parse_remote
from picturerail.url_parts import split_url

NO_ADDRESS = "this is no address of a picture: one begins with http:// or https://."
NOTHING_THERE = "there is nothing at this address (404)."

_WEB = re.compile(r"https?://", re.IGNORECASE)
# Letters that Python's IDNA writes otherwise than browsers do.
_SPELLED_TWICE = re.compile("[ßς\u200c\u200d]")
_REASON = re.compile(r"Error in loading \S+ - (?P<reason>.+)", re.DOTALL)
_NOT_FOUND = re.compile(r"\b(404|410)\b|Resource not found")


def parse_address(text: str) -> RemoteUrl:
    """The address that a person has given; BadRequest that says what is wrong with any but one of the web."""
    if not _WEB.match(text.strip()):
        raise BadRequest(NO_ADDRESS)
    return parse_remote(_in_ascii(text.strip()))


def _in_ascii(text: str) -> str:
    """An address with its host as networks write it (xn--...), as a browser would; of what has no such host, itself."""
    parts = split_url(text)
    host = parts.hostname or ""
    if host.isascii() or "@" in parts.netloc or _SPELLED_TWICE.search(host):
        return text
    try:
        named = host.encode("idna").decode()
    except UnicodeError:
        return text
    return parts._replace(netloc=f"{named}:{parts.port}" if parts.port else named).geturl()


def fetch(
    cloud: CloudAccess, remote: RemoteUrl, public_id: str, *, limit: int, delivery: str
) -> Mapping[str, Any]:
    """Let the cloud fetch a picture of at most `limit` bytes; its answer, or a sentence about the address."""
    name = file_name(remote)
    if not _suffix(name):  # of what may move nothing is made ahead
        cloud = replace(cloud, ahead="")
    try:
        answer = media.send(cloud, remote.url, 0, name, public_id, delivery=delivery)
    except PicturerailError as error:
        raise _explained(error, limit) from error
    try:
        check_size(int(answer.get("bytes") or 0), limit)
    except PicturerailError:
        media.destroy(cloud, public_id, delivery)
        raise
    return answer


def file_name(remote: RemoteUrl, extension: str = "") -> str:
    """What the file of an address is called; with the extension of its format where the address has none."""
    name = clean_filename(unquote(remote.target.partition("?")[0].rpartition("/")[2]))
    return name if _suffix(name) or not extension else f"{name}.{extension}"


def _suffix(name: str) -> str:
    """The extension of a name, if it is one of a picture."""
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    return suffix if suffix in image_formats.EXTENSIONS else ""


def _explained(error: PicturerailError, limit: int) -> PicturerailError:
    """What a cloud says about a file that it could not fetch, for the person who has named the address."""
    if error.status >= 500 or error.status == 429:
        return error
    message, found = error.message, _REASON.search(error.message)
    if _NOT_FOUND.search(message if found is None else found["reason"]):
        return BadRequest(NOTHING_THERE)
    if found:
        return BadRequest(f"it could not be fetched: {found['reason'].strip().rstrip('.')}.")
    if isinstance(error, UnsupportedMedia) or "image file" in message:
        return UnsupportedMedia(create.NOT_A_PICTURE)
    if isinstance(error, TooLarge) or "too large" in message:
        return TooLarge(f"the file is larger than the limit of {in_words(limit)}.")
    return error
