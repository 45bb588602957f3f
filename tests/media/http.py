"""Plain HTTP requests, for what the SDK never sends."""

import http.client
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from picturerail import signing
from tests.media_service import MediaService


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    url: str,
    method: str = "GET",
    body: bytes | Iterable[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> Got:
    """One request on a connection of its own; the path goes out exactly as it is given."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        target = url[url.index("/", len("http://")) :]
        connection.request(
            method, target, body, headers or {}, encode_chunked=not isinstance(body, bytes | None)
        )
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Got(answer.status, named, answer.read())
    finally:
        connection.close()


def signed(cloud: MediaService, **params: Any) -> dict[str, Any]:
    """Parameters with timestamp, key and signature; `None` takes one of them out."""
    full = {"timestamp": str(int(time.time())), **params}
    full = {name: value for name, value in full.items() if value is not None}
    made = {"api_key": "123456789", "signature": signing.sign_request(full, "the secret")}
    return made | full


def form(
    params: dict[str, Any], file: bytes | None, name: str = "a.jpg", boundary: str = ""
) -> tuple[bytes, str]:
    """A multipart body, and its content type."""
    boundary = boundary or uuid.uuid4().hex
    parts = []
    for key, value in params.items():
        for item in value if isinstance(value, list) else [value]:
            field = f"{key}[]" if isinstance(value, list) else key
            parts.append(f'Content-Disposition: form-data; name="{field}"\r\n\r\n{item}'.encode())
    if file is not None:
        parts.append(
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + file
        )
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return body + b"--" + boundary.encode() + b"--\r\n", f"multipart/form-data; boundary={boundary}"


def upload(
    cloud: MediaService,
    params: dict[str, Any],
    file: bytes | None,
    *,
    kind: str = "image",
    headers: dict[str, str] | None = None,
    boundary: str = "",
    name: str = "a.jpg",
) -> Got:
    """POST a file to the Upload API."""
    body, content_type = form(params, file, name, boundary)
    url = f"{cloud.url}/v1_1/cloud/{kind}/upload"
    return send(url, "POST", body, {"Content-Type": content_type, **(headers or {})})
