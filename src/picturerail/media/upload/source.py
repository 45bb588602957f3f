"""Where the bytes of an upload come from: a file part, or a text that is a URL or a data URI."""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from picturerail.errors import BadRequest, NotFound
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.outbound.url import MAX_URL
from picturerail.spool import BLOCK, Spooled, SpoolWriter, too_large

# RFC 2397: its words in any case, parameters as in a URL or in quotes. `;utf8` is no parameter, but is written so.
_DATA_URI = re.compile(
    rb"\s*data:[\w.+/-]*(?:;[\w.+-]+=(?:[^\s\",;]*|\"[^\"]*\")|;(?!base64)[\w-]+)*(?P<base64>;\s*base64)?\s*,",
    re.IGNORECASE,
)
_PICTURE_URI = re.compile(rb"data:image/[\w.+-]+;base64,", re.IGNORECASE)
_URL = re.compile(rb"\s*[A-Za-z][A-Za-z0-9+.-]*:/")
_MAX_HEADER_LENGTH = 512
_SPACE = b" \t\r\n"


def uploaded_file(media: Media, call: ApiRequest) -> Spooled:
    """The file of an upload call, with its bytes on disk; BadRequest when there is none."""
    if call.file is None:
        raise BadRequest("Missing required parameter - file")
    as_text = call.file_is_text or _is_data_uri(call.file)
    spooled = _from_text(media, call.file) if as_text else call.file
    if spooled.bytes == 0:
        raise BadRequest("Empty file: the file parameter holds no bytes.")
    return spooled


def _is_data_uri(file: Spooled) -> bool:
    """Whether a file part holds the text of a picture: some clients send it so."""
    with file.path.open("rb") as opened:
        return _PICTURE_URI.match(opened.read(_MAX_HEADER_LENGTH)) is not None


def _from_text(media: Media, text: Spooled) -> Spooled:
    with text.path.open("rb") as file:
        head = file.read(_MAX_HEADER_LENGTH)
        match = _DATA_URI.match(head)
        if match is None and _URL.match(head):
            return _from_url(media, (head + file.read(MAX_URL)).decode(errors="replace"))
        if match is None:
            raise BadRequest("Invalid file parameter: send a file, a URL, or a data URI.")
        file.seek(match.end())
        with SpoolWriter(media.spool, media.settings.max_upload_bytes, too_large) as writer:
            blocks = iter(lambda: file.read(BLOCK), b"")
            for block in _decoded(blocks) if match["base64"] else _unescaped(blocks):
                writer.write(block)
            return writer.finish("file")


def _from_url(media: Media, url: str) -> Spooled:
    try:
        fetched = media.fetcher.get(url.strip())
    except NotFound as error:  # 404 would say that the endpoint is not there
        raise BadRequest(error.message) from error
    if fetched.file is None:
        raise BadRequest(f"Error in loading {url[:300]} - the remote server sent no file.")
    return fetched.file


def _unescaped(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Bytes written as they are, or as %XX, as in data:image/svg+xml,%3Csvg ..."""
    rest = b""
    for block in blocks:
        text = rest + block
        cut = text.rfind(b"%", len(text) - 2)  # the beginning of one that the next block ends
        rest = text[cut:] if cut >= 0 else b""
        yield unquote_to_bytes(text[: len(text) - len(rest)])
    yield rest


def _decoded(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Base64 in either alphabet, with white space anywhere, decoded four characters at a time."""
    rest = b""
    try:
        for block in blocks:
            text = rest + block.translate(bytes.maketrans(b"-_", b"+/"), _SPACE)
            whole = len(text) - len(text) % 4
            rest = text[whole:]
            yield base64.b64decode(text[:whole], validate=True)
        yield base64.b64decode(rest + b"=" * (-len(rest) % 4), validate=True)
    except binascii.Error:
        raise BadRequest("Invalid file parameter: the data URI is not valid base64.") from None
