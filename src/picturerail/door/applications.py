"""Call a WSGI application with a whole request, and take its answer as a value."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self, runtime_checkable
from wsgiref.types import WSGIApplication, WSGIEnvironment

from picturerail.door.answers import MAX_MEMORY, Answer, HeaderList
from picturerail.door.head import Head
from picturerail.visitors import CURRENT, Visitor

BLOCK = 256 * 1024
_VERSIONS = {"1": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2.0"}


@runtime_checkable
class Wrapped(Protocol):
    """A body that is an open file."""

    def fileno(self) -> int:
        """The file's own number."""

    def tell(self) -> int:
        """The byte where it stands."""


class FileBlocks:
    """An open file in blocks, as `wsgi.file_wrapper` makes them."""

    def __init__(self, file: BinaryIO, size: int = BLOCK) -> None:
        """Send `file` from where it stands."""
        self._file, self._size = file, size

    def __iter__(self) -> Iterator[bytes]:
        """Block after block."""
        return iter(lambda: self._file.read(self._size), b"")

    def fileno(self) -> int:
        """The file's own number."""
        return self._file.fileno()

    def seekable(self) -> bool:
        """Whether a range may begin anywhere."""
        return self._file.seekable()

    def seek(self, *place: int) -> int:
        """Go to a byte."""
        return self._file.seek(*place)

    def tell(self) -> int:
        """The byte where we are."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def environ_of(head: Head, body: BinaryIO | io.RawIOBase, length: int) -> WSGIEnvironment:
    """What WSGI calls the environment of a request, whose body is complete: `length` bytes."""
    name, _, port = head.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": head.path,
        "QUERY_STRING": head.query,
        "SERVER_NAME": name.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": _VERSIONS.get(head.version, "HTTP/1.1"),
        "REMOTE_ADDR": head.client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": head.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBlocks,
    }
    for header, value in head.headers.items():
        environ[f"HTTP_{header.upper().replace('-', '_')}"] = value
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    if environ.pop("HTTP_CONTENT_LENGTH", None) is not None or length:
        environ["CONTENT_LENGTH"] = str(length)
    if (kind := environ.pop("HTTP_CONTENT_TYPE", None)) is not None:
        environ["CONTENT_TYPE"] = kind
    return environ


def call(app: WSGIApplication, environ: WSGIEnvironment, visitor: Visitor) -> Answer:
    """The answer of an application to a visitor; only the first blocks of a long one are read."""
    CURRENT.set(visitor)
    status, headers = 500, HeaderList()

    def start_response(line: str, given: HeaderList, exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401, ARG001
        nonlocal status, headers
        status, headers = int(line[:3]), [(name, _sendable(value)) for name, value in given]
        return _refuse_to_write

    body = app(environ, start_response)
    if isinstance(body, list | tuple):
        return Answer(status, headers, b"".join(body))
    if path := _file_of(body, headers):
        _close(body)
        return Answer(status, headers, file=path)
    blocks, length, rest = [], 0, iter(body)
    for block in rest:  # an application may set its headers with the first one
        blocks.append(block)
        if (length := length + len(block)) > MAX_MEMORY:
            return Answer(status, headers, stream=_Closing(rest, body), beginning=tuple(blocks))
    _close(body)
    return Answer(status, headers, b"".join(blocks))


class _Closing:
    """What is left of a body, and its end."""

    def __init__(self, rest: Iterator[bytes], body: Iterable[bytes]) -> None:
        self._rest, self._body = rest, body

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._rest)

    def close(self) -> None:
        _close(self._body)


def _file_of(body: Iterable[bytes], headers: HeaderList) -> str:
    """The path of the file that a body is, from its first byte to its last; "" for any other, and for small ones."""
    told = next((value for name, value in headers if name.lower() == "content-length"), "")
    if not (told.isdecimal() and int(told) > MAX_MEMORY and isinstance(body, Wrapped)):
        return ""
    with suppress(OSError, ValueError):
        path = Path(f"/proc/self/fd/{body.fileno()}").readlink()
        if os.fstat(body.fileno()).st_size == int(told) and body.tell() == 0 and path.exists():
            return str(path)
    return ""


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _refuse_to_write(_: bytes) -> None:
    raise TypeError("Answers are iterables here.")


def _sendable(value: str) -> str:
    """A header's value as granian takes it: visible ASCII."""
    return value if value.isascii() else value.encode("ascii", "replace").decode()
