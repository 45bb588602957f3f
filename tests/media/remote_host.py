"""Another host for the fetcher: answers what a test tells it, and counts who called."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

# Spellings of addresses inside; {port} is where a canary listens.
INSIDE = """
http://127.0.0.1:{port}/ http://localhost:{port}/ http://LOCALHOST:{port}/ http://localhost.:{port}/ http://127.1:{port}/
http://127.0.0.2:{port}/ http://0.0.0.0:{port}/ http://0:{port}/ http://2130706433:{port}/ http://0x7f.1:{port}/
http://0177.0.0.1:{port}/ http://[::1]:{port}/ http://[::]:{port}/ http://[::ffff:127.0.0.1]:{port}/
http://[::127.0.0.1]:{port}/ http://[64:ff9b::7f00:1]:{port}/ http://[2002:7f00:1::]:{port}/ http://①②⑦.⓪.⓪.①:{port}/
http://ok.example@127.0.0.1:{port}/ http://127.0.0.1:{port}\\@ok.example/ http://127.0.0.1:{port}#@ok.example/
http://127.0.0.1:{port}?@ok.example/ https://127.0.0.1:{port}/ https://[::1]:{port}/ ftp://127.0.0.1:{port}/
http://127.0.0.1:80/ http://127.0.0.1:8080/ http://[::1]/ http://169.254.169.254/latest/meta-data/ http://10.0.0.1/
http://127.0.0.1:22/ http://127.0.0.1:27017/ http://[fe80::1%25lo]:{port}/ http://192.168.0.1/ http://100.100.100.200/
""".split()  # noqa: SIM905

Answer = Callable[[BaseHTTPRequestHandler], None]


class RemoteHost:
    """An HTTP server on loopback; `answers` maps a path to what is done with a request for it."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.asked: list[str | None] = []  # names, by SNI
        self._server = _server(address, self._handle)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def may_be_called(self, seconds: int = 2) -> dict[str, str]:
        """Settings of a program that may call this host, and waits so long for it."""
        return {"PICTURERAIL_FETCH_ALLOW": self.netloc, "PICTURERAIL_FETCH_SECONDS": f"{seconds}"}

    def told(self, path: str) -> list[dict[str, Any]]:
        """The JSON that was sent to `path`, in order."""
        return [json.loads(body) for _, at, _, body in self.seen if at == path]

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Answer `path` with these bytes; the whole URL of it."""
        self.answers[path] = lambda request: reply(request, body, status, headers)
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        self.answers[path] = lambda request: reply(request, b"", status, {"Location": location})
        return self.url + path

    def raw(self, path: str, write: Callable[[socket.socket], object]) -> str:
        """Answer `path` with whatever `write` sends, byte by byte."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.close_connection = True
            with contextlib.suppress(OSError):
                write(request.connection)

        self.answers[path] = answer
        return self.url + path

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.command, request.path, headers, body))
        request.body = body  # type: ignore[attr-defined]
        self.answers.get(request.path, _nothing)(request)


def _nothing(request: BaseHTTPRequestHandler) -> None:
    reply(request, b"", 404, {})


def reply(request: BaseHTTPRequestHandler, body: bytes, status: int, headers: dict[str, str]) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


@contextlib.contextmanager
def canary(address: str = "127.0.0.1") -> Iterator[tuple[int, list[object]]]:
    """A listener that nobody may reach: its port, and the list of those who did."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    caught: list[object] = []
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        threading.Thread(target=_catch, args=(listener, caught), daemon=True).start()
        yield listener.getsockname()[1], caught
        listener.shutdown(socket.SHUT_RDWR)


def _catch(listener: socket.socket, caught: list[object]) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, who = listener.accept()
            caught.append(who)
            connection.close()


def _server(address: str, handle: Answer) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            handle(self)

        def do_POST(self) -> None:
            handle(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    return server
