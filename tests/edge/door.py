"""The door of an origin: passes everything on as it is, and remembers which addresses were asked for."""

import socket
import threading
from collections import Counter
from typing import Self


class Door:
    """Use as a context. `address` is where edges find the origin; `asked` counts request lines by address."""

    def __init__(self, origin: str) -> None:
        host, _, port = origin.rpartition(":")
        self._origin = (host, int(port))
        self.asked: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.close()

    @property
    def address(self) -> str:
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def _accept(self) -> None:
        while True:
            try:
                edge, _ = self._listener.accept()
            except OSError:
                return
            try:
                origin = socket.create_connection(self._origin)
            except OSError:
                edge.close()
                continue
            for source, target in ((edge, origin), (origin, edge)):
                threading.Thread(
                    target=self._pass_on, args=(source, target, source is edge), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        """The head of a request for something to read comes in one piece."""
        with source, target:
            try:
                while chunk := source.recv(65536):
                    if is_request and chunk.startswith(b"GET "):
                        self.asked[chunk.split(b" ", 2)[1].decode("latin-1")] += 1
                    target.sendall(chunk)
            except OSError:
                return
