"""Requests as bytes, for what no client library would send."""

import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class RawAnswer:
    """What came back until the other side closed, or nothing more came."""

    content: bytes
    seconds: float
    closed: bool

    @property
    def status(self) -> int:
        return int(self.content.split(b" ", 2)[1]) if self.content else 0

    @property
    def head(self) -> str:
        return self.content.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def body(self) -> bytes:
        return self.content.partition(b"\r\n\r\n")[2]


def connect(port: int, *, seconds: float = 10, tls: ssl.SSLContext | None = None) -> socket.socket:
    """A connection to this machine."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=seconds)
    return tls.wrap_socket(plain, server_hostname="127.0.0.1") if tls else plain


def exchange(
    port: int, pieces: Iterable[bytes | float], *, seconds: float = 10, tls: ssl.SSLContext | None = None
) -> RawAnswer:
    """Send pieces, numbers being pauses, and take what comes."""
    began, content, closed = time.monotonic(), b"", False
    with connect(port, seconds=seconds, tls=tls) as connection:
        try:
            for piece in pieces:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                else:
                    time.sleep(piece)
        except OSError:  # refused meanwhile: the answer is there
            pass
        try:
            while block := connection.recv(1 << 16):
                content += block
            closed = True
        except (TimeoutError, ConnectionResetError) as error:
            closed = isinstance(error, ConnectionResetError)
    return RawAnswer(content, time.monotonic() - began, closed)


def get(path: str, *headers: str) -> bytes:
    """A GET after which the connection is closed."""
    return head("GET", path, "Connection: close", *headers)


def head(method: str, path: str, *headers: str) -> bytes:
    """The head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answers_at(port: int) -> bool:
    """Whether anything answers there."""
    try:
        return exchange(port, [get("/healthz")], seconds=5).status == 200
    except OSError:
        return False
