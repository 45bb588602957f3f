"""Many who ask for one picture at the same moment: the first goes on, the others wait where it costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from picturerail.door.answers import Answer

MAX_WAITING = 5000
SHARED = (400, 404, 415, 429, 503)  # that do not depend on who asks

RequestKey: TypeAlias = tuple[str, str]  # a path, and the class of Accept headers


class Coalescing:
    """Who is on his way in this process, by what he asks for; to be used by one event loop only."""

    def __init__(self, seconds: float) -> None:
        """Let others wait for the first up to `seconds`."""
        self._seconds = seconds
        self._on_their_way: dict[RequestKey, asyncio.Future[Answer | None]] = {}
        self._waiting = 0

    async def join(
        self,
        place: RequestKey,
        lead: Callable[[], Awaitable[Answer]],
        found: Callable[[], Awaitable[Answer | None]],
    ) -> Answer:
        """The answer of `lead` to the first who comes; the others look with `found` when he has his.

        A small refusal is theirs as well. Where he finds nothing for them, each of them goes his own way.
        """
        first = self._on_their_way.get(place)
        if first is None:
            return await self._lead(place, lead)
        if self._waiting < MAX_WAITING:
            refusal = await self._wait(first)
            if (answer := refusal or await found()) is not None:
                return answer
        return await lead()

    async def _lead(self, place: RequestKey, lead: Callable[[], Awaitable[Answer]]) -> Answer:
        first = self._on_their_way[place] = asyncio.get_running_loop().create_future()
        refusal = None
        try:
            answer = await lead()
            refusal = answer if answer.status in SHARED and answer.is_small else None
        finally:
            del self._on_their_way[place]
            first.set_result(refusal)
        return answer

    async def _wait(self, first: asyncio.Future[Answer | None]) -> Answer | None:
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(first)
        except TimeoutError:
            return None
        finally:
            self._waiting -= 1
