"""A small server that answers as another gallery would: from a function, for as long as a test lasts."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request: `given` is what the query, the form or the JSON of its body holds."""

    method: str
    path: str
    given: Given
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answered:
    """Anything but 200 and JSON."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answers = Callable[[Asked], Answered | dict[str, Any] | list[Any] | None]  # None is a 404


class FakeGallery:
    """Answers at `url`; `calls` counts the paths that were asked for."""

    def __init__(self, answers: Answers) -> None:
        self.calls: Counter[str] = Counter()
        gallery = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self._answer("GET", parts.path, _last(parts.query))

            def do_POST(self) -> None:
                parts = urlsplit(self.path)
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                is_json = self.headers["Content-Type"] == "application/json"
                self._answer("POST", parts.path, json.loads(text) if is_json else _last(text))

            def _answer(self, method: str, path: str, given: Given) -> None:
                gallery.calls[path] += 1
                found = answers(Asked(method, path, given, dict(self.headers)))
                if found is None:
                    found = Answered(404)
                if not isinstance(found, Answered):
                    found = Answered(body=json.dumps(found).encode())
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(found.body)))
                self.end_headers()
                self.wfile.write(found.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _last(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}
