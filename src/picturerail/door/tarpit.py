"""Visitors who go on asking for what they are refused wait before they are looked at again, while there is a flood.

A refusal costs a millisecond or so of the processor. Whoever heeds its `Retry-After` hardly notices this; a crowd that
comes back as fast as it can would have all of the processor for its refusals, and everybody else would wait for that.
In peace nobody waits: a page with a hundred broken pictures is no attack.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from picturerail.door.answers import Answer
from picturerail.errors import Abandoned
from picturerail.visitors import Visitor

REFUSED = 400  # and every status above it
RATE = 50  # refusals a second of this process that may go on: they cost a tenth of a core
MAX_BURST = 200  # beyond that rate; with more there is a flood
MAX_FLOOD = 500  # above it they are not counted: a flood is over six seconds after its end
MAX_FREE = 2  # refusals for which a visitor does not wait
EASE = 0.2  # refusals a second that are forgiven each visitor
MAX_WAIT = 10.0  # seconds
MAX_KNOWN = 10_000  # visitors whose refusals are remembered


@dataclass
class Leak:
    """A count that goes down by itself, `rate` a second."""

    rate: float
    level: float = 0.0
    at: float = 0.0

    def now(self, at: float) -> float:
        """What is left of it."""
        self.level, self.at = max(0.0, self.level - (at - self.at) * self.rate), at
        return self.level


class Tarpit:
    """Who was refused how often of late, in one process; to be used by one event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Measure time in the seconds of `clock`."""
        self._clock = clock
        self._all = Leak(RATE)
        self._known: OrderedDict[str, Leak] = OrderedDict()

    async def wait(self, visitor: Visitor) -> None:
        """Let a visitor wait as long as he is to; Abandoned when he goes before."""
        if not (seconds := self.seconds(visitor.name)):
            return
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        with visitor.when_gone(partial(_wake, loop, gone)), suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await gone.wait()
        if visitor.is_gone:
            self.note(visitor.name)
            raise Abandoned("Nobody waits for this answer any more.")

    async def noted(self, work: Callable[[Visitor], Awaitable[Answer]], visitor: Visitor) -> Answer:
        """The answer of `work`, remembered when it is a refusal, or when nobody waited for it."""
        refused = True
        try:
            answer = await work(visitor)
            refused = answer.status >= REFUSED
        finally:
            if refused or visitor.is_gone:
                self.note(visitor.name)
        return answer

    def seconds(self, visitor: str) -> float:
        """How long a visitor is to wait before he is looked at."""
        now = self._clock()
        if self._all.now(now) < MAX_BURST or (own := self._known.get(visitor)) is None:
            return 0.0
        return min(MAX_WAIT, max(0.0, own.now(now) - MAX_FREE) / EASE)

    def note(self, visitor: str) -> None:
        """Remember that a visitor was refused."""
        now = self._clock()
        self._all.level = min(MAX_FLOOD, self._all.now(now) + 1)
        own = self._known.pop(visitor, None) or Leak(EASE)
        own.level = min(MAX_FREE + MAX_WAIT * EASE, own.now(now)) + 1
        self._known[visitor] = own
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)


def _wake(loop: asyncio.AbstractEventLoop, gone: asyncio.Event) -> None:
    loop.call_soon_threadsafe(gone.set)
