"""granian handing out bytes that its Python part holds in memory: the limit for what we answer from Python."""

import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from bench.parts.photographs import Photograph
from bench.peers.base import CACHE, Ask, Peer

NAME = "granian handing out constant bytes"
FILE = CACHE / "constant.jpg"
HEADERS = [("Content-Type", "image/jpeg"), ("Cache-Control", "public, max-age=31536000, immutable")]


class Constant(Peer):
    """An application of one line, served as we are: the same settings of granian."""

    name = NAME

    def __init__(self, content: bytes) -> None:
        super().__init__()
        FILE.write_bytes(content)

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "bench.peers.constant:app"),
            *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "2", "--blocking-threads", "16"),
            *("--http", "1", "--no-ws", "--log-level", "error"),
        ]

    def url(self, photo: Photograph, ask: Ask) -> str:  # noqa: ARG002  the same bytes, whatever is asked
        return f"{self.site}/"


CONTENT = FILE.read_bytes() if FILE.exists() else b""


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:  # noqa: ARG001
    """Nothing but the bytes."""
    start_response("200 OK", [("Content-Length", str(len(CONTENT))), *HEADERS])
    return [CONTENT]
