"""HTTP/2: many answers wait on one connection, and in the web server when its other side opens no window for them."""

import socket
import struct
import time
from pathlib import Path

from picturerail.door.answer_budget import MAX_FREE, AnswerBudget
from picturerail.settings import MEGABYTE
from tests.door.house import House
from tests.raw import exchange, get

DATA, HEADERS, SETTINGS = 0, 1, 4
ENDS, END_HEADERS, WINDOW = 1, 4, 4
STREAMS = 100
ONE = "192.0.2.1:1"


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    """A frame of RFC 9113."""
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def request(stream: int, path: str) -> bytes:
    """A GET, in RFC 7541's literals that enter no table."""
    block = b"\x82\x86\x04" + bytes([len(path)]) + path.encode() + b"\x01\x04here"
    return frame(HEADERS, ENDS | END_HEADERS, stream, block)


def opened(port: int, address: str, path: str, window: int) -> socket.socket:
    """A connection that has asked for `STREAMS` answers, each of which may send `window` bytes."""
    connection = socket.create_connection(("127.0.0.1", port), 10, source_address=(address, 0))
    settings = frame(SETTINGS, 0, 0, struct.pack(">HI", WINDOW, window))
    asked = b"".join(request(2 * number + 1, path) for number in range(STREAMS))
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + asked)
    return connection


def is_cut(connection: socket.socket) -> bool:
    """Whether its other side has ended it, when all that came is read."""
    connection.settimeout(0.05)
    try:
        while connection.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_what_waits_in_the_web_server_is_bounded_and_others_are_answered(tmp_path: Path) -> None:
    with House(tmp_path / "data", http="auto", PICTURERAIL_ANSWER_BYTES=str(16 * MEGABYTE)) as small:
        before, crowd = small.resident(), list[socket.socket]()
        for number in range(40):  # of 6 MB each
            crowd.append(opened(small.port, f"127.0.1.{1 + number}", "/stored/60000", 0))
            time.sleep(0.05)
        deadline, cut = time.monotonic() + 20, 0
        while cut < 25 and time.monotonic() < deadline:
            time.sleep(0.2)
            cut = sum(map(is_cut, crowd))
        assert cut >= 25
        assert small.resident() - before < 150 * MEGABYTE
        assert exchange(small.port, [get("/stored/60000")]).status == 200
        for each in crowd:
            each.close()


def test_who_takes_what_he_asked_for_stays(tmp_path: Path) -> None:
    with (
        House(tmp_path / "data", http="auto", PICTURERAIL_ANSWER_BYTES=str(16 * MEGABYTE)) as small,
        opened(small.port, "127.0.0.1", "/stored/600", 65_535) as one,
    ):
        time.sleep(3)
        assert not is_cut(one)


def test_answers_of_one_connection_add_up_until_they_are_taken() -> None:
    budget = AnswerBudget(16 * MEGABYTE)
    for _ in range(10):
        assert budget.add(ONE, MEGABYTE // 2, 600_000)
    assert budget.total == 5 * MEGABYTE
    assert budget.owes(ONE, 5_999_999)
    assert not budget.owes(ONE, 6_000_000)
    budget.keep({ONE}, time.monotonic() + 1, {ONE})
    assert budget.total == 5 * MEGABYTE
    budget.keep((), time.monotonic() + 1, {ONE})
    assert budget.total == 0
    assert budget.owes(ONE, 5_999_999), "the sums are those of the connection's whole life"
    budget.keep((), time.monotonic() + 1, ())
    assert not budget.owes(ONE, 0)


def test_a_large_answer_waits_for_room_and_a_small_one_does_not() -> None:
    budget = AnswerBudget(16 * MEGABYTE)
    taken = [budget.add(ONE, MEGABYTE, MEGABYTE) for _ in range(20)]
    assert taken == [True] * 8 + [False] * 12
    assert budget.total == 8 * MEGABYTE, "a refused answer leaves what is there"
    assert all(budget.add(ONE, MAX_FREE, MAX_FREE) for _ in range(100))
    assert budget.pressed.is_set()
