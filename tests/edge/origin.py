"""A small origin that writes down what it is asked, and answers as a test tells it to."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Asked:
    """One request as it reached the origin."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "image/png",
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept",
        }
    )
    body: bytes = PNG + b"x" * 2000
    delay: float = 0
    rest: threading.Event | None = None  # the second half of the body is sent when it is set


class Origin:
    """Use as a context. `answer(asked)` decides; by default a picture whose bytes name path and Accept."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Answer] = picture
        self._server: _Server | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"origin": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.drop_connections()
            self._server = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def picture(asked: Asked) -> Answer:
    return Answer(body=PNG + f"{asked.path} {asked.headers.get('accept', '')} ".encode() * 50)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *args: Any) -> None:
        """An edge that went away in the middle is what some tests are about."""

    def drop_connections(self) -> None:
        for request in list(self.open):
            self.shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    origin: Origin
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _reply(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if length := int(headers.get("content-length", 0)):
            self.rfile.read(length)
        asked = Asked(self.command, self.path, headers)
        self.origin.asked.append(asked)
        answer = self.origin.answer(asked)
        time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if answer.status != 304 else 0))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            half = len(answer.body) // 2 if answer.rest else 0
            self.wfile.write(answer.body[:half])
            if answer.rest:
                answer.rest.wait(30)
            self.wfile.write(answer.body[half:])

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _reply

    def log_message(self, *args: Any) -> None:
        pass
