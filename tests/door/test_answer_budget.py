"""How much answers may hold for those who have not taken them, and who goes when it is too much."""

import asyncio
import time

import pytest

from picturerail.door.answer_budget import FILLED, FRESH_SECONDS, UNKNOWN, AnswerBudget
from picturerail.door.door import Door
from picturerail.door.readers import LOOK_SECONDS
from picturerail.settings import load

MOST = 100 * UNKNOWN


def peer(visitor: int, number: int = 1) -> str:
    """A connection of a visitor."""
    return f"192.0.2.{visitor}:{number}"


def admitted(budget: AnswerBudget, visitor: int, wanted: int) -> int:
    """How many answers of a size a visitor gets who wants so many."""
    return sum(budget.admit(peer(visitor, number), UNKNOWN) for number in range(wanted))


def test_one_visitor_gets_half_and_the_next_one_still_gets_something() -> None:
    budget = AnswerBudget(MOST)
    assert admitted(budget, 1, 1000) == 50
    assert budget.pressed.is_set()
    assert admitted(budget, 2, 1) == 1


def test_however_many_want_all_they_can_get_it_is_never_more_than_set_and_the_next_one_gets_something() -> (
    None
):
    budget = AnswerBudget(MOST)
    for number in range(20):
        for visitor in range(30):
            budget.admit(peer(visitor, number), UNKNOWN)
    assert MOST * 0.9 < budget.total <= MOST
    assert admitted(budget, 200, 1) == 1


def test_the_network_of_an_ipv6_address_is_one_visitor_and_so_is_whoever_a_proxy_names() -> None:
    budget = AnswerBudget(MOST)
    assert sum(budget.admit(f"[2001:db8::{each}]:1", UNKNOWN) for each in range(1, 90)) == 50
    budget = AnswerBudget(MOST)
    assert sum(budget.admit(peer(1, each), UNKNOWN, f"198.51.100.{each}") for each in range(90)) == 90


def test_the_next_answer_on_a_connection_takes_the_place_of_the_last_one() -> None:
    budget = AnswerBudget(MOST)
    assert all(budget.admit(peer(1), UNKNOWN) for _ in range(1000))
    assert budget.total == UNKNOWN


def test_an_answer_larger_than_all_that_may_be_held_can_be_given() -> None:
    assert AnswerBudget(MOST).admit(peer(1), 10 * MOST)


def test_what_was_taken_is_forgotten_and_what_was_just_given_is_not() -> None:
    budget = AnswerBudget(MOST)
    admitted(budget, 1, 3)
    budget.keep((), time.monotonic())
    assert budget.total == 3 * UNKNOWN
    budget.keep({peer(1, 2)}, time.monotonic() + 2 * FRESH_SECONDS)
    assert budget.total == UNKNOWN


def test_who_holds_most_makes_room_first_and_of_his_the_slowest() -> None:
    budget = AnswerBudget(MOST)
    admitted(budget, 1, 50)
    for visitor in range(2, 42):
        admitted(budget, visitor, 1)
    greedy = {peer(1, number): float(number) for number in range(50)}
    others = {peer(visitor, 0): 0.0 for visitor in range(2, 42)}
    going = budget.excess(greedy | others)
    assert going == {peer(1, number) for number in range(90 - int(100 * FILLED))}


def test_nobody_goes_while_there_is_room_and_nobody_who_is_not_slow() -> None:
    budget = AnswerBudget(MOST)
    admitted(budget, 1, 50)
    assert not budget.excess({peer(1, number): 0.0 for number in range(50)})
    for visitor in range(2, 42):
        admitted(budget, visitor, 1)
    assert budget.excess({peer(2, 0): 0.0}) == {peer(2, 0)}


def test_who_was_not_counted_is_counted_when_he_is_slow() -> None:
    budget = AnswerBudget(MOST)
    slow = {peer(1, number): 0.0 for number in range(200)}
    assert len(budget.excess(slow)) == 125
    assert budget.total == 200 * UNKNOWN


def test_what_many_fill_with_large_answers_has_room_for_a_small_one() -> None:
    """Two hundred who each want the last megabyte of a budget of whole megabytes."""
    budget = AnswerBudget(128 * 1024 * 1024)
    taken = [budget.admit(f"127.0.1.{number}:1", 1024 * 1024) for number in range(1, 201)]
    assert True in taken
    assert False in taken
    assert budget.admit("127.0.0.1:1", 69_211)


def test_an_answer_without_room_waits_until_it_was_looked_who_has_taken_what_he_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited = list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    door = Door(load({}), lambda _: pytest.fail("nobody comes in"))
    room = door._admitted_soon("192.0.2.1", lambda: sum(waited) >= LOOK_SECONDS)
    assert asyncio.run(room)
    assert not asyncio.run(door._admitted_soon("192.0.2.1", lambda: False))
