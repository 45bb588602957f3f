"""A visitor of the media service."""

import json
from typing import Any
from urllib.parse import quote

from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService


def put(cloud: MediaService, content: bytes, **params: Any) -> dict[str, Any]:
    got = upload(cloud, signed(cloud, **params), content)
    assert got.status == 200, got.body
    asset: dict[str, Any] = json.loads(got.body)
    return asset


def get(
    cloud: MediaService, asset: dict[str, Any], transformation: str = "", ending: str = ".jpg", **options: Any
) -> Got:
    middle = f"{transformation}/" if transformation else ""
    version = f"v{options.pop('version', asset['version'])}/"
    headers, method = options.pop("headers", {}), options.pop("method", "GET")
    return send(
        f"{cloud.delivery}/image/{asset['type']}/{middle}{version}{quote(asset['public_id'])}{ending}",
        method,
        headers=headers,
    )


def refused(got: Got, status: int) -> str:
    assert got.status == status, (got.status, got.body)
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["x-content-type-options"] == "nosniff"
    return got.headers["x-cld-error"]
