"""Who goes on asking for what he is refused waits while there is a flood; nobody else does, and nobody in peace."""

import asyncio
import time
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from picturerail.door import tarpit
from picturerail.door.answers import Answer
from picturerail.door.tarpit import EASE, MAX_BURST, MAX_FLOOD, MAX_FREE, MAX_KNOWN, MAX_WAIT, RATE, Tarpit
from picturerail.errors import Abandoned, TooManyRequests
from picturerail.visitors import Visitor
from tests.door.house import House
from tests.raw import connect, exchange, get


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def flooded(clock: Clock) -> Tarpit:
    """A pit amid a flood of visitors who are refused once each, and of "crowd", who comes back and back."""
    pit = Tarpit(clock)
    for number in range(MAX_FLOOD):
        pit.note(f"{number}")
        pit.note("crowd")
    return pit


def test_in_peace_nobody_waits_however_often_he_is_refused() -> None:
    clock = Clock()
    pit = Tarpit(clock)
    for _ in range(1000):
        pit.note("gallery with broken pictures")
        clock.now += 1.1 / RATE
    assert pit.seconds("gallery with broken pictures") == 0


def test_a_page_with_many_broken_pictures_is_no_flood() -> None:
    pit = Tarpit(Clock())
    for _ in range(MAX_BURST - 1):
        pit.note("browser with one connection for all of them")
    assert pit.seconds("browser with one connection for all of them") == 0


def test_amid_a_flood_only_those_wait_who_are_refused_again_and_again() -> None:
    pit = flooded(Clock())
    assert pit.seconds("crowd") == MAX_WAIT
    assert pit.seconds("good visitor") == 0
    for _ in range(MAX_FREE):
        pit.note("good visitor")
    assert pit.seconds("good visitor") == 0
    pit.note("good visitor")
    assert pit.seconds("good visitor") == pytest.approx(1 / EASE)


def test_a_flood_ends_and_what_was_refused_is_forgiven() -> None:
    clock = Clock()
    pit = flooded(clock)
    clock.now += (MAX_FLOOD - MAX_BURST) / RATE - 0.1
    assert pit.seconds("crowd") > 0
    clock.now += 0.2
    assert pit.seconds("crowd") == 0
    clock.now += 20
    for number in range(MAX_FLOOD):
        pit.note(f"another {number}")
    assert pit.seconds("crowd") == 0


def test_what_is_remembered_is_bounded() -> None:
    pit = flooded(Clock())
    for number in range(MAX_KNOWN):
        pit.note(f"network {number}")
    assert pit.seconds("crowd") == 0


@pytest.mark.parametrize(
    ("status", "waits"), [(200, False), (304, False), (404, True), (429, True), (503, True)]
)
def test_refusals_are_remembered_by_their_status(status: int, *, waits: bool) -> None:
    pit = flooded(Clock())

    async def work(_: Visitor) -> Answer:
        return Answer(status)

    for _ in range(MAX_FREE + 1):
        asyncio.run(pit.noted(work, Visitor("somebody")))
    assert (pit.seconds("somebody") > 0) is waits


def test_so_are_those_without_an_answer_and_those_that_nobody_waits_for() -> None:
    pit = flooded(Clock())

    async def refuse(_: Visitor) -> Answer:
        raise TooManyRequests("no")

    async def leave(visitor: Visitor) -> Answer:
        visitor.leave()
        return Answer(200)

    for _ in range(MAX_FREE + 1):
        with pytest.raises(TooManyRequests):
            asyncio.run(pit.noted(refuse, Visitor("refused")))
        asyncio.run(pit.noted(leave, Visitor("gone")))
    assert min(pit.seconds("refused"), pit.seconds("gone")) > 0


def test_who_hangs_up_while_he_waits_gets_no_work() -> None:
    pit, visitor = flooded(Clock()), Visitor("crowd")

    async def hang_up() -> None:
        asyncio.get_running_loop().call_later(0.1, visitor.leave)
        await pit.wait(visitor)

    begun = time.monotonic()
    with pytest.raises(Abandoned):
        asyncio.run(hang_up())
    assert time.monotonic() - begun < MAX_WAIT / 2


def test_who_waits_is_answered_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarpit, "MAX_WAIT", 0.3)
    pit = flooded(Clock())
    begun = time.monotonic()
    asyncio.run(pit.wait(Visitor("crowd")))
    assert time.monotonic() - begun >= 0.3


def test_a_flood_through_the_door_is_held_and_others_are_not(house: House) -> None:
    with ExitStack() as stack:
        for number in range(MAX_BURST + 50):
            flood = stack.enter_context(connect(house.port))
            flood.sendall(get(f"/slow/missing/{number}?0"))
        held = stack.enter_context(connect(house.port, seconds=1))
        held.sendall(get("/slow/held?0"))
        with pytest.raises(TimeoutError):
            held.recv(1)
        assert exchange(house.port, [get("/info")], seconds=3).status == 200
    time.sleep(1)
    assert "/slow/held" not in house.called()
