"""The provider of this site, called through `outbound`: its own host may lie in the operator's network, others not.

What it tells of itself is kept for some minutes. However many people click, few threads wait for it at once.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from picturerail.errors import BadRequest, PicturerailError, Unavailable
from picturerail.gallery.oidc.metadata import ProviderMetadata, Strange, parse_metadata, well_known
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import parse_remote
from picturerail.settings import Settings

SECONDS = 5.0  # for one call
KEPT_SECONDS = 600  # how long what it tells of itself is believed
FRESH_SECONDS = 5  # until the keys are asked for anew again: strangers send tokens, too
AWAY_SECONDS = 3  # how long it is not asked again when it did not answer
AT_ONCE = 4  # calls of one process
TURN_SECONDS = 2.0  # for which somebody waits until it is their turn
MAX_ANSWER = 512 * 1024  # bytes


@dataclass(frozen=True)
class ProviderAnswer:
    """What came back: status, media type and body."""

    status: int
    media_type: str
    body: bytes

    def json(self) -> object:
        """The body as JSON, or Strange."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Strange(f"it answered {self.status} and no JSON") from None


class Provider:
    """One provider; each process has its own."""

    def __init__(self, settings: Settings) -> None:
        """Of the address that the operator has named."""
        self.label = settings.oidc_label
        self._issuer = settings.oidc_issuer
        self._client = OutboundClient.to(parse_remote(settings.oidc_issuer), SECONDS)
        self._turns = threading.Semaphore(AT_ONCE)
        self._kept: dict[str, tuple[float, object]] = {}
        self._away_until = self._fresh_from = 0.0

    def metadata(self) -> ProviderMetadata:
        """What it tells of itself; Unavailable while it does not answer, or tells what cannot be."""
        try:
            return parse_metadata(self._issuer, self._json(well_known(self._issuer)))
        except Strange as error:
            self._forget(well_known(self._issuer))
            raise self.unfit(error) from error

    def keys(self, *, fresh: bool = False) -> object:
        """The keys with which it signs; `fresh` asks again, for a key that is not among those known."""
        url = self.metadata().jwks_uri
        if fresh and time.monotonic() >= self._fresh_from:
            self._fresh_from = time.monotonic() + FRESH_SECONDS
            self._forget(url)
        return self._json(url)

    def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> ProviderAnswer:
        """Ask it for something; Unavailable when it does not answer."""
        with self._turn(), self._explained():
            remote = parse_remote(url)
            with self._client.exchange(method, remote, headers, body) as response:
                told = response.read(MAX_ANSWER + 1)
                if len(told) > MAX_ANSWER:
                    raise BadRequest(f"Error in loading {remote.url[:300]} - the answer is too long.")
                return ProviderAnswer(response.status, response.headers.get_content_type(), told)

    def away(self, reason: Exception) -> Unavailable:
        """What people are told while it does not answer."""
        away = Unavailable(
            f"{self.label} does not answer at the moment. Please try again shortly.", retry_after=AWAY_SECONDS
        )
        away.__cause__ = reason
        return away

    def unfit(self, reason: Exception) -> Unavailable:
        """What people are told when it answers what cannot be; the reason is for the operator."""
        unfit = Unavailable(
            f"What {self.label} answers proves nothing to this site. Its operator finds the reason in the log."
        )
        unfit.__cause__ = reason
        return unfit

    def _json(self, url: str) -> object:
        until, told = self._kept.get(url, (0.0, None))
        if time.monotonic() < until:
            return told
        answer = self.call("GET", url, {"Accept": "application/json"})
        if answer.status >= 500:
            raise self.away(Strange(f"{url} answered {answer.status}"))
        if answer.status != 200:
            raise Strange(f"{url} answered {answer.status}")
        told = answer.json()
        self._kept[url] = (time.monotonic() + KEPT_SECONDS, told)
        return told

    def _forget(self, url: str) -> None:
        self._kept.pop(url, None)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise Unavailable("Many people sign in at this moment. Please try again.", retry_after=2)
        try:
            yield
        finally:
            self._turns.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Not asked for while it was away a moment ago; what the network lacks is said in words for people."""
        if time.monotonic() < self._away_until:
            raise self.away(Strange("it did not answer a moment ago"))
        try:
            yield
        except PicturerailError as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise self.away(error) from error
