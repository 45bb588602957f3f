"""Thousands of connections that say nothing, or take nothing, cost no thread, little memory, and only for a while."""

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from picturerail.door.answer_budget import AnswerBudget
from picturerail.door.answers import FILE_BYTES
from picturerail.door.connections import MAX_UNSENT, Connections
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


def slow_reader(stack: contextlib.ExitStack, port: int, address: str, path: str) -> int:
    """The status of an answer of which nothing more is taken."""
    one = stack.enter_context(socket.socket())
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.bind((address, 0))
    one.connect(("127.0.0.1", port))
    one.sendall(head("GET", path))
    return int(one.recv(12).split()[1])


def test_answers_to_a_crowd_hold_no_more_than_is_set_and_who_comes_next_gets_his(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 20 * MEGABYTE)
    path, most, addresses = f"/file?{tmp_path}/file", 32 * MEGABYTE, 40
    with (
        House(tmp_path / "data", PICTURERAIL_ANSWER_BYTES=str(most)) as small,
        contextlib.ExitStack() as stack,
    ):
        assert slow_reader(stack, small.port, "127.0.2.1", "/file?/dev/null") == 200
        time.sleep(1.2)  # the first look was taken
        before, statuses = small.resident(), list[int]()
        for number in range(5 * addresses):
            address = f"127.0.1.{1 + number % addresses}"
            statuses.append(slow_reader(stack, small.port, address, path))
        assert set(statuses) <= {200, 503}
        assert statuses[:addresses] == [200] * addresses, "each visitor gets one"
        held = most // FILE_BYTES
        assert small.connections() <= held + 2, "the slowest went for those who came"
        assert small.resident() - before < 1.5 * most
        assert small.queued() < held * 2 * MAX_UNSENT
        assert len(exchange(small.port, [get(path)]).body) == 20 * MEGABYTE
        assert slow_reader(stack, small.port, "127.0.3.1", "/long?300") in (200, 503)
        assert exchange(small.port, [get("/info")]).status == 200


def test_who_takes_what_he_asks_for_is_not_refused_for_it_before_anybody_has_looked(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    with House(tmp_path / "data", PICTURERAIL_ANSWER_BYTES=str(16 * MEGABYTE)) as small:
        path = f"/file?{tmp_path}/file"
        assert {exchange(small.port, [get(path)]).status for _ in range(120)} == {200}


def test_a_reader_who_is_fast_enough_is_never_cut(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 8 * MEGABYTE)
    got, slow_until = 0, time.monotonic() + 2 * (PATIENCE + LOOK_SECONDS)
    with connect(house.port) as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        reader.sendall(get(f"/file?{tmp_path}/file"))
        while block := reader.recv(600_000):
            got += len(block)
            time.sleep(0.3 if time.monotonic() < slow_until else 0)
    assert got > 8 * MEGABYTE


def test_idle_connections_make_room_in_a_crowd() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.ExitStack() as stack:
        port = server.getsockname()[1]
        clients, ours = [], []
        for _ in range(10):
            clients.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            ours.append(stack.enter_context(server.accept()[0]))
        assert Connections(port, 100, 1, AnswerBudget(MEGABYTE)).look(time.monotonic()) == 0
        clients[0].sendall(b"x")  # the only one that is not idle
        time.sleep(0.05)
        assert Connections(port, 10, 1, AnswerBudget(MEGABYTE)).look(time.monotonic()) == 3
        assert sum(is_closed(one) for one in clients) == 3
        assert not is_closed(clients[0])
