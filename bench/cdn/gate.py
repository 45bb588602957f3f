"""Stands between edges and origin, and writes down what the origin is asked."""

import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Self

BLOCK = 65536


class Gate:
    """Hands everything on to `origin`, HOST:PORT; an edge sends one request at a time over a connection."""

    def __init__(self, origin: str) -> None:
        host, _, port = origin.rpartition(":")
        self._origin = host, int(port)
        self._lock = threading.Lock()
        self.asked: Counter[str] = Counter()  # by path

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._hand_on, args=(client,), daemon=True).start()

    def _hand_on(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._origin) as origin:
            back = threading.Thread(target=self._copy, args=(origin, client), daemon=True)
            back.start()
            while block := client.recv(BLOCK):
                if block.startswith((b"GET ", b"HEAD ")):
                    with self._lock:
                        self.asked[block.split(b" ", 2)[1].decode("latin-1")] += 1
                origin.sendall(block)
            origin.shutdown(socket.SHUT_WR)
            back.join()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(BLOCK):
                target.sendall(block)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
