"""Picturerail itself, started as a person starts it, fed by the official SDK."""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self
from urllib.parse import urlsplit

import cloudinary.uploader

from bench.parts.photographs import Photograph
from bench.peers.base import CACHE, Ask
from tests.service import Service

EXTENSION = {"auto": "jpg"}


class Ours:
    """The whole program on a fresh data folder; use as a context."""

    name = "Picturerail"

    def __init__(self, folder: str = "ours", env: dict[str, str] | None = None) -> None:
        CACHE.mkdir(parents=True, exist_ok=True)
        self.folder = Path(mkdtemp(prefix=f"{folder}-", dir=CACHE.resolve()))
        self.service = Service(self.folder / "data", env=env or {})
        self.assets: dict[Path, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self.service.start()
        return self

    def __exit__(self, kind: object, *exc: object) -> None:
        self.service.stop()
        if kind is None:  # after a failure the log is of use
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        assert self.service.process is not None
        return self.service.process.pid

    @property
    def site(self) -> str:
        return self.service.url

    def account(self) -> dict[str, str]:
        """The SDK's options for this service, from the address that `picturerail credentials` prints."""
        parts = urlsplit(self.service.cloudinary_url)
        return {
            "cloud_name": parts.hostname or "",
            "api_key": parts.username or "",
            "api_secret": parts.password or "",
            "upload_prefix": self.service.url,
        }

    def upload(self, photos: list[Photograph]) -> None:
        """Send the photographs up, once each."""
        account = self.account()
        for photo in photos:
            self.assets[photo.path] = cloudinary.uploader.upload(str(photo.path), **account)

    def url(self, photo: Photograph, ask: Ask) -> str:
        """The versioned delivery address of the derived picture."""
        parts = ["c_fill" if ask.height else "c_scale", f"w_{ask.width}"]
        parts += [f"h_{ask.height}"] if ask.height else []
        parts += [f"q_{ask.quality}"] if ask.quality else []
        parts += ["f_auto", "q_auto"] if ask.format == "auto" else []
        return self.address(photo, ",".join(parts), EXTENSION.get(ask.format, ask.format))

    def address(self, photo: Photograph, transformation: str, extension: str = "jpg") -> str:
        """The versioned delivery address with any transformation."""
        asset = self.assets[photo.path]
        head, _, tail = urlsplit(asset["secure_url"]).path.partition("/upload/")
        name = tail.rpartition(".")[0]
        return f"{self.site}{head}/upload/{transformation}/{name}.{extension}"
