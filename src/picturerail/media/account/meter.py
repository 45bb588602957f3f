"""Count requests and delivered bytes by day: in memory, added to the database every few seconds, for GET /usage."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pymongo
from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from picturerail.database import Database

FLUSH_SECONDS = 5.0
PATIENCE = 5.0  # seconds that a count waits for a database that is away


class Meter:
    """Counts answers into the collection `usage`. What a crash forgets is a few seconds."""

    def __init__(self, db: Database) -> None:
        """Begin with nothing counted."""
        self._usage = db.get_collection("usage", write_concern=WriteConcern(w=0))
        self._lock = threading.Lock()
        self._requests = self._bytes = 0
        self._flushed = time.monotonic()

    def counting(self, app: WSGIApplication) -> WSGIApplication:
        """`app`, its answers counted by their Content-Length."""

        def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401
                length = next((value for name, value in headers if name.lower() == "content-length"), "0")
                self.count(int(length) if environ["REQUEST_METHOD"] != "HEAD" else 0)
                return (
                    start_response(status, headers, exc_info) if exc_info else start_response(status, headers)
                )

            return app(environ, start)

        return counted

    def count(self, length: int) -> None:
        """Count an answer of `length` bytes; the database is not waited for."""
        with self._lock:
            self._requests += 1
            self._bytes += length
            if time.monotonic() - self._flushed < FLUSH_SECONDS:
                return
            counted = {"requests": self._requests, "bandwidth": self._bytes}
            self._requests = self._bytes = 0
            self._flushed = time.monotonic()
        threading.Thread(target=self._flush, args=(counted,), name="meter", daemon=True).start()

    def _flush(self, counted: dict[str, int]) -> None:
        day = datetime.now(UTC).date().isoformat()
        try:
            with pymongo.timeout(PATIENCE):
                self._usage.update_one({"_id": day}, {"$inc": counted}, upsert=True)
        except PyMongoError:  # an answer is worth more than its count: added next time
            with self._lock:
                self._requests += counted["requests"]
                self._bytes += counted["bandwidth"]
