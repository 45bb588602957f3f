"""Many who ask for one picture at the same moment: the first goes on, the others wait where it costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from picturerail.door.answers import Answer
from picturerail.visitors import Visitor

MAX_PRESENT = 5000  # who wait for one picture
SHARED = (400, 404, 415, 429, 503)  # refusals that do not depend on who asks

RequestKey: TypeAlias = tuple[str, str]  # a path, and the class of Accept headers
Lead: TypeAlias = Callable[[Visitor], Awaitable[Answer]]


@dataclass(eq=False)
class _Crowd:
    """Who waits for one answer: it is made for a visitor who is there for as long as any of them is."""

    all: Visitor
    first: asyncio.Future[Answer | None]
    present: int = 0


class Coalescing:
    """The crowds of one process, by what they ask for; to be used by one event loop only."""

    def __init__(self, seconds: float) -> None:
        """Let others wait for the first up to `seconds`."""
        self._seconds = seconds
        self._crowds: dict[RequestKey, _Crowd] = {}

    async def join(
        self, key: RequestKey, visitor: Visitor, lead: Lead, found: Callable[[], Awaitable[Answer | None]]
    ) -> Answer:
        """The answer of `lead` to the first who comes; the others look with `found` when he has his.

        A small refusal is theirs as well. Where he finds nothing for them, each of them goes his own way.
        """
        crowd = self._crowds.get(key)
        if crowd is None:
            return await self._lead(key, visitor, lead)
        if crowd.present < MAX_PRESENT:
            refusal = await self._wait(key, crowd, visitor)
            if (answer := refusal or await found()) is not None:
                return answer
        return await lead(visitor)

    async def _lead(self, key: RequestKey, visitor: Visitor, lead: Lead) -> Answer:
        crowd = _Crowd(Visitor(visitor.name), asyncio.get_running_loop().create_future())
        self._crowds[key] = crowd
        refusal = None
        try:
            with self._present(key, crowd, visitor):
                answer = await lead(crowd.all)
            if answer.status in SHARED and answer.is_small and not crowd.all.is_gone:
                refusal = answer
        finally:
            self._end(key, crowd)
            crowd.first.set_result(refusal)
        return answer

    async def _wait(self, key: RequestKey, crowd: _Crowd, visitor: Visitor) -> Answer | None:
        try:
            with self._present(key, crowd, visitor):
                async with asyncio.timeout(self._seconds):
                    return await asyncio.shield(crowd.first)
        except TimeoutError:
            return None

    @contextmanager
    def _present(self, key: RequestKey, crowd: _Crowd, visitor: Visitor) -> Iterator[None]:
        """Count a visitor in until he has his answer or goes; with the last one goes the reason for the work."""

        def leave() -> None:
            crowd.present -= 1
            if not crowd.present:
                self._end(key, crowd)  # who comes now begins anew
                crowd.all.leave()

        crowd.present += 1
        with visitor.when_gone(leave):
            yield
        if not visitor.is_gone:
            crowd.present -= 1

    def _end(self, key: RequestKey, crowd: _Crowd) -> None:
        if self._crowds.get(key) is crowd:
            del self._crowds[key]
