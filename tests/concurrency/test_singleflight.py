"""Single flight within a process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from picturerail.concurrency.file_locks import FileLocks
from picturerail.concurrency.singleflight import SingleFlight
from picturerail.errors import Abandoned, NotFound, Unavailable


def test_many_who_come_together_share_one_result() -> None:
    flights, calls, all_there = SingleFlight(), [], threading.Event()

    def work() -> int:
        calls.append(1)
        all_there.wait(5)
        return 42

    with ThreadPoolExecutor(32) as pool:
        waiting = [pool.submit(flights.join, "key", work, 5) for _ in range(32)]
        time.sleep(0.2)
        all_there.set()
        assert [one.result() for one in waiting] == [42] * 32
    assert len(calls) == 1


def test_who_comes_later_works_again() -> None:
    flights, results = SingleFlight(), iter([1, 2])
    assert [flights.join("key", lambda: next(results), 5) for _ in range(2)] == [1, 2]


def test_different_keys_do_not_wait_for_each_other() -> None:
    flights = SingleFlight()
    assert flights.join("one", lambda: flights.join("two", lambda: 3, 1), 1) == 3


def test_an_error_reaches_everybody_and_is_not_kept() -> None:
    flights, failing = SingleFlight(), threading.Event()

    def work() -> int:
        failing.wait(5)
        raise NotFound("It went.")

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(flights.join, "key", work, 5) for _ in range(4)]
        time.sleep(0.1)
        failing.set()
        assert all(isinstance(one.exception(), NotFound) for one in waiting)
    assert flights.join("key", lambda: 7, 1) == 7


def test_patience_ends_with_unavailable() -> None:
    flights, ending = SingleFlight(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(flights.join, "key", lambda: ending.wait(5), 5)
        time.sleep(0.1)
        with pytest.raises(Unavailable):
            flights.join("key", lambda: True, 0.05)
        ending.set()
        assert leader.result() is True


def test_what_the_first_gives_up_the_next_takes_over() -> None:
    flights, calls, waiting = SingleFlight(), [], threading.Event()

    def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            waiting.wait(5)
            raise Abandoned("Nobody waits for it.")
        return 42

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(flights.join, "key", work, 5) for _ in range(3)]
        time.sleep(0.1)
        waiting.set()
        results = [one.exception() or one.result() for one in asked]
    assert sum(isinstance(each, Abandoned) for each in results) == 1
    assert results.count(42) == 2


def test_locks_keep_work_single_over_processes(tmp_path: Path) -> None:
    """Two that know nothing of each other, as in two processes, over one folder of locks."""
    one, other = (SingleFlight(FileLocks(tmp_path)) for _ in range(2))
    inside: list[int] = []
    together: list[int] = []

    def work() -> None:
        inside.append(1)
        time.sleep(0.1)
        together.append(len(inside))
        inside.pop()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(each.join, "key", work, 5) for each in (one, other)]:
            done.result()
    assert together == [1, 1]
