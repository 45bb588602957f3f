"""Hostile visitors, in a process of their own: python -m bench.siege.crowd KIND PORT COUNT SECONDS [PATH].

Each of COUNT connections does one bad thing until SECONDS are over, and begins again when it is cut. Nothing but this
machine's loopback addresses is ever connected to.
"""

import asyncio
import random
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.raw import head

ADDRESSES = 200  # of 127.0.1.0/24, so that a share for each address does not hide what is shared by all
FORM = "application/x-www-form-urlencoded"
_TLS = ssl._create_unverified_context()  # noqa: SLF001 - crowds trust nobody and are trusted by nobody
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


@dataclass
class Ground:
    """Where it happens, and until when."""

    port: int
    until: float
    path: str = ""
    number: int = 0

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until


class Line:
    """One hostile connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._loop = connection, asyncio.get_running_loop()

    def taken(self) -> socket.socket:
        """A second handle on the connection, for whoever closes it himself."""
        return self._connection.dup()

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._connection, data)

    async def read(self, most: int = 65536) -> bytes:
        return await self._loop.sock_recv(self._connection, most)

    async def drip(self, ground: Ground, seconds: float = 1.0) -> None:
        """A byte now and then, until it is cut."""
        while not ground.is_over:
            await self.send(b"x")
            await asyncio.sleep(seconds)


async def _silent(line: Line, ground: Ground) -> None:
    del ground
    await line.read()


async def _half_head(line: Line, ground: Ground) -> None:
    await line.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ")
    await line.drip(ground)


async def _half_body(line: Line, ground: Ground) -> None:
    await line.send(head("POST", "/sign-in", f"Content-Type: {FORM}", "Content-Length: 1000"))
    await line.drip(ground)


async def _half_upload(line: Line, ground: Ground) -> None:
    fields = ("Content-Type: multipart/form-data; boundary=b", "Content-Length: 90000000")
    await line.send(head("POST", ground.path, *fields) + MULTIPART + b"x" * 70_000)
    await line.drip(ground)


async def _whole_upload(line: Line, ground: Ground) -> None:
    """As fast as it goes, without credentials."""
    fields = ("Content-Type: multipart/form-data; boundary=b", "Content-Length: 90000000")
    await line.send(head("POST", ground.path, *fields) + MULTIPART)
    for _ in range(85):
        await line.send(b"x" * 1_000_000)
    await line.drip(ground)


async def _slow_reader(line: Line, ground: Ground) -> None:
    await line.send(head("GET", ground.path))
    for _ in iter(lambda: ground.is_over, True):
        if not await line.read(16):
            return
        await asyncio.sleep(1)


async def _dear_picture(line: Line, ground: Ground) -> None:
    """A picture that takes very long; half of them hang up at once."""
    ground.number += 1
    await line.send(head("GET", ground.path % (500 + ground.number), "Connection: close"))
    if random.random() < 0.5:
        await asyncio.sleep(0.05)
    else:
        await line.read()
        await asyncio.sleep(0.5)


async def _slashes(line: Line, ground: Ground) -> None:
    ground.number += 1
    path = ground.path.replace("SLASHES", "/" * 7300 + str(ground.number))
    await line.send(head("GET", path, "Connection: close"))
    await line.read()


async def _tls_silent(line: Line, ground: Ground) -> None:
    """The beginning of a greeting, and no more."""
    del ground
    await line.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    await line.read()


async def _tls_handshakes(line: Line, ground: Ground) -> None:
    """One handshake after the other, nothing asked."""
    connection = await _secure(line, ground)
    connection.close()


async def _tls_half_body(line: Line, ground: Ground) -> None:
    connection = await _secure(line, ground)
    try:
        connection.write(head("POST", "/sign-in", f"Content-Type: {FORM}", "Content-Length: 1000"))
        while not ground.is_over:
            connection.write(b"x")
            await connection.drain()
            await asyncio.sleep(1)
    finally:
        connection.close()


async def _secure(line: Line, ground: Ground) -> asyncio.StreamWriter:
    del ground
    _, writer = await asyncio.open_connection(sock=line.taken(), ssl=_TLS, server_hostname="127.0.0.1")
    return writer


KINDS: dict[str, Callable[[Line, Ground], Awaitable[None]]] = {
    "silent": _silent,
    "half-head": _half_head,
    "half-body": _half_body,
    "half-upload": _half_upload,
    "whole-upload": _whole_upload,
    "slow-reader": _slow_reader,
    "dear-picture": _dear_picture,
    "slashes": _slashes,
    "tls-silent": _tls_silent,
    "tls-handshakes": _tls_handshakes,
    "tls-half-body": _tls_half_body,
}


async def _visitor(kind: str, ground: Ground, number: int) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(random.random())
    while not ground.is_over:
        with socket.socket() as connection:
            connection.setblocking(False)
            if kind == "slow-reader":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            try:
                connection.bind((f"127.0.1.{1 + number % ADDRESSES}", 0))
                async with asyncio.timeout(max(0.1, ground.until - time.monotonic())):
                    await loop.sock_connect(connection, ("127.0.0.1", ground.port))
                    await KINDS[kind](Line(connection), ground)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.2)


async def besiege(kind: str, count: int, ground: Ground) -> None:
    """All of them at once."""
    await asyncio.gather(*(_visitor(kind, ground, number) for number in range(count)))


if __name__ == "__main__":
    chosen, port, how_many, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    where = sys.argv[5] if len(sys.argv) > 5 else ""
    asyncio.run(besiege(chosen, how_many, Ground(port, time.monotonic() + seconds, where)))
