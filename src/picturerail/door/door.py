"""The door, granian's one function: it takes a request in, finds who shall answer it, and hands the answer out.

It runs in an event loop, where nothing may wait for a disk, a database or a visitor. Stored pictures are answered
here; whatever else is asked for goes to an application in a thread of its lane, when the whole request is there.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from werkzeug.exceptions import ClientDisconnected

from picturerail import cache_policy, metrics, security_headers
from picturerail.door import bodies, shortcut
from picturerail.door.answer_budget import MAX_FREE, AnswerBudget
from picturerail.door.answers import MAX_MEMORY, Answer, HeaderList, Transport, send
from picturerail.door.applications import call, environ_of
from picturerail.door.bodies import Beginning, Body, Holdings, Spool
from picturerail.door.coalescing import Coalescing, RequestKey
from picturerail.door.connections import Connections
from picturerail.door.head import Head, Headers, Named, Scope, read_head, wsgi_path
from picturerail.door.lanes import Lane, in_thread
from picturerail.door.process import MAX_CONNECTIONS
from picturerail.door.readers import LOOK_SECONDS
from picturerail.door.refusals import refusal, too_large
from picturerail.door.streams import Streams
from picturerail.door.tarpit import Tarpit
from picturerail.errors import PicturerailError, RequestTimeout, Unavailable
from picturerail.proxies import Proxies
from picturerail.settings import MEGABYTE, Settings
from picturerail.visitors import KNOWN, Visitor

BASE64_GROWTH = 1.4
FORM_BYTES = 8 * MEGABYTE  # beside the file
SMALL_HELD = 64 * MEGABYTE  # of small bodies, which are held in memory
MAX_MIDDLE_HELD = 16 * MEGABYTE  # of those of middle size
FILE_THREADS = 4
STREAM_THREADS = 8
# seconds; what is answered sooner is not worth looking whether the visitor is still there
WATCHED_AFTER = 0.25
ALIVE = Answer(
    200,
    [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", security_headers.CLOSED),
        *cache_policy.header(cache_policy.NO_STORE).items(),
    ],
    b"ok\n",
)
# One answer of each visitor for which there was no room is tried again before that is said to him.
RETRY_SECONDS = 0.05  # so often that a crowd that begins again is not always the first where room was made
# By then it was looked who has taken what he had, and who is slow.
RETRIES = ceil(2 * LOOK_SECONDS / RETRY_SECONDS)
MAX_RETRYING = 2000  # a task of some kilobytes each; a crowd of fewer addresses keeps nobody else from it
AGAIN_SECONDS = 2
HTTP_2 = "2"  # of its connections each carries many answers at once
SLOW_READERS = "Too many answers are waiting to be taken at this moment; try again soon."
OUR_FAULT = "Something went wrong on our side."

log = logging.getLogger(__name__)


class StoredAnswers(Protocol):
    """What answers stored pictures without an application."""

    def from_memory(
        self, method: str, path: str, query: str, headers: Named, most: int
    ) -> tuple[int, HeaderList, bytes] | None:
        """Status, headers and body; None when they are not in memory, or more than `most` bytes."""

    def find(self, method: str, path: str, query: str, headers: Named) -> Any:  # noqa: ANN401
        """A way to the answer; None when none is known."""

    def read(self, shortcut: Any, path: str, /) -> bytes | None:  # noqa: ANN401
        """Its bytes, in a thread."""

    def file(self, shortcut: Any, /) -> Path | None:  # noqa: ANN401
        """The file that holds them."""

    def whole_file(self, shortcut: Any, /) -> Path | None:  # noqa: ANN401
        """The file of what is sent without being read, which is as it was; None for all else."""

    def head(self, shortcut: Any, method: str, headers: Named, /) -> tuple[int, HeaderList, bool]:  # noqa: ANN401
        """Status, headers, and whether that file is sent."""

    def answer(
        self,
        shortcut: Any,  # noqa: ANN401
        content: bytes,
        method: str,
        headers: Named,
        /,
    ) -> tuple[int, HeaderList, bytes]:
        """Status, headers, and what of the bytes is sent."""


@dataclass(frozen=True)
class Entrance:
    """Where a request goes: its class of work, and the application that answers it.

    `is_watched`: what it works on may stop when the visitor hangs up.
    """

    lane: Lane
    app: WSGIApplication
    is_watched: bool = False


class Door:
    """The RSGI application of one server process."""

    def __init__(
        self,
        settings: Settings,
        entrance: Callable[[Head], Entrance],
        stored: StoredAnswers | None = None,
        key: Callable[[Head], RequestKey | None] = lambda _: None,
        make_room: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Let `entrance` say where a request goes; requests of one `key` get the same answer from `stored`."""
        self._settings, self._entrance, self._stored, self._key = settings, entrance, stored, key
        self._delivery = f"/{settings.cloud_name}/"
        self._always = (
            [(security_headers.HSTS_NAME, security_headers.HSTS)]
            if settings.site_url.startswith("https://")
            else []
        )
        self._proxies = Proxies.of(settings.trusted_proxies)
        self._most = int(settings.max_upload_bytes * BASE64_GROWTH) + FORM_BYTES
        processes = settings.web_processes
        self._small = Holdings(SMALL_HELD, SMALL_HELD // 4)
        self._middle = Holdings(MAX_MIDDLE_HELD, MAX_MIDDLE_HELD // 4)
        self._strangers = Holdings(
            max(self._most, settings.stranger_bytes // processes),
            max(self._most, settings.stranger_bytes // 2),
        )
        self._known = Holdings(max(self._most, settings.spool_bytes // processes), settings.spool_bytes)
        self._coalescing = Coalescing(settings.image_seconds * 2)
        self._tarpit = Tarpit()
        self._retrying = set[str]()
        self._is_asked_first = False  # before the event loop is
        self._budget = AnswerBudget(settings.answer_bytes // processes)
        self._connections = Connections(
            settings.port, MAX_CONNECTIONS, settings.patience_seconds, self._budget
        )
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="file")
        self._spool = Spool(settings.spool_folder, self._files, make_room)
        self._streams = Streams(
            settings.run_folder / "answers", ThreadPoolExecutor(STREAM_THREADS, thread_name_prefix="stream")
        )

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, in a server process."""
        del loop
        self._connections.watch()
        if self._stored is not None:
            self._is_asked_first = shortcut.install(self._answers_from_memory)

    def _answers_from_memory(self, scope: Scope, transport: Transport) -> bool:
        """Answer a stored picture that is in memory; whether it was one. In any thread."""
        if self._stored is None:
            return False
        begun, headers = perf_counter(), scope.headers  # granian makes a copy of them each time
        if not _names_host(headers, scope):
            return False
        path = wsgi_path(scope.path)
        hit = self._stored.from_memory(scope.method, path, scope.query_string, headers, MAX_MEMORY)
        if hit is None:
            return False
        status, fields, content = hit
        if not self._holds(scope, len(content), len(content)):
            return False  # the loop knows for whom a proxy asks
        transport.response_bytes(status, fields + self._always, content)
        metrics.hit(perf_counter() - begun)
        return True

    async def __rsgi__(self, scope: Scope, transport: Transport) -> None:
        """Answer one request."""
        if not self._is_asked_first and self._answers_from_memory(scope, transport):
            return
        try:
            head = read_head(scope, self._settings.edge_secret, self._proxies)
            answer = await self._admitted(scope, head, await self._answer(head, transport))
        except PicturerailError as error:
            answer = refusal(scope.path, error, delivery=self._delivery)
        except Exception:
            log.exception("%s %s", scope.method, scope.path[:200])
            answer = refusal(scope.path, PicturerailError(OUR_FAULT), delivery=self._delivery)
        answer = self._secured(answer)
        if answer.stream is None:
            send(transport, answer)
        else:
            await self._streams.send(transport, answer)

    async def _admitted(self, scope: Scope, head: Head, answer: Answer) -> Answer:
        """The answer, when there is room for what it holds until it is taken; else it is let go of, and refused."""
        admit = partial(self._holds, scope, answer.held, answer.length, head.visitor)
        if admit() or await self._admitted_soon(head.visitor, admit):
            return answer
        await self._streams.close(answer)
        raise Unavailable(SLOW_READERS, retry_after=AGAIN_SECONDS)

    def _holds(self, scope: Scope, held: int, length: int, visitor: str = "") -> bool:
        """Whether there is room for what an answer of this length holds until it is taken."""
        if scope.http_version == HTTP_2:
            return self._budget.add(scope.client, held, length, visitor)
        return held <= MAX_FREE or self._budget.admit(scope.client, held, visitor)

    async def _admitted_soon(self, visitor: str, admit: Callable[[], bool]) -> bool:
        """Whether there is room when it was looked who has taken what he had; for one answer of each visitor."""
        if visitor in self._retrying or len(self._retrying) >= MAX_RETRYING:
            return False
        self._retrying.add(visitor)
        try:
            for _ in range(RETRIES):
                await asyncio.sleep(RETRY_SECONDS)
                if admit():
                    return True
            return False
        finally:
            self._retrying.discard(visitor)

    def _secured(self, answer: Answer) -> Answer:
        """An answer with what all have where the site is reached by HTTPS; pages bring it themselves."""
        if not self._always or any(name.title() == security_headers.HSTS_NAME for name, _ in answer.headers):
            return answer
        return replace(answer, headers=[*answer.headers, *self._always])

    async def _found(self, head: Head) -> Answer | None:
        """A stored picture to which the path is known to lead; None for everything else."""
        if self._stored is None:
            return None
        shortcut = self._stored.find(head.method, head.path, head.query, head.headers)
        found: Answer | None = None
        if shortcut is not None:
            found = await self._in_thread(_stored_answer, self._stored, shortcut, head)
        return found

    async def _answer(self, head: Head, transport: Transport) -> Answer:
        if head.path == "/healthz" and head.method in ("GET", "HEAD"):
            return ALIVE
        if (stored := await self._found(head)) is not None:
            return stored
        entrance = self._entrance(head)
        visitor = Visitor(head.visitor)
        through = partial(self._through, entrance, head, transport)
        if not entrance.is_watched:
            return await through(visitor)
        lead = partial(self._tarpit.noted, through)
        with _watched(transport, visitor):
            await self._tarpit.wait(visitor)
            if (key := self._key(head)) is None:
                return await lead(visitor)
            return await self._coalescing.join(key, visitor, lead, partial(self._found, head))

    async def _through(
        self, entrance: Entrance, head: Head, transport: Transport, visitor: Visitor
    ) -> Answer:
        """The answer of an application to a whole request; or to its head and beginning, when that is all it needs."""
        if not head.has_body:
            return await _called(entrance, environ_of(head, io.BytesIO(), 0), visitor)
        async with self._incoming(transport, head) as body:
            if body.reserve(self._middle):
                await body.read(bodies.MAX_MIDDLE, self._middle)
            else:
                await body.read(bodies.SMALL, self._small)
            if not body.complete:
                refused, holdings = await self._begun(entrance, head, body, visitor)
                if refused is not None:
                    return refused
                await body.read(self._most + 1, holdings)
                if not body.complete:
                    raise too_large(head.path, self._settings.max_upload_bytes)
            return await _called(entrance, environ_of(head, body.opened(), body.length), visitor)

    @asynccontextmanager
    async def _incoming(self, transport: Transport, head: Head) -> AsyncIterator[Body]:
        """The body of a request. What is left of it when the answer is known is read away if it comes by a proxy.

        The web server closes a connection on which bytes are still coming in, and that resets it: a proxy in the middle
        of its sending says 502 then, or hands a part of the answer on.
        """
        with closing(Body(transport, head, self._spool, self._settings.patience_seconds)) as body:
            try:
                yield body
            except RequestTimeout:
                raise
            except PicturerailError:
                await _read_away(body, head)
                raise
            await _read_away(body, head)

    async def _begun(
        self, entrance: Entrance, head: Head, body: Body, visitor: Visitor
    ) -> tuple[Answer | None, Holdings]:
        """What the application says to a head and the beginning of a body, when it needs no more of it.

        If it does need more: whose bytes they are, a stranger's or those of somebody whom it knows.
        """
        beginning = Beginning(body.opened())
        environ = environ_of(head, beginning, head.length or 0)
        answer = None
        with suppress(ClientDisconnected):  # it may let the error of its reading out
            answer = await _called(entrance, environ, visitor)
        holdings = self._known if environ.get(KNOWN) else self._strangers
        return (None if beginning.was_exhausted else answer), holdings

    async def _in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        return await in_thread(self._files, partial(work, *arguments))


async def _read_away(body: Body, head: Head) -> None:
    if head.is_proxied and not body.complete:
        await body.discard()


def _stored_answer(stored: StoredAnswers, shortcut: Any, head: Head) -> Answer | None:  # noqa: ANN401
    """A stored picture, in one thread's turn: what is sent from a file is in memory no longer than it is looked at."""
    begun = perf_counter()
    if (whole := stored.whole_file(shortcut)) is not None:
        status, fields, is_sent = stored.head(shortcut, head.method, head.headers)
        metrics.hit(perf_counter() - begun)
        return Answer(status, fields, file=str(whole) if is_sent else "")
    if (content := stored.read(shortcut, head.path)) is None:
        return None
    status, fields, body = stored.answer(shortcut, content, head.method, head.headers)
    metrics.hit(perf_counter() - begun)
    if len(body) > MAX_MEMORY and (file := stored.file(shortcut)) is not None:
        return Answer(status, fields, file=str(file))
    return Answer(status, fields, body)


async def _called(entrance: Entrance, environ: dict[str, Any], visitor: Visitor) -> Answer:
    return await entrance.lane.run(visitor, partial(call, entrance.app, environ, visitor))


@contextmanager
def _watched(transport: Transport, visitor: Visitor) -> Iterator[None]:
    """Let work hear of a visitor who has hung up. Most of it is done before anybody looks."""
    watches: list[asyncio.Task[None]] = []
    start = asyncio.get_running_loop().call_later(
        WATCHED_AFTER, lambda: watches.append(asyncio.create_task(_watch(transport, visitor)))
    )
    try:
        yield
    finally:
        start.cancel()
        for watch in watches:
            watch.cancel()


async def _watch(transport: Transport, visitor: Visitor) -> None:
    """Tell when a visitor hangs up, or has."""
    await transport.client_disconnect()
    visitor.leave()


def _names_host(headers: Headers, scope: Scope) -> bool:
    """Whether a request names its host as it must, so that a stored picture is answered without reading more."""
    named = len(headers.get_all("host"))
    return named == 1 or (named == 0 and scope.http_version != "1.1")
