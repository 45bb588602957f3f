"""A proxy before a cloud that fails some calls on purpose, and lets so many calls of the Admin API through an hour."""

import http.client
import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from werkzeug.http import http_date

UPLOAD_API = ("/download", "/upload")  # not counted by the limit


class UnrulyProxy:
    """Stands at a port of its own before the cloud at `port`."""

    def __init__(self, port: int, *, share: float = 0.0, limit: int = 10**9) -> None:
        self.port, self.share, self.limit = port, share, limit
        self.calls: Counter[str] = Counter()  # by kind: admin, limited, failed, other
        self.hours = 0
        self._left = limit
        self._random = random.Random(5)
        self._lock = threading.Lock()
        self._server = _server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def cloudinary_url(self) -> str:
        return f"cloudinary://123456789:the%20secret@cloud?upload_prefix={self.url}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sleep(self, seconds: float) -> None:
        """Pass the time at once: whoever waits for long finds a new hour."""
        if seconds > 600:
            self.hours += 1
            self._left = self.limit

    def admit(self, path: str) -> tuple[str, int]:
        """What happens to a call, and how many are left."""
        is_admin = "/v1_1/" in path and not path.partition("?")[0].endswith(UPLOAD_API)
        with self._lock:
            if is_admin and self._left <= 0:
                self.calls["limited"] += 1
                return "limited", 0
            self._left -= is_admin
            failed = self._random.random() < self.share
            self.calls["failed"] += failed
            self.calls["admin" if is_admin else "other"] += 1
            return self._random.choice(["error", "cut", "silence"]) if failed else "passed", self._left


def _server(proxy: UnrulyProxy) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fate, left = proxy.admit(self.path)
            reset = http_date(datetime.now(UTC) + timedelta(hours=1))
            limits = {"X-FeatureRateLimit-Remaining": str(left), "X-FeatureRateLimit-Reset": reset}
            if fate == "silence":
                self.close_connection = True
            elif fate == "limited":
                self._answer(420, b'{"error":{"message":"Rate Limit Exceeded"}}', limits)
            elif fate == "error":
                self._answer(500, b"<html>no JSON</html>", limits)
            else:
                status, body = self._forwarded()
                self._answer(status, body, limits, cut=fate == "cut")

        do_POST = do_PUT = do_GET

        def _forwarded(self) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            try:
                return answer.status, answer.read()
            finally:
                connection.close()

        def _answer(self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server
