"""Long bodies that come by a proxy, and that nobody needs: a proxy sends all of one before it looks for the answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from picturerail.door import bodies
from picturerail.door.bodies import Body
from tests.door.house import House
from tests.raw import connect, head

LONG = 20_000_000


def test_a_refusal_reaches_a_proxy_that_is_still_sending(tmp_path: Path) -> None:
    with House(tmp_path / "data", PICTURERAIL_TRUSTED_PROXIES="127.0.0.1") as house:
        for _ in range(3):
            with connect(house.port) as connection:
                connection.sendall(head("POST", "/refuse", f"Content-Length: {LONG}", "Connection: close"))
                connection.sendall(bytes(LONG))  # a connection that is reset would refuse it
                answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            assert answer.startswith(b"HTTP/1.1 401 ")
            assert answer.endswith(b"no\n")


def test_a_body_without_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        taken = 0

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                self.taken += 1
                yield bytes(1000)

    monkeypatch.setattr(bodies, "MAX_DISCARDED", 10_000)
    sent = Endless()
    asyncio.run(Body(sent, Mock(has_body=True), Mock(), 1).discard())  # type: ignore[arg-type]
    assert sent.taken == 10


def test_a_body_that_stands_still_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    class Still:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            await asyncio.sleep(3600)
            yield b""

    monkeypatch.setattr(bodies, "DISCARD_SECONDS", 0.05)
    asyncio.run(asyncio.wait_for(Body(Still(), Mock(has_body=True), Mock(), 1).discard(), 10))  # type: ignore[arg-type]
