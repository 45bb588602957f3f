"""An asset as another cloud's search tells it, and as it is to be here. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from picturerail.database import Document
from picturerail.media.asset import Asset, Identity
from picturerail.media.http.times import read_time

RESOURCE_TYPES = ("image", "raw")
TYPES = ("upload", "private", "authenticated")
WITH_FIELD = ("tags", "context", "metadata")  # beside what a search tells always


@dataclass(frozen=True, kw_only=True)
class ForeignAsset:
    """What is taken over of an asset. `etag` is the MD5 of its bytes, "" where the cloud does not tell it."""

    identity: Identity
    version: int
    format: str
    bytes: int
    etag: str
    asset_id: str
    created_at: datetime | None
    uploaded_at: datetime | None
    attributes: Document = field(default_factory=dict)

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> Self:
        """The asset that a search or a detail tells of."""
        context = told.get("context") or {}
        attributes = {
            "tags": list(map(str, told.get("tags") or [])),
            "context": {str(key): str(value) for key, value in context.get("custom", context).items()},
            "metadata": dict(told.get("metadata") or {}),
            "access_mode": str(told.get("access_mode") or "public"),
            "access_control": list(told.get("access_control") or []),
            "asset_folder": str(told.get("asset_folder", told.get("folder")) or ""),
            "display_name": str(told.get("display_name") or ""),
            "moderation": list(told.get("moderation") or []),
        }
        return cls(
            identity=Identity(str(told["resource_type"]), str(told["type"]), str(told["public_id"])),
            version=int(told.get("version") or 0),
            format=str(told.get("format") or ""),
            bytes=int(told.get("bytes") or 0),
            etag=str(told.get("etag") or ""),
            asset_id=str(told.get("asset_id") or ""),
            created_at=_time(told.get("created_at")),
            uploaded_at=_time(told.get("uploaded_at")),
            attributes=attributes,
        )

    @property
    def obstacle(self) -> str:
        """Why it cannot be here; "" for nothing."""
        if self.identity.resource_type not in RESOURCE_TYPES:
            return f"{self.identity.resource_type} is not kept here"
        return (
            "" if self.identity.type in TYPES else f"type {self.identity.type} is made again when asked for"
        )

    @property
    def name(self) -> str:
        """How reports call it."""
        return f"{self.identity.resource_type}/{self.identity.type}/{self.identity.public_id}"

    @property
    def digest(self) -> str:
        """The same as long as the other cloud tells the same."""
        told = [self.version, self.etag, self.bytes, self.attributes]
        text = json.dumps(told, sort_keys=True, default=str, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def fields(self) -> Document:
        """What is to be set of it here, its bytes apart."""
        times = {"created_at": self.created_at, "uploaded_at": self.uploaded_at}
        return {**self.attributes, **{name: at for name, at in times.items() if at}, "taken": self.digest}

    def differences(self, here: Asset) -> list[str]:
        """The names of what is not the same here."""
        held: Document = {
            "version": here.version,
            "bytes": here.bytes,
            "etag": here.etag if self.etag else "",
            **{name: getattr(here, name) for name in self.attributes},
        }
        told = {"version": self.version, "bytes": self.bytes, "etag": self.etag, **self.attributes}
        return [name for name, value in told.items() if _plain(held[name]) != _plain(value)]


def _plain(value: Any) -> Any:  # noqa: ANN401
    """A value in which no order and no emptiness is left that means nothing."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value or ""


def _time(text: object) -> datetime | None:
    try:
        return read_time(str(text)) if text else None
    except ValueError:
        return None
