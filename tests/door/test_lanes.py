"""Classes of work cannot starve each other, and within one, no visitor can starve the others."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest

from picturerail.door.coalescing import Coalescing
from picturerail.door.door import WATCHED_AFTER
from picturerail.door.lanes import SHARE, Lane, in_thread
from picturerail.errors import TooManyRequests, Unavailable
from picturerail.visitors import Visitor
from tests.door.house import THREADS, House
from tests.raw import connect, exchange, get
from tests.service import wait_until

ROOM, QUEUE = 4, 8


def test_a_lane_whose_threads_are_all_taken_keeps_nobody_else_waiting(house: House) -> None:
    with ThreadPoolExecutor(3 * THREADS) as visitors:
        slow = [visitors.submit(exchange, house.port, [get(f"/slow/{n}?2")]) for n in range(3 * THREADS)]
        time.sleep(0.5)
        quick = [exchange(house.port, [get(path)]) for path in ("/info", "/healthz", "/info")]
        statuses = [one.result().status for one in slow]
    assert [answer.status for answer in quick] == [200] * 3
    assert max(answer.seconds for answer in quick) < min(
        one.result().seconds for one in slow if one.result().status == 200
    )
    assert {200, 429} == set(statuses)


def test_who_is_refused_is_refused_at_once_and_told_when_to_come_back(house: House) -> None:
    with ThreadPoolExecutor(4 * THREADS) as visitors:
        asked = [visitors.submit(exchange, house.port, [get(f"/slow/{n}?1.5")]) for n in range(4 * THREADS)]
        answers = [one.result() for one in asked]
    refused = [answer for answer in answers if answer.status in (429, 503)]
    served = [answer for answer in answers if answer.status == 200]
    assert refused
    assert max(answer.seconds for answer in refused) < min(answer.seconds for answer in served)
    assert all("retry-after: " in answer.head for answer in refused)


class Work:
    """Work that goes on until it is let go, and remembers its order."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.go_on = threading.Event()

    def __call__(self, name: str) -> str:
        self.began.append(name)
        assert self.go_on.wait(10)
        return name


async def crowd(lane: Lane, work: Work, names: list[str]) -> list[asyncio.Task[str]]:
    """Tasks of visitors, who have come in this order."""
    tasks = [asyncio.create_task(lane.run(Visitor(name), lambda name=name: work(name))) for name in names]  # type: ignore[misc]
    await asyncio.sleep(0.1)
    return tasks


def apart(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a loop in a thread of its own: tests in a browser may have left one in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(run())).result()


def test_one_visitor_never_has_all_threads() -> None:
    async def run() -> None:
        lane, work = Lane("test", ROOM, QUEUE), Work()
        tasks = await crowd(lane, work, ["a"] * (ROOM + 2) + ["b"])
        assert work.began == ["a"] * int(ROOM * SHARE) + ["b"]
        work.go_on.set()
        assert await asyncio.gather(*tasks) == ["a"] * (ROOM + 2) + ["b"]
        assert (lane.running, lane.waiting) == (0, 0)

    apart(run)


def test_those_who_wait_take_turns() -> None:
    async def run() -> None:
        lane, work = Lane("test", 1, QUEUE), Work()
        tasks = await crowd(lane, work, ["a", "a", "a", "a", "b", "b", "c"])
        work.go_on.set()
        await asyncio.gather(*tasks)
        assert work.began == ["a", "a", "b", "c", "a", "b", "a"]

    apart(run)


def test_a_crowd_gives_way_to_newcomers_when_the_queue_is_full() -> None:
    async def run() -> None:
        lane, work = Lane("test", 1, QUEUE), Work()
        tasks = await crowd(lane, work, ["x", *["a"] * 6, "b", "b"])
        late = await crowd(lane, work, ["c"])
        assert lane.waiting == QUEUE
        work.go_on.set()
        answers = await asyncio.gather(*tasks, *late, return_exceptions=True)
        assert [type(answer) for answer in answers].count(Unavailable) == 1
        assert isinstance(answers[6], Unavailable)
        assert answers[-1] == "c"

    apart(run)


def test_one_visitor_cannot_fill_the_queue() -> None:
    async def run() -> None:
        lane, work = Lane("test", 1, QUEUE), Work()
        tasks = await crowd(lane, work, ["a"] * (QUEUE + 1))
        refused = [task for task in tasks if task.done()]
        assert len(refused) == QUEUE + 1 - 1 - int(QUEUE * SHARE)
        assert all(isinstance(task.exception(), TooManyRequests) for task in refused)
        work.go_on.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    apart(run)


@pytest.mark.parametrize("seconds", [0, 3 * WATCHED_AFTER])
def test_work_hears_of_a_visitor_who_hangs_up_however_soon(house: House, seconds: float) -> None:
    path = f"/slow/until/left/{seconds}"
    with connect(house.port) as connection:
        connection.sendall(get(path))
        wait_until(lambda: path in house.called())
        time.sleep(seconds)
    wait_until(lambda: house.called()[house.called().index(path) :].count("left") == 1)


@pytest.mark.parametrize("crowd_size", [20, 200])
def test_a_crowd_for_what_is_not_there_costs_one_call(house: House, crowd_size: int) -> None:
    # all are there long before its end
    path, seconds = f"/slow/one/missing/{crowd_size}", max(2, crowd_size / 40)
    with ThreadPoolExecutor(crowd_size) as visitors:
        asked = [visitors.submit(exchange, house.port, [get(f"{path}?{seconds}")]) for _ in range(crowd_size)]
        answers = [one.result() for one in asked]
    assert [answer.status for answer in answers] == [404] * crowd_size
    assert house.called().count(path) == 1
    assert max(answer.seconds for answer in answers) < 2 * min(answer.seconds for answer in answers)


def test_the_failure_of_the_first_is_not_the_others() -> None:
    async def run() -> None:
        crowds, calls = Coalescing(10), 0

        async def lead(_: Visitor) -> None:
            nonlocal calls
            calls += 1
            await asyncio.sleep(0.1)
            raise RuntimeError

        async def found() -> None:
            return None

        asked = [crowds.join(("a", ""), Visitor("v"), lead, found) for _ in range(3)]  # type: ignore[arg-type]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [RuntimeError] * 3
        assert calls == 3

    apart(run)


def test_a_thread_hands_its_result_or_its_error_to_the_loop_without_a_second_future() -> None:
    async def run() -> None:
        lane = Lane("test", ROOM, QUEUE)
        with patch("asyncio.futures.wrap_future", side_effect=AssertionError):
            assert await lane.run(Visitor("a"), lambda: "done") == "done"
            with pytest.raises(Unavailable, match="later"):
                await lane.run(Visitor("a"), lambda: refuse(Unavailable("later")))
        assert lane.running == 0

    apart(run)


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    async def run() -> None:
        threads, go_on, begun = ThreadPoolExecutor(1), threading.Event(), []
        first = asyncio.create_task(in_thread(threads, go_on.wait))
        late = asyncio.create_task(in_thread(threads, lambda: begun.append("late")))
        await asyncio.sleep(0.1)
        late.cancel()
        go_on.set()
        assert await first
        assert await in_thread(threads, lambda: "after") == "after"
        assert not begun

    apart(run)


def refuse(error: Exception) -> str:
    raise error
