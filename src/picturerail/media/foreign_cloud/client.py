"""The APIs of another cloud: within its limit of calls, failing calls tried again, originals streamed to the spool."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, TypeVar

from picturerail.errors import BadRequest, NotFound, StartupError, Unavailable
from picturerail.media.asset import Identity
from picturerail.media.foreign_cloud.address import CloudAddress
from picturerail.outbound.client import OutboundClient, RemoteResponse
from picturerail.outbound.url import parse_remote
from picturerail.spool import BLOCK, Spooled, SpoolWriter, too_large

PAGE = 500  # the most that one call answers
TRIES = 8  # of a call that fails
MAX_WAITS = 48  # for the limit, in a row
MAX_PAUSE = 60.0  # between two tries
MAX_ANSWER = 64 * 1024 * 1024
LIMITED = (420, 429)
REMAINING, RESET = "X-FeatureRateLimit-Remaining", "X-FeatureRateLimit-Reset"

Sleep = Callable[[float], None]
Params = Mapping[str, str]
NOTHING: Params = MappingProxyType({})
Result = TypeVar("Result")


@dataclass(frozen=True)
class _CloudAnswer:
    status: int
    headers: Message
    body: bytes

    def json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BadRequest("it answered something that is no JSON")
        return found

    def message(self) -> str:
        try:
            return str(self.json()["error"]["message"])[:300]
        except (BadRequest, KeyError, TypeError):
            return str(self.headers.get("X-Cld-Error", f"status {self.status}"))[:300]


@dataclass(frozen=True)
class ForeignCloud:
    """An account that is read. Without `sleep` nothing is waited for or tried again: who asks is told to come back."""

    address: CloudAddress
    client: OutboundClient
    sleep: Sleep | None = None
    say: Callable[[str], None] = lambda _: None  # tells the person in front of it why nothing happens
    # "opens": when calls may go on
    _allowance: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def call(
        self, path: str, params: Params = NOTHING, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the Admin API answers to a GET, or to a POST of `body`; waits for its limit, and tries again."""
        return self._persistently(f"calling {path}", lambda: self._called(path, params, body))

    def pages(
        self,
        path: str,
        name: str,
        params: Params = NOTHING,
        body: Mapping[str, Any] | None = None,
        *,
        cursor: str = "",
    ) -> Iterator[tuple[list[dict[str, Any]], str]]:
        """Each page of a list, with the cursor of the next one ("" behind the last)."""
        while True:
            at = {"next_cursor": cursor} if cursor else {}
            if body is None:
                answer = self.call(path, {**params, **at, "max_results": str(PAGE)})
            else:
                answer = self.call(path, params, {**body, **at, "max_results": PAGE})
            cursor = str(answer.get("next_cursor") or "")
            yield list(answer.get(name) or []), cursor
            if not cursor:
                return

    def every(self, path: str, name: str, params: Params = NOTHING) -> Iterator[dict[str, Any]]:
        """All items of a list."""
        for items, _ in self.pages(path, name, params):
            yield from items

    def download(self, identity: Identity, image_format: str) -> Spooled:
        """The original, in the spool; NotFound when it has gone."""
        name = f"loading {identity.public_id}"
        return self._persistently(name, lambda: self._downloaded(identity, image_format))

    def _called(self, path: str, params: Params, body: Mapping[str, Any] | None) -> dict[str, Any] | float:
        """The answer, or the seconds to wait for the limit."""
        self._await_allowance()
        address = self.address
        key = base64.b64encode(f"{address.api_key}:{address.api_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        url = parse_remote(address.endpoint(path, params))
        with self.client.exchange("GET" if sent is None else "POST", url, headers, sent) as response:
            answer = _answer(response)
        self._note(answer)
        if answer.status in LIMITED:
            return _seconds_left(answer)
        _check(answer)
        return answer.json()

    def _downloaded(self, identity: Identity, image_format: str) -> Spooled | float:
        url = parse_remote(self.address.original(identity, image_format))
        with self.client.exchange("GET", url, {}) as response:
            if response.status != 200:
                answer = _answer(response)
                if answer.status in LIMITED:
                    return _seconds_left(answer)
                _check(answer)
            return self._spooled(response, identity.public_id)

    def _spooled(self, response: RemoteResponse, public_id: str) -> Spooled:
        with SpoolWriter(self.client.spool, self.client.most_bytes, too_large) as writer:
            while block := response.read(BLOCK):
                writer.write(block)
            if response.length:
                raise Unavailable("it ended before its Content-Length")
            return writer.finish(public_id.rpartition("/")[2])

    def _persistently(self, what: str, step: Callable[[], Result | float]) -> Result:
        """What a step answers; after a number it is tried again so many seconds later, and also when it fails."""
        tries = waits = 0
        while True:
            try:
                got = step()
            except (BadRequest, Unavailable) as error:
                tries += 1
                if self.sleep is None or tries == TRIES:
                    raise Unavailable(
                        f"Error {what}: {error.message} ({tries} tries)", retry_after=10
                    ) from error
                self.sleep(min(MAX_PAUSE, 0.25 * 2**tries))
                continue
            if not isinstance(got, float):
                return got
            waits += 1
            if waits > MAX_WAITS:
                raise Unavailable(f"Error {what}: the other cloud's limit of calls stays reached.")
            self._wait(got)

    def _note(self, answer: _CloudAnswer) -> None:
        """When nothing is left of the limit, no further call is wasted before it opens again."""
        if answer.headers.get(REMAINING) == "0":
            self._allowance["opens"] = time.time() + _seconds_left(answer)

    def _await_allowance(self) -> None:
        left = self._allowance.pop("opens", 0.0) - time.time()
        if left > 0:
            self._wait(left)

    def _wait(self, seconds: float) -> None:
        if self.sleep is None:
            raise Unavailable("The other cloud's limit of calls is reached.", retry_after=int(seconds))
        at = datetime.fromtimestamp(time.time() + seconds, UTC)
        self.say(f"The other cloud's limit of calls is reached; going on at {at:%H:%M:%S} UTC.")
        self.sleep(seconds)


def _answer(response: RemoteResponse) -> _CloudAnswer:
    return _CloudAnswer(response.status, response.headers, response.read(MAX_ANSWER))


def _check(answer: _CloudAnswer) -> None:
    """Raise what an answer means: Unavailable and BadRequest are worth another try, the others are not."""
    if answer.status == 200:
        return
    if answer.status in (401, 403):
        raise StartupError(
            f"The other cloud refuses us: {answer.message().rstrip('.')}. Check key, secret and cloud name."
        )
    if answer.status == 404:
        raise NotFound(f"The other cloud has no such thing: {answer.message()}")
    if answer.status >= 500 or answer.status == 408:
        raise Unavailable(f"it answered {answer.status}")
    raise StartupError(f"The other cloud cannot answer this: {answer.message()}")


def _seconds_left(answer: _CloudAnswer) -> float:
    """Until calls are answered again: as the limit's own header says, else Retry-After, else a minute."""
    try:
        reset = parsedate_to_datetime(answer.headers[RESET])
    except (KeyError, ValueError, TypeError):
        after = answer.headers.get("Retry-After", "")
        return float(after) if after.isdigit() else 60.0
    return max(0.0, (reset - datetime.now(reset.tzinfo or UTC)).total_seconds()) + 1.0
