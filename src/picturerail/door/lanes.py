"""Classes of work: each has threads and a queue of its own, so that none can starve another."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from picturerail.errors import Abandoned, TooManyRequests, Unavailable
from picturerail.visitors import Visitor

SHARE = 0.75  # of the threads and of the queue, that one visitor may have
AGAIN_SECONDS = 2

Result = TypeVar("Result")
_Turn = asyncio.Future[None]


async def in_thread(threads: Executor, work: Callable[[], Result]) -> Result:
    """The result of `work`, which one of the threads does.

    asyncio's own way chains a future of the thread to one of the loop, which costs a page as much as its head.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()
    threads.submit(_do, loop, done, work)
    return await done


def _do(loop: asyncio.AbstractEventLoop, done: asyncio.Future[Result], work: Callable[[], Result]) -> None:
    if done.cancelled():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits has it
        _tell(loop, _fail, done, error)
    else:
        _tell(loop, _finish, done, result)


def _tell(loop: asyncio.AbstractEventLoop, how: Callable[..., None], *told: object) -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        loop.call_soon_threadsafe(how, *told)


def _finish(done: asyncio.Future[Result], result: Result) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Result], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


class Lane:
    """Threads for one class of work. Visitors take turns; to be used by one event loop only."""

    def __init__(self, name: str, threads: int, queue: int) -> None:
        """Work on `threads` requests at once, and let `queue` wait."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room, self._queue = threads, queue
        self._running: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[_Turn]] = OrderedDict()

    async def run(self, visitor: Visitor, work: Callable[[], Result]) -> Result:
        """The result of `work`, when it is this visitor's turn; refused at once when too many wait."""
        await self._turn(visitor.name)
        try:
            if visitor.is_gone:
                raise Abandoned("Nobody waits for this answer any more.")
            return await in_thread(self._threads, work)
        finally:
            self._running[visitor.name] -= 1
            if not self._running[visitor.name]:
                del self._running[visitor.name]
            self._go_on()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def running(self) -> int:
        """How many are worked on."""
        return self._running.total()

    async def _turn(self, visitor: str) -> None:
        if self._may_run(visitor):
            self._running[visitor] += 1
            return
        self._make_room(visitor)
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(visitor, deque()).append(turn)
        await turn

    def _may_run(self, visitor: str) -> bool:
        return self.running < self._room and self._running[visitor] < max(1, int(self._room * SHARE))

    def _make_room(self, visitor: str) -> None:
        """Refuse whoever has the most waiting when the queue is full: a newcomer is not to pay for a crowd."""
        if len(self._waiting.get(visitor, ())) >= max(1, int(self._queue * SHARE)):
            raise TooManyRequests(
                "You have too many requests under way; try again soon.", retry_after=AGAIN_SECONDS
            )
        if self.waiting < self._queue:
            return
        crowd = max(self._waiting, key=lambda name: len(self._waiting[name]), default=visitor)
        refusal = Unavailable(
            "Too much is asked for at this moment; try again soon.", retry_after=AGAIN_SECONDS
        )
        if len(self._waiting.get(crowd, ())) <= len(self._waiting.get(visitor, ())) + 1:
            raise refusal
        self._waiting[crowd].pop().set_exception(refusal)

    def _go_on(self) -> None:
        """Let the next ones run, one of each visitor in turn."""
        for visitor in list(self._waiting):
            if self.running >= self._room:
                return
            if not self._may_run(visitor):
                continue
            turns = self._waiting.pop(visitor)
            self._running[visitor] += 1
            turns.popleft().set_result(None)
            if turns:
                self._waiting[visitor] = turns  # at the end: the others come first
