"""One exchange with one checked address: connect, TLS for the host's name, request, answer, all before a deadline."""

import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Self, cast

from picturerail.errors import BadRequest
from picturerail.outbound.url import RemoteUrl

CONNECT_SECONDS = 5.0
IDLE_SECONDS = 5.0


class Deadline:
    """A moment after which nothing is waited for, however many small steps it takes."""

    def __init__(self, seconds: float) -> None:
        """Let `seconds` pass from now on."""
        self._end = time.monotonic() + seconds

    def left(self, most: float = IDLE_SECONDS) -> float:
        """Seconds that the next step may take; TimeoutError when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


class _Received(io.RawIOBase):
    """What comes out of a socket; every read waits for as long as the deadline leaves, and no longer."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)


class _Wire:
    """A connected socket in the shape that `http.client` needs, with the deadline in every step."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = sock, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(_Received(self._socket, self._deadline))

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def close(self) -> None:
        """Stay open: `http.client` hangs up before the body is read; the Exchange closes at its end."""


class Exchange:
    """A request that is under way; use as a context, and read `response` inside."""

    def __init__(self, remote: RemoteUrl, addresses: Sequence[str], deadline: Deadline) -> None:
        """Connect to the first of `addresses` that answers. The name of the host is not looked up again."""
        self._remote = remote
        self._socket = _connected(remote, addresses, deadline)
        self._connection = HTTPConnection(remote.host, remote.port)
        self._connection.sock = cast("socket.socket", _Wire(self._socket, deadline))

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up; nothing is kept open for a next request."""
        self._connection.close()
        self._socket.close()

    def send(self, method: str, headers: Mapping[str, str], body: bytes | None = None) -> HTTPResponse:
        """Send the request and read the head of the answer."""
        connection = self._connection
        connection.putrequest(method, self._remote.target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self._remote.netloc)
        # What is compressed on the wire has no known size: we would have to unpack it to learn that it is a bomb.
        connection.putheader("Accept-Encoding", "identity")
        connection.putheader("Connection", "close")
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse()


def sentence(remote: RemoteUrl, error: Exception) -> BadRequest:
    """What went wrong on the way to another host, for the one who named it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = f"its certificate is not valid ({error.verify_message})"
    elif isinstance(error, TimeoutError):
        reason = "it did not answer in time"
    elif isinstance(error, HTTPException):
        reason = "its answer is no valid HTTP"
    elif isinstance(error, ssl.SSLError):
        reason = "no secure connection can be made"
    else:
        reason = "the connection failed"
    return BadRequest(f"Error in loading {remote.url[:300]} - {reason}.")


def _connected(remote: RemoteUrl, addresses: Sequence[str], deadline: Deadline) -> socket.socket:
    within = Deadline(deadline.left(CONNECT_SECONDS))
    sock = _first(remote, addresses, within)
    if remote.scheme != "https":
        return sock
    try:
        sock.settimeout(within.left())
        return ssl.create_default_context().wrap_socket(sock, server_hostname=remote.host)
    except BaseException:
        sock.close()
        raise


def _first(remote: RemoteUrl, addresses: Sequence[str], within: Deadline) -> socket.socket:
    failure: OSError = OSError("no address")
    for index, address in enumerate(addresses):
        share = within.left() / (len(addresses) - index)
        try:
            return socket.create_connection((address, remote.port), share)
        except OSError as error:
            failure = error
    raise failure
