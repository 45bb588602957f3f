"""Many requests for one address at the same moment, by a client that takes next to nothing of the processors.

Threads with an HTTP library take as long for 64 answers as a server does; here one thread waits for all sockets.
"""

import selectors
import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

BLOCK = 1 << 18
APART = 0.002  # seconds between two connections: with none, one of thumbor's processes takes them all, and works alone
SECONDS = 120


def seconds_until_last(url: str, clients: int) -> float:
    """From the first of so many requests, each on an open connection of its own, to the end of the last answer."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode()
    )
    with ExitStack() as stack, selectors.DefaultSelector() as waiting:
        address = (parts.hostname or "", parts.port or 80)
        sockets = [stack.enter_context(_connected(address)) for _ in range(clients)]
        answers: dict[socket.socket, bytearray] = {one: bytearray() for one in sockets}
        for one in sockets:
            waiting.register(one, selectors.EVENT_READ, one)
        began = time.perf_counter()
        for one in sockets:
            one.sendall(request)
        while waiting.get_map():
            ready = waiting.select(SECONDS)
            if not ready:
                raise SystemExit(f"{url}: no answer within {SECONDS} seconds.")
            for key, _ in ready:
                if block := key.data.recv(BLOCK):
                    answers[key.data] += block
                else:
                    waiting.unregister(key.data)
        seconds = time.perf_counter() - began
    for answer in answers.values():
        _refuse_broken(url, bytes(answer))
    return seconds


def _connected(address: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(address)
    time.sleep(APART)
    return connection


def _refuse_broken(url: str, answer: bytes) -> None:
    """Every answer must be a 200 with all of its bytes."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), -1)
    if not lines[0].startswith(b"http/1.1 200") or (length >= 0 and len(body) != length):
        raise SystemExit(
            f"{url} was not answered whole with 200, but with {lines[0].decode(errors='replace')}"
        )
