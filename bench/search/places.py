"""Running services with many assets, inserted straight into MongoDB: documents first, then their indexes."""

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pymongo import WriteConcern

from bench.peers.base import CACHE
from picturerail import mongod
from picturerail.database import ASSET_INDEXES, Database, connect, database, ensure_schema
from picturerail.media.store.search_fields import search_fields
from tests.service import Service

BATCH = 5_000
GROUP = 50  # assets that share a tag, a folder and a value of context and metadata
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A running service, how many assets it has, and the credentials of its Admin API."""

    service: Service
    count: int
    authorization: str
    cloud: str

    def search(self, **asked: Any) -> tuple[float, dict[str, Any]]:  # noqa: ANN401
        """Seconds that a search took, and its answer."""
        return self._timed("POST", "resources/search", json.dumps({"max_results": 30, **asked}))

    def get(self, path: str) -> tuple[float, dict[str, Any]]:
        """Seconds that a list took, and its answer."""
        return self._timed("GET", path)

    def _timed(self, method: str, path: str, body: str | None = None) -> tuple[float, dict[str, Any]]:
        connection = http.client.HTTPConnection(f"127.0.0.1:{self.service.port}", timeout=60)
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        started = time.perf_counter()
        connection.request(method, f"/v1_1/{self.cloud}/{path}", body, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        seconds = time.perf_counter() - started
        connection.close()
        if response.status != 200:
            raise SystemExit(f"{path} {body}: {answer}")
        return seconds, answer


def place(stack: ExitStack, count: int, kept: Path | None) -> Place:
    """A service with `count` assets; with `kept`, its data folder stays there and is not filled again."""
    folder = (kept or CACHE) / f"search-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    service = stack.enter_context(Service(folder.resolve() / "data"))
    client = stack.enter_context(connect(mongod.uri(service.data)))
    _fill(database(client), count)
    account = urlsplit(service.cloudinary_url)
    pair = b64encode(f"{account.username}:{account.password}".encode()).decode()
    return Place(service, count, f"Basic {pair}", account.hostname or "")


def _fill(db: Database, count: int) -> None:
    if db["assets"].estimated_document_count() == count:
        return
    db["assets"].drop()
    quick = db["assets"].with_options(write_concern=WriteConcern(w=1, j=False))
    documents = _documents(count)
    while batch := list(islice(documents, BATCH)):
        quick.insert_many(batch, ordered=False)
    for index in ASSET_INDEXES:
        db["assets"].create_indexes([index])
    ensure_schema(db)


def _documents(count: int) -> Iterator[dict[str, Any]]:
    rare = count // GROUP  # one asset of so many is a GIF
    for number in range(count):
        group = number // GROUP
        at = BEGAN + timedelta(seconds=number)
        ending = "gif" if number % rare == rare // 2 else "jpg" if number % 3 else "png"
        asset = {
            "resource_type": "image",
            "type": "upload",
            "public_id": f"shop{group}/asset{number}",
            "asset_id": f"{number:032x}",
            "original": f"{number:02x}/{number:032x}",
            "sha256": f"{number:064x}",
            "original_filename": f"IMG_{number:07}",
            "version": int(at.timestamp()),
            "version_id": f"{number:032x}",
            "format": ending,
            "width": 1000 + number % 3000,
            "height": 750 + number % 2000,
            "bytes": number * 7919 % 3_000_000,
            "etag": f"{number:032x}",
            "tags": [f"group{group}", f"ninth{number % 9}"],
            "context": {"stage": f"value{group}"},
            "metadata": {"group": group},
            "access_mode": "public",
            "facts": None,
            "created_at": at,
            "updated_at": at,
        }
        yield {**asset, "search": search_fields(asset)}
