"""Calls of another gallery: failing ones are tried again, keys go to its own host only, originals are streamed."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Self, TypeVar
from urllib.parse import urlencode, urljoin

import urllib3

from picturerail.errors import NotFound, PicturerailError, StartupError, TooLarge, Unavailable
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import RemoteUrl, parse_remote

TRIES = 5
REDIRECTS = 3
MAX_PAUSE = 60.0  # seconds, between two tries
MAX_ANSWER = 64 * 1024 * 1024
BLOCK = 256 * 1024
TIMEOUT = urllib3.Timeout(connect=10, read=120)
AGAIN = (408, 429, 500, 502, 503, 504)

Sleep = Callable[[float], None]
Headers = Mapping[str, str]
Result = TypeVar("Result")


@dataclass(frozen=True)
class GalleryClient:
    """One gallery at `base`, which ends without a slash, called with these headers."""

    base: str
    headers: Headers
    most_bytes: int  # of one original
    guard: OutboundClient
    sleep: Sleep = time.sleep
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=8))

    @classmethod
    def of(cls, address: str, headers: Headers, most_bytes: int, sleep: Sleep = time.sleep) -> Self:
        """A client of the gallery at an address that the operator names, wherever that lies."""
        remote = parse_remote(address)
        base = remote.url.partition("?")[0].rstrip("/")
        return cls(base, headers, most_bytes, OutboundClient.to(remote, TIMEOUT.read_timeout or 0.0), sleep)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - what JSON holds
        """What a GET answers; NotFound for a 404."""
        query = f"?{urlencode(params)}" if params else ""
        return self._json("GET", f"{self.base}/{path}{query}", None, {})

    def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """What a POST of JSON answers."""
        sent = json.dumps(body).encode()
        return self._json("POST", f"{self.base}/{path}", sent, {"Content-Type": "application/json"})

    def submit(self, path: str, form: Mapping[str, str]) -> Any:  # noqa: ANN401
        """What a POST of a form answers."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._json("POST", f"{self.base}/{path}", urlencode(form).encode(), kind)

    def cookies_of(self, path: str, form: Mapping[str, str]) -> str:
        """The cookies that a form's answer sets, as they are sent back."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        with self._answer("POST", f"{self.base}/{path}", urlencode(form).encode(), kind) as answer:
            given = [each.partition(";")[0] for each in answer.headers.getlist("Set-Cookie")]
        return "; ".join(dict.fromkeys(given))

    def download(self, url: str, file: IO[bytes]) -> None:
        """Write an original to a file, from its beginning."""

        def load() -> None:
            file.seek(0)
            file.truncate()
            with self._answer("GET", url, None, {}) as answer:
                for block in answer.stream(BLOCK):
                    file.write(block)
                    if file.tell() > self.most_bytes:
                        raise TooLarge(f"the file is larger than {self.most_bytes:,} bytes")

        self._persistently(url, load)

    def absolute(self, url: str) -> str:
        """An address as the gallery tells it, which may be one from its root on."""
        return urljoin(f"{self.base}/", url)

    def _json(self, method: str, url: str, body: bytes | None, headers: Headers) -> Any:  # noqa: ANN401
        def call() -> Any:  # noqa: ANN401
            with self._answer(method, url, body, headers) as answer:
                text = answer.read(MAX_ANSWER + 1)
            if len(text) > MAX_ANSWER:
                raise StartupError(f"{url}: the answer is larger than {MAX_ANSWER:,} bytes.")
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                raise Unavailable(
                    f"{url} answers something that is no JSON. Is this the address of the gallery?"
                ) from None

        return self._persistently(url, call)

    def _persistently(self, url: str, step: Callable[[], Result]) -> Result:
        for tries_left in reversed(range(TRIES)):
            try:
                return step()
            except (urllib3.exceptions.HTTPError, Unavailable) as error:
                if not tries_left:
                    why = error.message if isinstance(error, PicturerailError) else str(error)
                    raise Unavailable(f"{url}: {why} ({TRIES} tries)", retry_after=10) from error
                asked = error.retry_after if isinstance(error, Unavailable) else None
                self.sleep(min(MAX_PAUSE, asked or 0.25 * 2 ** (TRIES - tries_left)))
        raise AssertionError

    @contextmanager
    def _answer(
        self, method: str, url: str, body: bytes | None, headers: Headers
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """A good answer; a redirect of a GET is followed, and what leads to another host goes without our keys."""
        for _ in range(REDIRECTS + 1):
            keys = self.headers if _origin(url) == _origin(self.base) else {}
            answer = self._called(method, parse_remote(url), body, {**keys, **headers})
            try:
                if not (method == "GET" and answer.get_redirect_location()):
                    _check(answer, url)
                    yield answer
                    return
                url = urljoin(url, str(answer.get_redirect_location()))
            finally:
                answer.close()
        raise StartupError(f"{url}: more than {REDIRECTS} redirects.")

    def _called(
        self, method: str, remote: RemoteUrl, body: bytes | None, headers: Headers
    ) -> urllib3.BaseHTTPResponse:
        """The answer of the first address that takes the call: of those checked, a name is not looked up again."""
        away: Exception = Unavailable(f"the host {remote.host} cannot be found")
        for address in self.guard.check(remote):
            host = self.pool.connection_from_host(
                address, remote.port, remote.scheme, {"server_hostname": remote.host}
            )
            try:
                return host.urlopen(
                    method,
                    remote.target,
                    body=body,
                    headers={"Host": remote.netloc, "Accept-Encoding": "identity", **headers},
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    timeout=TIMEOUT,
                )
            except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
                away = error
        raise away


def _origin(url: str) -> tuple[str, str]:
    remote = parse_remote(url)
    return remote.scheme, remote.netloc


def _check(answer: urllib3.BaseHTTPResponse, url: str) -> None:
    """Raise what a bad answer means; only Unavailable is worth another try."""
    if answer.status in AGAIN:
        after = answer.headers.get("Retry-After", "")
        raise Unavailable(f"it answers {answer.status}", retry_after=int(after) if after.isdigit() else 0)
    if answer.status == 404:
        raise NotFound(f"{url} is not there.")
    if answer.status in (401, 403):
        raise StartupError(f"{url}: the other gallery refuses us ({answer.status}). Check key and address.")
    if answer.status not in (200, 201):
        raise StartupError(f"{url}: the other gallery answers {answer.status}.")
