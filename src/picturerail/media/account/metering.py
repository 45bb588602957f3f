"""Count requests and delivered bytes by day: in memory, added to the database every few seconds, for GET /usage."""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pymongo
from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from picturerail.database import Database

FLUSH_SECONDS = 5.0
PATIENCE = 0.5  # seconds that an answer waits for a database that is away


class Meter:
    """A WSGI application around another that counts what it answers. What a crash forgets is a few seconds."""

    def __init__(self, db: Database, app: WSGIApplication) -> None:
        """Count the answers of `app`, into the collection `usage`."""
        self._app = app
        self._usage = db.get_collection("usage", write_concern=WriteConcern(w=0))
        self._lock = threading.Lock()
        self._requests = self._bytes = 0
        self._flushed = time.monotonic()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass on, and count by the Content-Length of the answer."""

        def counting(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: tuple[type[BaseException], BaseException, TracebackType]
            | tuple[None, None, None]
            | None = None,
        ) -> Callable[[bytes], object]:
            length = next((value for name, value in headers if name.lower() == "content-length"), "0")
            self._count(int(length) if environ["REQUEST_METHOD"] != "HEAD" else 0)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return self._app(environ, counting)

    def _count(self, length: int) -> None:
        with self._lock:
            self._requests += 1
            self._bytes += length
            if time.monotonic() - self._flushed < FLUSH_SECONDS:
                return
            counted = {"requests": self._requests, "bandwidth": self._bytes}
            self._requests = self._bytes = 0
            self._flushed = time.monotonic()
        day = datetime.now(UTC).date().isoformat()
        try:
            with pymongo.timeout(PATIENCE):
                self._usage.update_one({"_id": day}, {"$inc": counted}, upsert=True)
        except PyMongoError:  # an answer is worth more than its count: added next time
            with self._lock:
                self._requests += counted["requests"]
                self._bytes += counted["bandwidth"]
