"""Many uploads at once, by the official SDK and through the gallery's JSON API, remembering what was acknowledged."""

import hashlib
import io
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import cloudinary.uploader
import numpy as np
import urllib3
from PIL import Image

from tests.service import Service

SECONDS = 90  # a client's patience


@dataclass(frozen=True)
class Sent:
    """One acknowledged upload: the hash of what was sent, where its original is, its picture if it has one."""

    sha256: str
    url: str
    picture: str = ""


@dataclass
class Outcome:
    """What came of many uploads."""

    acknowledged: list[Sent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)  # hashes


def unique_jpeg(number: int, size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG of about 40 kB unlike every other one."""
    generator = np.random.default_rng(number)
    rough = generator.integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    picture = Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


class GalleryClient:
    """A person signed in to the gallery, as its browser code talks to it. Threads may share it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pool = urllib3.PoolManager(maxsize=200, retries=False, timeout=SECONDS)
        self._cookies: dict[str, str] = {}
        self._csrf = ""

    def sign_in(self) -> None:
        form = self._request("GET", "/sign-in").data.decode()
        fields = {"email": self._service.owner_email, "password": self._service.owner_password}
        token = _found(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        body = urlencode(fields | {"csrf_token": token, "next": "/upload/"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._request("POST", "/sign-in", body.encode(), kind)
        assert answer.status == 303, answer.data[:500]
        page = self._request("GET", "/upload/").data.decode()
        self._csrf = _found(r'name="csrf-token" content="([^"]+)"', page)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """A call of the JSON API."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._csrf}
        answer = self._request(method, path, json.dumps(body).encode() if body else None, headers)
        try:
            return answer.status, json.loads(answer.data)
        except ValueError:
            return answer.status, {}

    def page(self, path: str) -> bytes:
        """The body of a page, which must be there."""
        answer = self._request("GET", path)
        assert answer.status == 200, answer.data[:500]
        return answer.data

    def upload(self, content: bytes, name: str) -> Sent | None:
        """Signature, file to the media service, answer to the gallery; None when any step was refused."""
        status, signed = self.call(
            "POST", "/api/v1/uploads/signature", {"filename": name, "bytes": len(content)}
        )
        if status != 200:
            return None
        fields = {**signed["params"], "file": (name, content, "image/jpeg")}
        url = signed["url"] if "://" in signed["url"] else self._service.url + signed["url"]
        uploaded = self._pool.request("POST", url, fields=fields)
        if uploaded.status != 200:
            return None
        answer = json.loads(uploaded.data)
        status, added = self.call(
            "POST", "/api/v1/pictures", {"answer": answer, "description": name, "filename": name}
        )
        if status not in (200, 201):
            return None
        picture = added["picture"]
        return Sent(hashlib.sha256(content).hexdigest(), picture["url"], picture["id"])

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {**(headers or {}), "Cookie": cookies}
        answer = self._pool.request(method, self._service.url + path, body=body, headers=sent, redirect=False)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


def sdk_upload(account: dict[str, str], content: bytes, name: str) -> Sent:
    """One upload by the SDK; raises what the SDK raises."""
    answer = cloudinary.uploader.upload(io.BytesIO(content), filename=name, timeout=SECONDS, **account)
    return Sent(hashlib.sha256(content).hexdigest(), answer["secure_url"])


def account_of(service: Service) -> dict[str, str]:
    """The SDK's options for this service."""
    parts = urlsplit(service.cloudinary_url)
    return {
        "cloud_name": parts.hostname or "",
        "api_key": parts.username or "",
        "api_secret": parts.password or "",
        "upload_prefix": service.url,
    }


def send_all(
    service: Service, client: GalleryClient, first: int, count: int, meanwhile: Callable[[], None]
) -> Outcome:
    """`count` uploads at the same time, every second one through the gallery, while `meanwhile` happens."""
    outcome, account = Outcome(), account_of(service)
    contents = {number: unique_jpeg(number) for number in range(first, first + count)}
    outcome.tried = {hashlib.sha256(content).hexdigest() for content in contents.values()}

    def send(number: int) -> None:
        name = f"picture-{number}.jpg"
        try:
            through_gallery = number % 2
            content = contents[number]
            sent = client.upload(content, name) if through_gallery else sdk_upload(account, content, name)
        except Exception as error:
            outcome.refused.append(f"{type(error).__name__}: {error}")
        else:
            outcome.acknowledged.append(sent) if sent else outcome.refused.append("refused")

    threads = [threading.Thread(target=send, args=(number,)) for number in contents]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join()
    return outcome


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in the page"
    return match[1]
