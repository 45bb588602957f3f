"""How each kind of edge is told to forget: our nginx by its inner address, any other CDN over HTTP.

A purge names what an edge keeps by path and format class, as edge/nginx/templates makes its key.
"""

import http.client
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Protocol

from picturerail.edge.format_class import accept_of
from picturerail.errors import PicturerailError
from picturerail.jobs.job import PassingFailure
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import RemoteUrl, parse_remote
from picturerail.settings import Settings
from picturerail.url_parts import split_url

SECONDS = 5.0
CLOCKS_APART = 2.0  # seconds; a Date has whole ones only
REFRESH_SECONDS = 30.0  # a refresh waits until the origin has made the picture


class PurgeFailed(PassingFailure):
    """The edge is away, or did not do it; to be tried again."""


@dataclass(frozen=True)
class CachedUrl:
    """One copy that an edge may hold: a path with its query, escaped as in a URL, and the format class."""

    path: str
    format_class: str


class Edges(Protocol):
    """Something that keeps copies, and can be told to forget."""

    @property
    def name(self) -> str:
        """How the queue calls it."""

    @property
    def tells_age(self) -> bool:
        """Whether `purge_older` can be asked for."""

    def purge(self, copies: Sequence[CachedUrl], *, soft: bool) -> None:
        """Forget the copies; `soft` brings new ones in their place. PurgeFailed when it must be tried again."""

    def purge_older(self, copies: Sequence[CachedUrl], moment: float) -> None:
        """Forget those of the copies that the origin began to send before a moment."""


def all_edges(settings: Settings) -> list[Edges]:
    """What these settings name: each nginx edge, and the CDN."""
    found: list[Edges] = [NginxEdge(at, settings.edge_secret, _host(settings)) for at in settings.edges]
    if settings.cdn_purge:
        found.append(
            HttpCdn(settings.cdn_url or settings.site_url, settings.cdn_purge, settings.cdn_purge_token)
        )
    return found


@dataclass(frozen=True)
class NginxEdge:
    """One nginx of ours, at its inner address HOST:PORT."""

    address: str
    secret: str
    host: str
    tells_age = True

    @property
    def name(self) -> str:
        """How the queue calls it."""
        return f"nginx {self.address}"

    def purge(self, copies: Sequence[CachedUrl], *, soft: bool) -> None:
        """Refresh or remove copy after copy over one connection; what cannot be refreshed is removed."""
        connection = http.client.HTTPConnection(self.address, timeout=REFRESH_SECONDS if soft else SECONDS)
        try:
            for copy in copies:
                if not (soft and self._refresh(connection, copy)):
                    self._remove(connection, copy)
        except (OSError, http.client.HTTPException) as error:
            raise PurgeFailed(f"{self.name}: {error}") from error
        finally:
            connection.close()

    def purge_older(self, copies: Sequence[CachedUrl], moment: float) -> None:
        """Look at copy after copy, and remove those that the origin began to send before `moment`."""
        connection = http.client.HTTPConnection(self.address, timeout=SECONDS)
        try:
            for copy in copies:
                if self._began(connection, copy) <= moment + CLOCKS_APART:
                    self._remove(connection, copy)
        except (OSError, http.client.HTTPException) as error:
            raise PurgeFailed(f"{self.name}: {error}") from error
        finally:
            connection.close()

    def _began(self, connection: http.client.HTTPConnection, copy: CachedUrl) -> float:
        """When the origin began to send a copy, by its own clock; the end of time when there is none."""
        answer = self._answer(
            connection, "HEAD", f"/edge/copy{copy.path}", {"X-Edge-Class": copy.format_class}
        )
        try:
            return parsedate_to_datetime(answer.headers.get("X-Began", "")).timestamp()
        except ValueError:
            return math.inf

    def _refresh(self, connection: http.client.HTTPConnection, copy: CachedUrl) -> bool:
        headers = {"X-Edge-Refresh": "1", "Accept": accept_of(copy.format_class)}
        return self._ask(connection, "HEAD", copy.path, headers) == 200

    def _remove(self, connection: http.client.HTTPConnection, copy: CachedUrl) -> None:
        headers = {"X-Edge-Class": copy.format_class}
        status = self._ask(connection, "GET", f"/edge/purge{copy.path}", headers)
        if status not in (200, 404):  # 404: it had none
            raise PurgeFailed(f"{self.name} answered {status} to a purge.")

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
    ) -> int:
        return self._answer(connection, method, path, headers).status

    def _answer(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        connection.request(method, path, headers={**headers, "Host": self.host, "X-Edge-Secret": self.secret})
        answer = connection.getresponse()
        answer.read()
        return answer


@dataclass(frozen=True)
class HttpCdn:
    """A pull CDN: either it takes the method PURGE on each address, or one POST of {"files": [...]} ."""

    url: str  # of the CDN, as visitors know it
    how: str  # PURGE, or the address of the purge interface
    token: str

    name = "cdn"
    tells_age = False

    def purge(self, copies: Sequence[CachedUrl], *, soft: bool) -> None:
        """Forget the addresses, in all formats at once; a CDN revalidates softly by its own rules."""
        paths = sorted({copy.path for copy in copies})
        if self.how == "PURGE":
            headers = {"Fastly-Soft-Purge": "1"} if soft else {}
            cdn = parse_remote(self.url)
            for path in paths:
                self._send("PURGE", replace(cdn, target=path), headers)
        else:
            body = json.dumps({"files": [f"{self.url.rstrip('/')}{path}" for path in paths]}).encode()
            self._send("POST", parse_remote(self.how), {"Content-Type": "application/json"}, body)

    def purge_older(self, copies: Sequence[CachedUrl], moment: float) -> None:
        """Do nothing: a CDN does not tell how old its copies are."""
        del copies, moment

    def _send(
        self, method: str, remote: RemoteUrl, headers: dict[str, str], body: bytes | None = None
    ) -> None:
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        try:
            status = OutboundClient.to(remote, SECONDS).send(method, remote, headers, body)
        except PicturerailError as error:
            raise PurgeFailed(f"cdn: {error.message}") from error
        if status >= 300 and status != 404:
            raise PurgeFailed(f"The CDN answered {status} to a purge.")


def _host(settings: Settings) -> str:
    return split_url(settings.site_url).netloc
