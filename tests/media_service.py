"""The media service alone in processes of its own, for tests that need neither gallery nor supervisor."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import msgspec
from flask import Flask

from picturerail.database import Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.door.door import Door
from picturerail.door.process import web_server
from picturerail.jobs import worker
from picturerail.media import app as media_app
from picturerail.media import job_handlers
from picturerail.media.app import create_app
from picturerail.media.delivery.cache.url_index import UrlIndex
from picturerail.media.http.responses import encoded
from picturerail.media.openapi.contracts import contract_of
from picturerail.media.service import Media
from picturerail.media.web import Route, make_web
from picturerail.rsgi.media import media_door
from picturerail.settings import Settings, load
from tests.ports import free_port
from tests.service import wait_until


def app() -> Door:
    """What granian's workers load: the media service, whose answers must fit their structs, and what does its jobs."""
    vars(media_app)["make_web"] = _make_checked_web
    settings = load()
    worker.start(job_handlers.workers(Media.of(settings))[:2])  # but notifications
    inside = replace(settings, edge_secret="")  # nobody but us asks here
    return media_door(inside, create_app(settings))


def _make_checked_web(
    media: Media, url_index: UrlIndex, routes: Sequence[Route], count: Callable[[int], None]
) -> Flask:
    return make_web(media, url_index, [_checked(route) for route in routes], count)


def _checked(route: Route) -> Route:
    """The endpoint; an answer that its struct does not describe is a fault of ours."""
    kind = contract_of(route.action).answer

    def action(media: Media, call: Any, **path: str) -> Any:
        answer = route.action(media, call, **path)
        if isinstance(answer, dict):
            msgspec.convert(json.loads(encoded(answer)), type=kind)
        return answer

    return replace(route, action=action)


def empty(database: Database) -> None:
    """Leave collections and indexes, and no document. Which have any is asked at once: most have none."""
    steps = [
        {"$unionWith": {"coll": name, "pipeline": [{"$limit": 1}, {"$project": {"_id": name}}]}}
        for name in database.list_collection_names()
    ]
    for found in database["nothing"].aggregate(steps):
        database[found["_id"]].delete_many({})


@dataclass
class MediaService:
    """granian with the media service on a data folder; use as a context, or start, kill and start again."""

    data: Path
    mongo_uri: str
    images: Path
    env: dict[str, str] = field(default_factory=dict)
    workers: int = 2
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def records(self) -> Database:
        """Its database, to look into."""
        return database_of(connect(self.mongo_uri))

    @property
    def settings(self) -> Settings:
        return load(self._env())

    @property
    def delivery(self) -> str:
        return f"{self.url}/cloud"

    @property
    def sdk_config(self) -> dict[str, Any]:
        return {
            "cloud_name": "cloud",
            "api_key": "123456789",
            "api_secret": "the secret",
            "upload_prefix": self.url,
            "cname": f"127.0.0.1:{self.port}",
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        if self.process is None:
            ensure_schema(self.records)
        (self.data / "run").mkdir(parents=True, exist_ok=True)
        if not (self.data / "run" / "images.sock").is_symlink():
            (self.data / "run" / "images.sock").symlink_to(self.images)
        command = web_server("tests.media_service:app", "127.0.0.1", self.port, self.workers, 15)
        command += ["--log-level", "warning"]
        self.process = subprocess.Popen(command, env=self._env())
        wait_until(self.answers)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/v1_1/cloud/ping", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code == 401
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
        self.records.client.close()

    def kill(self) -> None:
        """kill -9 all of it."""
        assert self.process is not None
        subprocess.run(["pkill", "-9", "-P", str(self.process.pid)], check=False)
        self.process.kill()
        self.process.wait()

    def _env(self) -> dict[str, str]:
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("PICTURERAIL_", "CLOUDINARY_", "MONGO_"))
        }
        own = {
            "MONGO_URI": self.mongo_uri,
            "PICTURERAIL_DATA": str(self.data),
            "PICTURERAIL_PORT": str(self.port),
            "PICTURERAIL_CLOUD_NAME": "cloud",
            "PICTURERAIL_API_KEY": "123456789",
            "PICTURERAIL_API_SECRET": "the secret",
        }
        return {**clean, **own, **self.env}
