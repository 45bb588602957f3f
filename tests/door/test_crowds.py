"""Thousands of connections that say nothing, or take nothing, cost no thread, little memory, and only for a while."""

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from picturerail.door.connections import Connections
from picturerail.door.readers import LOOK_SECONDS
from tests.door.house import PATIENCE, House
from tests.raw import connect, exchange, get, head
from tests.service import wait_until

MANY = 1500
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def descriptors() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))


@contextlib.contextmanager
def crowd(house: House, sent: bytes, *, many: int = MANY, buffer: int = 0) -> Iterator[list[socket.socket]]:
    """Connections on which only this much is sent."""
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(many):
            one = stack.enter_context(socket.socket())
            if buffer:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            one.connect(("127.0.0.1", house.port))
            if sent:
                one.sendall(sent)
            held.append(one)
        yield held


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended a connection on which something may lie unread."""
    connection.setblocking(False)
    try:
        while connection.recv(MEGABYTE):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /info HTTP/1.1\r\nHost: a\r\nX: ",
        head("POST", "/echo", "Content-Length: 1000") + b"beginning",
        head("POST", "/echo", "Content-Length: 9000000") + b"x" * 1000,
    ],
    ids=["silent", "half a head", "half a body", "a large body"],
)
def test_a_crowd_that_says_too_little_harms_nobody_and_is_gone_soon(house: House, sent: bytes) -> None:
    before, threads = house.resident(), house.threads()
    with crowd(house, sent) as held:
        answers = [exchange(house.port, [get(path)]) for path in ("/healthz", "/info") * 5]
        assert [answer.status for answer in answers] == [200] * 10
        assert max(answer.seconds for answer in answers) < PATIENCE
        assert house.resident() - before < MANY * 64 * 1024
        assert house.threads() - threads < 20
        wait_until(lambda: all(is_closed(one) for one in held), 5 * PATIENCE)


@pytest.mark.parametrize("what", ["file", "long"])
def test_slow_readers_cost_little_and_are_cut(house: House, tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_bytes(b"x" * 20 * MEGABYTE)
    path = f"/file?{tmp_path}/file" if what == "file" else "/long?300"
    before, many = house.resident(), 60
    with crowd(house, head("GET", path), many=many, buffer=4096) as held:
        time.sleep(1)
        assert exchange(house.port, [get("/info")]).status == 200
        assert house.resident() - before < many * MEGABYTE
        wait_until(lambda: house.connections() <= 1, 4 * PATIENCE + 4 * LOOK_SECONDS)
        assert all(is_closed(one) for one in held)


def test_a_reader_who_is_fast_enough_is_never_cut(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 8 * MEGABYTE)
    got = 0
    with connect(house.port) as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        reader.sendall(get(f"/file?{tmp_path}/file"))
        while block := reader.recv(600_000):
            got += len(block)
            time.sleep(0.3 if got < 7 * MEGABYTE else 0)
    assert got > 8 * MEGABYTE


def test_idle_connections_make_room_in_a_crowd() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.ExitStack() as stack:
        port = server.getsockname()[1]
        clients, ours = [], []
        for _ in range(10):
            clients.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            ours.append(stack.enter_context(server.accept()[0]))
        assert Connections(port, 100, 1).look(time.monotonic()) == 0
        clients[0].sendall(b"x")  # the only one that is not idle
        time.sleep(0.05)
        assert Connections(port, 10, 1).look(time.monotonic()) == 3
        assert sum(is_closed(one) for one in clients) == 3
        assert not is_closed(clients[0])
