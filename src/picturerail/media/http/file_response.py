"""Send bytes: in blocks, with the headers that keep a browser from running them."""

import base64
import time
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, Self

from werkzeug.http import http_date as format_date
from werkzeug.wrappers import Response

from picturerail import cross_origin, security_headers

BLOCK = 256 * 1024
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": security_headers.SANDBOXED,
    **cross_origin.ANYBODY,
    **cross_origin.EXPOSED,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "Accept-Ranges": "bytes",
}


class Blocks:
    """An open file as an iterable of blocks; closed when the sending ends, however it ends."""

    def __init__(self, file: BinaryIO) -> None:
        """Send `file` from where it stands."""
        self._file, self._left = file, -1

    def __iter__(self) -> Self:
        """Block after block."""
        return self

    def __next__(self) -> bytes:
        """The next block."""
        block = self._file.read(BLOCK if self._left < 0 else min(BLOCK, self._left))
        if not block:
            raise StopIteration
        self._left -= len(block) if self._left > 0 else 0
        return block

    def limit(self, first: int, last: int) -> Self:
        """Send these bytes only."""
        self._file.seek(first)
        self._left = last - first + 1
        return self

    def fileno(self) -> int:
        """The file's own number: the web server sends it by itself, with less in memory than a stream."""
        return self._file.fileno()

    def tell(self) -> int:
        """The byte where it stands."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def stream(file: BinaryIO, headers: Mapping[str, str]) -> Response:
    """An answer with the bytes of `file`."""
    length = file.seek(0, 2)
    file.seek(0)
    response = Response(Blocks(file), headers=dict(headers), direct_passthrough=True)
    response.content_length = length
    return response


def partial(response: Response, first: int, last: int) -> Response:
    """The answer with these bytes only."""
    whole, length = response.response, response.content_length
    body = whole.limit(first, last) if isinstance(whole, Blocks) else [response.get_data()[first : last + 1]]
    response.response, response.status_code = body, 206
    response.content_length = last - first + 1
    response.headers["Content-Range"] = f"bytes {first}-{last}/{length}"
    return response


def not_modified(headers: Mapping[str, str]) -> Response:
    """304 with the headers that a cache renews."""
    left_out = ("Content-Type", "Content-Length", "Content-Disposition")
    kept = {name: value for name, value in headers.items() if name not in left_out}
    response = Response(status=304, headers=kept)
    response.headers.pop("Content-Type", None)
    return response


def modified(updated_at: datetime, version: int) -> dict[str, str]:
    """Last-Modified: no earlier than the version, which tells pictures of one name apart that came within a second.

    A time that has not come yet is not told (RFC 9110, 8.8.2.1).
    """
    at = max(updated_at.timestamp(), version)
    return {"Last-Modified": format_date(at)} if at <= time.time() else {}


def validators(sha256: str, md5: str = "") -> dict[str, str]:
    """What names these very bytes: a strong entity tag, and the digest (RFC 9530) by which edges check theirs.

    With the MD5 of an original its tag begins so: clients compare that with a file of theirs before they send it again.
    """
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    tag = f"{md5}-{sha256[:24]}" if md5 else sha256[:40]
    return {"ETag": f'"{tag}"', "Repr-Digest": f"sha-256=:{digest}:"}
