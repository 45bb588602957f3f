"""Calls of the Admin API are counted over all processes, and hardly ever by a question for each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count

import pytest

from picturerail.database import Database
from picturerail.media.account.rate_limit import MAX_TAKEN, LimitReached, RateLimit

NOON = datetime(2026, 1, 31, 12, 20, tzinfo=UTC)
LARGE = 10_000


def counted(database: Database) -> int:
    return sum(each["count"] for each in database["admin_calls"].find())


def at_noon(database: Database, limit: int) -> RateLimit:
    return RateLimit(database, limit, lambda: NOON)


def is_answered(calls: RateLimit) -> bool:
    try:
        calls.spend().check()
    except LimitReached:
        return False
    return True


def test_what_is_left_is_told_call_by_call_though_the_database_is_rarely_asked(database: Database) -> None:
    calls, left, seen = at_noon(database, LARGE), [], set[int]()
    for _ in range(80):
        left.append(calls.spend().remaining)
        seen.add(counted(database))
    assert left == [LARGE - number for number in range(1, 81)]
    assert len(seen) < 8


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_neither_more_nor_fewer_calls_are_answered_than_the_limit_says(
    database: Database, processes: int
) -> None:
    limit = 450
    every = [at_noon(database, limit) for _ in range(processes)]
    answered = 0
    while now := sum(is_answered(each) for each in every):
        answered += now
    assert answered == limit


def test_threads_that_come_at_once_take_no_more_than_one_of_them_does(database: Database) -> None:
    calls, number = at_noon(database, LARGE), 200
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: calls.spend(), range(number)))
    assert number <= counted(database) < number + MAX_TAKEN


def test_what_a_thread_took_is_not_lost_to_one_that_comes_before_it_is_noted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, entered = at_noon(database, LARGE), count(1)
    lock = calls._lock

    class Lock:
        def __enter__(self) -> None:
            if next(entered) == 2:
                calls.spend()
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    calls.spend()
    monkeypatch.setattr(calls, "_lock", Lock())
    for _ in range(MAX_TAKEN):
        calls.spend()
    assert counted(database) == 1 + MAX_TAKEN + 1


def test_an_hour_begins_with_all_of_its_calls(database: Database) -> None:
    times = [NOON, NOON, NOON, NOON.replace(hour=13, minute=0), NOON.replace(hour=13, minute=1)]
    calls = RateLimit(database, LARGE, iter(times).__next__)
    told = [calls.spend() for _ in times]
    assert [each.remaining for each in told] == [LARGE - number for number in (1, 2, 3, 1, 2)]
    assert [each.reset.hour for each in told] == [13, 13, 13, 14, 14]
