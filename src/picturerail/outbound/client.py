"""Call other hosts without being led astray: every hop is parsed, resolved once, checked, and called where checked.

No environment proxy, no cookies, no passwords, no decompression; redirects are followed by hand.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as ResolveTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO, Self, TypeAlias
from urllib.parse import unquote

from picturerail.errors import BadRequest, NotFound, TooManyRequests
from picturerail.outbound.connection import Deadline, Exchange, sentence
from picturerail.outbound.ip_filter import is_public
from picturerail.outbound.url import RemoteUrl, parse_remote, redirected
from picturerail.settings import Settings
from picturerail.spool import BLOCK, Spooled, SpoolWriter, too_large

REDIRECTS = 3
RESOLVE_SECONDS = 5.0
AT_ONCE = 8  # fetches of one process; each occupies a thread that visitors would like to have
USER_AGENT = "Picturerail"

Resolve = Callable[[str, int], Sequence[str]]
RemoteResponse: TypeAlias = HTTPResponse  # for those who read an answer inside `exchange`

_RESOLVERS = ThreadPoolExecutor(AT_ONCE, "resolve")


@dataclass(frozen=True)
class Fetched:
    """What another host sent; `file` is None when it said that nothing has changed."""

    file: Spooled | None
    etag: str = ""
    last_modified: str = ""


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses of `host` as the machine's resolver knows them."""
    found = _RESOLVERS.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found.result(RESOLVE_SECONDS)))


@dataclass(frozen=True)
class OutboundClient:
    """Fetches and posts. `allowed` are hosts, or host:port, that may be private; `mapped` answers from files."""

    spool: Path
    most_bytes: int
    seconds: float
    allowed: frozenset[str] = frozenset()
    mapped: Mapping[str, Path] = field(default_factory=dict)
    resolve: Resolve = system_resolve
    busy: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    @classmethod
    def of(cls, settings: Settings, spool: Path) -> Self:
        """The fetcher as `settings` describe it; files come into the folder `spool`."""
        return cls(
            spool=spool,
            most_bytes=settings.max_upload_bytes,
            seconds=settings.fetch_seconds,
            allowed=frozenset(host.lower() for host in settings.fetch_allow),
            mapped={parse_remote(url).url: path for url, path in settings.fetch_files.items()},
        )

    @classmethod
    def to(cls, host: RemoteUrl, seconds: float, spool: Path | None = None, most_bytes: int = 0) -> Self:
        """A client of one host that the operator names, wherever that lies; without a spool it brings no files."""
        return cls(spool or Path(), most_bytes, seconds, allowed=frozenset((f"{host.host}:{host.port}",)))

    def get(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """The file at `url`, in the spool. Raises NotFound when there is none, BadRequest for everything else.

        `etag` and `last_modified` are those of an earlier answer: then `file` is None if nothing changed.
        """
        remote = parse_remote(url)
        if (path := self.mapped.get(remote.url)) is not None:
            return self._from_map(remote, path)
        conditions = {"If-None-Match": etag} if etag else {"If-Modified-Since": last_modified}
        headers = {"Accept": "image/*,*/*;q=0.8", **({} if not (etag or last_modified) else conditions)}
        with self._turn():
            return self._follow(remote, headers, Deadline(self.seconds))

    def send(
        self, method: str, remote: RemoteUrl, headers: Mapping[str, str], body: bytes | None = None
    ) -> int:
        """Send a request to another host; the status that came back. No redirect is followed."""
        with self.exchange(method, remote, headers, body) as response:
            return response.status

    @contextmanager
    def exchange(
        self, method: str, remote: RemoteUrl, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[HTTPResponse]:
        """Send a request, and read the answer inside; no redirect is followed. BadRequest when the network fails."""
        deadline = Deadline(self.seconds)
        with _explained(remote), Exchange(remote, self.addresses(remote), deadline) as exchange:
            yield exchange.send(method, {"User-Agent": USER_AGENT, **headers}, body)

    def addresses(self, remote: RemoteUrl) -> Sequence[str]:
        """Where `remote` lies: resolved once. All addresses must be public, unless its host is allowed by name."""
        if not (found := self.check(remote)):
            raise BadRequest(f"Error in loading {remote.url[:300]} - the host {remote.host} cannot be found.")
        return found

    def check(self, remote: RemoteUrl) -> Sequence[str]:
        """The addresses of a host that may be called, none if it is not known now; BadRequest if it may not."""
        host, exact = remote.host, f"{remote.host}:{remote.port}"
        if not (remote.usual_port or exact in self.allowed):
            raise BadRequest(f"Error in loading {remote.url[:300]} - port {remote.port} is not allowed.")
        try:
            found = self.resolve(host, remote.port)
        except (OSError, UnicodeError, ResolveTimeoutError):
            return []
        if not {host, exact} & self.allowed and not all(map(is_public, found)):
            raise BadRequest(f"Error in loading {remote.url[:300]} - the host {host} is not a public one.")
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.busy.acquire(blocking=False):
            raise TooManyRequests("Too many files are being fetched. Try again shortly.", retry_after=2)
        try:
            yield
        finally:
            self.busy.release()

    def _follow(self, remote: RemoteUrl, headers: Mapping[str, str], deadline: Deadline) -> Fetched:
        for _ in range(REDIRECTS + 1):
            with _explained(remote), Exchange(remote, self.addresses(remote), deadline) as exchange:
                response = exchange.send("GET", {"User-Agent": USER_AGENT, **headers})
                location = response.headers.get("Location")
                if response.status not in (301, 302, 303, 307, 308) or not location:
                    return self._received(remote, response)
            remote = redirected(remote, location)
        raise BadRequest(f"Error in loading {remote.url[:300]} - more than {REDIRECTS} redirects.")

    def _received(self, remote: RemoteUrl, response: HTTPResponse) -> Fetched:
        etag, changed = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
        if response.status == HTTPStatus.NOT_MODIFIED:
            return Fetched(None, etag, changed)
        _check_head(remote, response)
        with SpoolWriter(self.spool, self.most_bytes, too_large) as writer:
            if (response.length or 0) > self.most_bytes:
                raise BadRequest(too_large(self.most_bytes))
            _copy(response, writer)
            if response.length:
                raise BadRequest(f"Error in loading {remote.url[:300]} - it ended before its Content-Length.")
            return Fetched(writer.finish(_file_name(remote)), etag[:200], changed[:100])

    def _from_map(self, remote: RemoteUrl, path: Path) -> Fetched:
        try:
            with path.open("rb") as file, SpoolWriter(self.spool, self.most_bytes, too_large) as writer:
                _copy(file, writer)
                return Fetched(writer.finish(_file_name(remote)))
        except FileNotFoundError:
            raise NotFound(f"Error in loading {remote.url[:300]} - 404 Not Found") from None


def _copy(source: HTTPResponse | BinaryIO, writer: SpoolWriter) -> None:
    while block := source.read(BLOCK):
        writer.write(block)


def _check_head(remote: RemoteUrl, response: HTTPResponse) -> None:
    shown = f"Error in loading {remote.url[:300]} - "
    if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise NotFound(f"{shown}{response.status} Not Found")
    if response.status != HTTPStatus.OK:
        raise BadRequest(f"{shown}the remote server answered {response.status}.")
    if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise BadRequest(f"{shown}the remote server sent it compressed, although not asked to.")


@contextmanager
def _explained(remote: RemoteUrl) -> Iterator[None]:
    """Turn whatever can go wrong with another host into a sentence about it."""
    try:
        yield
    except (OSError, HTTPException, ValueError) as error:
        raise sentence(remote, error) from error


def _file_name(remote: RemoteUrl) -> str:
    name = unquote(remote.target.partition("?")[0].rpartition("/")[2])
    return "".join(letter for letter in name if letter.isprintable())[:200]
