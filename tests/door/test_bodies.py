"""Bodies of middle size lie in memory where there is room for all of them; there is nothing else that they may fill."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from picturerail.door.bodies import MAX_MIDDLE, SMALL, Body, Holdings, Spool
from picturerail.door.head import Head


class _Silent:
    """One who sends nothing."""

    def __aiter__(self) -> Any:
        return self


def body_of(length: int | None, visitor: str = "one") -> Body:
    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    head = Head("POST", "/", "", headers, "http", "1.1", "s:1", "c", visitor, is_proxied=False)
    spool = Spool(Path("/nowhere"), ThreadPoolExecutor(1), lambda _: None)
    transport: Any = _Silent()
    return Body(transport, head, spool, 30)


@pytest.mark.parametrize(
    ("length", "is_middle"),
    [
        (None, False),
        (0, False),
        (SMALL, False),
        (SMALL + 1, True),
        (MAX_MIDDLE, True),
        (MAX_MIDDLE + 1, False),
    ],
)
def test_only_a_body_that_says_it_is_of_middle_size_has_its_room_set_aside(
    length: int | None, is_middle: bool
) -> None:
    holdings = Holdings(MAX_MIDDLE, MAX_MIDDLE)
    assert body_of(length).reserve(holdings) is is_middle
    assert holdings.total == (length if is_middle else 0)


def test_room_is_set_aside_for_as_much_as_will_come_and_no_visitor_has_all_of_it() -> None:
    holdings = Holdings(2 * MAX_MIDDLE, MAX_MIDDLE)
    first, second = body_of(MAX_MIDDLE), body_of(SMALL + 1)
    assert first.reserve(holdings)
    assert not second.reserve(holdings), "it is his second one"
    assert body_of(MAX_MIDDLE, "two").reserve(holdings)
    assert not body_of(SMALL + 1, "three").reserve(holdings), "all is taken"
    first.close()
    assert second.reserve(holdings)
    assert holdings.total == MAX_MIDDLE + SMALL + 1
