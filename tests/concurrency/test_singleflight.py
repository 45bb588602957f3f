"""Single flight within a process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from picturerail.concurrency.singleflight import SingleFlight
from picturerail.errors import NotFound, Unavailable


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
