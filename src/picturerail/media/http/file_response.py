"""Send bytes: in blocks, with the headers that keep a browser from running them."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, Self

from werkzeug.http import http_date as format_date
from werkzeug.wrappers import Response

BLOCK = 256 * 1024
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "Accept-Ranges": "bytes",
}


class Blocks:
    """An open file as an iterable of blocks; closed when the sending ends, however it ends."""

    def __init__(self, file: BinaryIO) -> None:
        """Send `file` from where it stands."""
        self._file = file

    def __iter__(self) -> Self:
        """Block after block."""
        return self

    def __next__(self) -> bytes:
        """The next block."""
        if block := self._file.read(BLOCK):
            return block
        raise StopIteration

    def seekable(self) -> bool:
        """Yes: a range begins where it begins."""
        return True

    def seek(self, offset: int) -> int:
        """Go to a byte."""
        return self._file.seek(offset)

    def tell(self) -> int:
        """The byte where we are."""
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


def not_modified(headers: Mapping[str, str]) -> Response:
    """304 with the headers that a cache renews."""
    kept = {
        name: value for name, value in headers.items() if name not in ("Content-Type", "Content-Disposition")
    }
    response = Response(status=304, headers=kept)
    response.headers.pop("Content-Type", None)
    return response


def http_date(time: datetime) -> str:
    """A time as HTTP writes it."""
    return format_date(time)


def validators(sha256: str) -> dict[str, str]:
    """What names these very bytes: a strong entity tag, and the digest (RFC 9530) by which edges check theirs."""
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {"ETag": f'"{sha256[:40]}"', "Repr-Digest": f"sha-256=:{digest}:"}
