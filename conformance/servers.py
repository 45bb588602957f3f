"""Servers that know nothing, to compare with: one answers everything with one constant JSON, one with 404."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Just enough for the test classes to get through their set-up, so that each test shows what it tells by itself.
CONSTANT = {"asset_id": "0" * 32, "public_id": "constant", "id": "constant", "resources": [], "version": 1}
NOT_FOUND = {"error": {"message": "Not found"}}


@contextmanager
def server_that_answers(status: int, answer: object) -> Iterator[str]:
    """Run a server that gives one answer to everything; its `http://host:port`."""
    body = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
