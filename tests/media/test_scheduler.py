"""Whose picture is made next: the cheap before the dear, the known before the unknown, and nobody has all of it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from picturerail.errors import Abandoned, TooManyRequests, Unavailable
from picturerail.media import scheduler
from picturerail.media.scheduler import DEAR, READY, SMALL, RenderJob, Scheduler
from picturerail.visitors import OURSELVES, Visitor

QUEUE = 8


class NoLocks:
    """Nobody else works on this machine."""

    @contextmanager
    def hold(self, key: str, seconds: float) -> Iterator[None]:
        del key, seconds
        yield


class Kitchen:
    """Jobs that go on until they are let go; in which order they began, and how many at once."""

    def __init__(self, places: int = 1, patience: float = 10) -> None:
        self.scheduler = Scheduler(places, QUEUE, NoLocks(), patience)
        self.began: list[str] = []
        self.go_on = threading.Event()
        self._threads = ThreadPoolExecutor(50)

    def order(self, name: str, job: RenderJob) -> Future[None]:
        """A job whose thread has come to the scheduler."""

        def work() -> None:
            with self.scheduler.turn(job):
                self.began.append(name)
                assert self.go_on.wait(10)

        before = self._state()
        ordered = self._threads.submit(work)
        until = time.monotonic() + 0.3
        while not ordered.done() and self._state() == before and time.monotonic() < until:
            time.sleep(0.01)
        return ordered

    def _state(self) -> tuple[int, int]:
        return len(self.began), self.scheduler.waiting

    def finish(self, *ordered: Future[None]) -> list[type | None]:
        """What became of each."""
        self.go_on.set()
        return [type(error) if (error := one.exception(10)) else None for one in ordered]


def job(visitor: str = "a", cost: float = 0.1, asset: str = "x", **more: Any) -> RenderJob:
    return RenderJob(Visitor(visitor), asset, cost, **more)


def test_the_cheap_goes_before_the_dear_and_the_known_before_the_unknown() -> None:
    kitchen = Kitchen()
    ordered = [kitchen.order("first", job("z"))]
    ordered += [kitchen.order("dear", job("a", 5.0)), kitchen.order("cheap", job("b", 0.2))]
    ordered += [
        kitchen.order("cheapest", job("c", 0.1)),
        kitchen.order("signed", job("d", 0.9, preferred=True)),
    ]
    assert kitchen.finish(*ordered) == [None] * 5
    assert kitchen.began == ["first", "signed", "cheapest", "cheap", "dear"]


def test_who_has_had_much_waits_for_those_who_had_little() -> None:
    kitchen = Kitchen()
    spent = kitchen.order("much", job("a", 0.9))
    kitchen.go_on.set()
    spent.result(10)
    kitchen.go_on.clear()
    ordered = [kitchen.order("busy", job("z"))]
    ordered += [kitchen.order("a", job("a", 0.1)), kitchen.order("b", job("b", 0.5))]
    assert kitchen.finish(*ordered) == [None] * 3
    assert kitchen.began == ["much", "busy", "b", "a"]


def test_dear_work_never_has_all_places() -> None:
    kitchen = Kitchen(places=3)
    ordered = [kitchen.order(f"dear {n}", job(str(n), DEAR, str(n))) for n in range(3)]
    ordered += [kitchen.order("cheap", job("b"))]
    assert kitchen.began == ["dear 0", "cheap"]
    assert kitchen.finish(*ordered) == [None] * 4


def test_one_visitor_has_the_whole_queue_while_nobody_else_comes_and_gives_it_back_to_whoever_does() -> None:
    kitchen = Kitchen()
    first = kitchen.order("first", job("z"))
    crowd = [kitchen.order(f"a{n}", job("a", 0.1 + n / 1000)) for n in range(QUEUE)]
    assert not any(one.done() for one in crowd)
    assert isinstance(kitchen.order("one more", job("a", 0.2)).exception(2), TooManyRequests)
    others = [kitchen.order(f"b{n}", job("b", 0.9)) for n in range(QUEUE // 2)]
    assert [one.done() for one in crowd] == [n >= QUEUE // 2 for n in range(QUEUE)]
    assert isinstance(kitchen.order("too many", job("c", 0.95)).exception(2), TooManyRequests)
    assert kitchen.finish(first, *crowd[: QUEUE // 2], *others) == [None] * (QUEUE + 1)


def test_small_ones_stand_ready_behind_those_that_are_made() -> None:
    kitchen = Kitchen()
    ordered = [kitchen.order("first", job("a"))]
    ordered += [kitchen.order("second", job("a"))]
    ordered += [kitchen.order(f"small {n}", job("a", SMALL)) for n in range(READY + 1)]
    assert kitchen.began == ["first", *(f"small {n}" for n in range(READY))]
    assert kitchen.finish(*ordered) == [None] * (READY + 3)


@pytest.mark.parametrize("alike", ["visitor", "asset"])
def test_one_visitor_or_asset_has_half_the_queue_and_the_rest_is_refused_at_once(alike: str) -> None:
    kitchen = Kitchen()
    first = kitchen.order("first", job("z", 9.0, "z"))
    jobs = [
        job("a" if alike == "visitor" else str(n), 5.0, "x" if alike == "asset" else str(n))
        for n in range(20)
    ]
    ordered = [kitchen.order(str(n), one) for n, one in enumerate(jobs)]
    refused = [one for one in ordered if one.done()]
    assert len(refused) == 20 - QUEUE // 2
    assert all(isinstance(one.exception(), TooManyRequests) for one in refused)
    other = kitchen.order("other", job("b", 6.0, "y"))
    assert kitchen.finish(first, other) == [None, None]


def test_a_newcomer_with_cheap_work_takes_the_place_of_the_dearest_in_a_full_queue() -> None:
    kitchen = Kitchen()
    first = kitchen.order("first", job("z", 0.1, "z"))
    dear = [kitchen.order(str(n), job(str(n), 2.0 + n, str(n))) for n in range(QUEUE)]
    cheap = kitchen.order("cheap", job("b", 0.1, "b"))
    assert dear[-1].done()
    assert kitchen.finish(first, cheap, *dear) == [None, None, *[None] * (QUEUE - 1), TooManyRequests]


def test_who_goes_waits_no_longer_and_his_work_is_not_begun() -> None:
    kitchen = Kitchen()
    first = kitchen.order("first", job("z"))
    gone = job("a")
    waiting = kitchen.order("gone", gone)
    gone.visitor.leave()
    assert isinstance(waiting.exception(2), Abandoned)
    late = kitchen.order("late", gone)
    assert isinstance(late.exception(2), Abandoned)
    assert kitchen.finish(first) == [None]
    assert kitchen.began == ["first"]


def test_nobody_waits_for_longer_than_he_is_patient() -> None:
    kitchen = Kitchen(patience=0.3)
    first = kitchen.order("first", job("z"))
    assert isinstance(kitchen.order("second", job("a")).exception(5), Unavailable)
    assert kitchen.finish(first) == [None]


def test_our_own_work_has_no_share() -> None:
    kitchen = Kitchen()
    first = kitchen.order("first", job("z"))
    ordered = [kitchen.order("ours", RenderJob(OURSELVES, str(n), 0.1)) for n in range(QUEUE)]
    assert not any(one.done() for one in ordered)
    assert kitchen.finish(first, *ordered) == [None] * (1 + QUEUE)


def test_what_nobody_waits_for_waits_until_all_others_are_done() -> None:
    kitchen = Kitchen(places=2, patience=0.2)
    kitchen.scheduler.expect_idle()
    ordered = kitchen.order("somebody's", job())
    with pytest.raises(Unavailable):
        kitchen.scheduler.expect_idle()
    assert kitchen.finish(ordered) == [None]
    kitchen.scheduler.expect_idle()


def test_uploads_are_noted_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Kitchen().scheduler
    assert made.is_quiet
    made.note_arrival()
    assert not made.is_quiet
    monkeypatch.setattr(scheduler, "QUIET_SECONDS", 0.0)
    time.sleep(0.01)
    assert made.is_quiet
