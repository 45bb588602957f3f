"""The grammar of delivery URLs, both ways. Pure.

path = "/" cloud "/" resource_type "/" type ["/" signature] *("/" component) ["/v" version] "/" public_id ["." ext]
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from picturerail.errors import BadRequest, NotFound
from picturerail.transform.grammar import is_component

RESOURCE_TYPES = ("image", "video", "raw")
TYPES = ("upload", "private", "authenticated", "fetch")
MAX_PATH = 8000
MAX_PUBLIC_ID = 1024
EXTENSIONS = (
    "jpg",
    "jpeg",
    "jpe",
    "png",
    "webp",
    "avif",
    "gif",
    "heic",
    "heif",
    "tif",
    "tiff",
    "bmp",
    "svg",
    "ico",
    "jxl",
)

_SIGNATURE = re.compile(r"s--([A-Za-z0-9_-]{0,64})--")
_VERSION = re.compile(r"v(\d{1,15})")


@dataclass(frozen=True)
class DeliveryPath:
    """A delivery URL's path in its parts; `name` is the public_id with whatever extension it has."""

    resource_type: str
    type: str
    name: str
    transformation: str = ""
    version: int | None = None
    signature: str | None = None

    @property
    def to_sign(self) -> str:
        """The part that a URL signature covers."""
        return f"{self.transformation}/{self.name}" if self.transformation else self.name

    @property
    def stem_and_extension(self) -> tuple[str, str]:
        """The name without and the extension by itself, when it ends in one of a known format."""
        stem, dot, extension = self.name.rpartition(".")
        known = bool(dot and stem and extension.lower() in EXTENSIONS)
        return (stem, extension.lower()) if known else (self.name, "")


def parse_path(path: str) -> DeliveryPath:
    """The parts of `/resource_type/type/...`, without the cloud name; NotFound or BadRequest for other paths."""
    if len(path) > MAX_PATH:
        raise BadRequest(f"The URL is longer than {MAX_PATH} characters.")
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) < 3 or segments[0] not in RESOURCE_TYPES or segments[1] not in TYPES:
        raise NotFound(
            "No such delivery URL: use /<cloud>/<resource_type>/<type>/<transformations>/<public_id>."
        )
    resource_type, kind, *rest = segments
    signature = match[1] if (match := _SIGNATURE.fullmatch(rest[0])) and len(rest) > 1 else None
    if signature is not None:
        rest = rest[1:]
    components = _leading_components(rest)
    rest = rest[len(components) :]
    version = match[1] if (match := _VERSION.fullmatch(rest[0])) and len(rest) > 1 else None
    name = "/".join(rest[1:] if version else rest)
    if len(name) > MAX_PUBLIC_ID:
        raise BadRequest(f"The public_id is longer than {MAX_PUBLIC_ID} characters.")
    return DeliveryPath(
        resource_type, kind, name, "/".join(components), int(version) if version else None, signature
    )


def build_url(
    cloud_name: str, asset: Mapping[str, Any], transformation: str = "", extension: str = ""
) -> str:
    """The path under which `asset` is delivered, as the official SDK builds it."""
    extension = extension or asset.get("format") or ""
    ending = f".{extension}" if extension and asset["resource_type"] != "raw" else ""
    parts = ["", cloud_name, asset["resource_type"], asset["type"], transformation, f"v{asset['version']}"]
    name = quote(asset["public_id"], safe="/:") + ending
    return "/".join(part for index, part in enumerate([*parts, name]) if part or index == 0)


def _leading_components(segments: list[str]) -> list[str]:
    """The segments that are transformations: all of the leading ones that look so, but never the last segment."""
    count = 0
    while count < len(segments) - 1 and is_component(segments[count]):
        count += 1
    return segments[:count]
