"""The one maker of services for tests: each on a data folder, a port and a database of its own."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import pytest

from tests.media_service import MediaService
from tests.service import Service

Env: TypeAlias = Mapping[str, str]
NOTHING: Env = MappingProxyType({})
# nothing is made but what tests ask for
QUIET: Env = MappingProxyType({"PICTURERAIL_SIZES_AFTER_UPLOAD": "false"})


class Services:
    """Makes services that are not started yet: use each as a context, or start, kill and start it again.

    The real parts that they stand on are started with the first one that needs them.
    """

    def __init__(self, request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> None:
        self._request = request
        self._folders = folders

    def program(self, env: Env = NOTHING) -> Service:
        """The whole program, as a person starts it; `env` are its settings."""
        return Service(self._folder() / "data", env={**QUIET, **env})

    @contextmanager
    def owned(self, env: Env = NOTHING) -> Iterator[Service]:
        """The whole program while it runs, with an owner account."""
        with self.program(env) as running:
            running.add_user("owner@example.com", "owner", password=secrets.token_urlsafe(12))
            yield running

    def media(
        self, env: Env = NOTHING, *, workers: int = 2, images: Path | None = None, mongo_uri: str = ""
    ) -> MediaService:
        """The media service alone; `images` and `mongo_uri` put others in place of the common parts."""
        uri: str = mongo_uri or self._request.getfixturevalue("new_mongo_uri")()
        pool: Path = images or self._request.getfixturevalue("image_workers")
        return MediaService(self._folder() / "data", uri, pool, dict(env), workers=workers)

    def _folder(self) -> Path:
        return self._folders.mktemp("service")
