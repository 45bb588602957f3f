"""What HTTP allows goes through the door unharmed; what it does not allow is refused there."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from picturerail.door import bodies
from tests.door.house import PATIENCE, House
from tests.raw import connect, exchange, get, head
from tests.service import wait_until


def info(house: House, *headers: str, path: str = "/info") -> dict[str, str]:
    answer = exchange(house.port, [get(path, *headers)])
    return dict(
        line.partition("=")[::2] for line in answer.body.decode("latin-1").splitlines() if "=" in line
    )


def test_the_environment_is_the_one_of_wsgi(house: House) -> None:
    got = info(house, "X-One: a", "X-One: b", "Cookie: c=1", "Cookie: d=2", path="/info/%C3%A9%2Fx?a=%20b&c")
    assert got["PATH_INFO"].encode("latin-1").decode() == "/info/é/x"
    assert got["QUERY_STRING"] == "a=%20b&c"
    assert got["HTTP_X_ONE"] == "a,b"
    assert got["HTTP_COOKIE"] == "c=1; d=2"
    assert (got["REMOTE_ADDR"], got["SERVER_PORT"]) == ("127.0.0.1", str(house.port))
    assert "CONTENT_LENGTH" not in got


def test_what_is_in_memory_does_not_wait_for_the_event_loop(house: House, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with ThreadPoolExecutor(1) as visitors:
        waits = visitors.submit(exchange, house.port, [get(f"/blocked?{go}")])
        wait_until(tmp_path.joinpath("go.begun").exists)
        stored = [exchange(house.port, [get("/stored/picture")]) for _ in range(3)]
        assert not waits.done()
        go.touch()
        assert waits.result().body == b"at last"
    assert {(each.status, each.body) for each in stored} == {(200, b"here")}


def test_a_header_with_an_underscore_is_not_another_one(house: House) -> None:
    assert "HTTP_X_EDGE_SECRET" not in info(house, "X_Edge_Secret: mine")


def test_what_cannot_be_read_is_told_from_what_was_not_sent(house: House) -> None:
    got = info(house, "Cookie: picturerail=1; theme=d\u00fcster", "Authorization: Bearer \u00bbabc\u00ab")
    assert (got["HTTP_COOKIE"], got["HTTP_AUTHORIZATION"]) == ("", "")
    assert not {"HTTP_COOKIE", "HTTP_AUTHORIZATION"} & info(house).keys()


def test_the_web_server_is_not_named(house: House) -> None:
    answers = [exchange(house.port, [get(path)]) for path in ("/info", "/healthz", "/refuse", "/long?30")]
    assert all("granian" not in answer.head for answer in answers)


def test_the_web_server_repeats_no_request(house: House) -> None:
    answer = exchange(house.port, [head("TRACE", "/refuse", "X-Secret: mine", "Connection: close")])
    assert b"mine" not in answer.content


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /info HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET /info HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400),
        (b"GET /info HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        (b"GET /info HTTP/1.0\r\n\r\n", 200),
        (b"GET /info HTTP/1.0\r\nHost: a\r\n\r\n", 200),
        *(
            (b"GET /info HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n" % name, status)
            for name, status in [
                *(
                    (good, 200)
                    for good in (b"", b"a_b.c-d:80", b"127.0.0.1:80", b"[::1]", b"[::1]:80", b"a:")
                ),
                *((bad, 400) for bad in (b"a b", b"a@b", b"a/b", b"a:b", b"a,b", b'"a', b"[::1", b"a%0d")),
            ]
        ),
        (b"GET http://a/info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        (b"GET http://A:80/info HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n", 200),
        (b"GET http://b/info HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        (b"GET http://b/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        (head("GET", "/info", *[f"X-{number}: 1" for number in range(300)], "Connection: close"), 431),
        (b"GET /info HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 300_000 + b"\r\nConnection: close\r\n\r\n", 431),
    ],
)
def test_heads(house: House, request_head: bytes, status: int) -> None:
    assert exchange(house.port, [request_head]).status == status


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("length", [1, bodies.SMALL, bodies.SMALL + 1, 3_000_000])
def test_bodies_of_any_method_and_length_come_through(house: House, method: str, length: int) -> None:
    fields = (f"Content-Length: {length}", "Connection: close")
    answer = exchange(house.port, [head(method, "/echo", *fields), os.urandom(length)])
    assert (answer.status, f"x-bytes: {length}" in answer.head) == (200, True)
    assert f"x-length: {length}" in answer.head


@pytest.mark.parametrize("length", [2 * bodies.SMALL, bodies.MAX_MIDDLE])
def test_a_body_of_middle_size_is_read_whole_before_anybody_is_asked(house: House, length: int) -> None:
    before = len(house.called())
    fields = (f"Content-Length: {length}", "Connection: close")
    first, rest = bytes(bodies.SMALL + 1), bytes(length - bodies.SMALL - 1)
    answer = exchange(house.port, [head("POST", "/echo", *fields), first, 0.3, rest])
    assert f"x-bytes: {length}" in answer.head
    assert len(house.called()) == before + 1


@pytest.mark.parametrize("blocks", [1, 40])
def test_chunked_bodies_come_through(house: House, blocks: int) -> None:
    fields = ("Transfer-Encoding: chunked", "Connection: close")
    block = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    answer = exchange(house.port, [head("POST", "/echo", *fields), block * blocks, b"0\r\n\r\n"])
    assert f"x-bytes: {10_000 * blocks}" in answer.head
    assert f"x-length: {10_000 * blocks}" in answer.head


@pytest.mark.parametrize("fields", [("Content-Length: 50",), ("Transfer-Encoding: chunked",)])
@pytest.mark.parametrize("beginning", [b"5\r\nabcde\r\n", b"5\r\nab"])
def test_a_body_that_ends_too_early_is_never_taken_for_a_whole_one(
    house: House, fields: tuple[str], beginning: bytes
) -> None:
    before = len(house.called())
    with connect(house.port) as connection:
        connection.sendall(head("POST", "/echo/cut", *fields) + beginning)
        time.sleep(0.2)
    time.sleep(0.5)
    assert len(house.called()) == before


def test_who_waits_for_100_continue_gets_it_when_the_body_is_wanted_and_only_then(house: House) -> None:
    fields = ("Expect: 100-continue", "Content-Length: 3", "Connection: close")
    answer = exchange(house.port, [head("POST", "/echo", *fields), 0.3, b"abc"])
    assert answer.content.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.content.endswith(b"abc")


def test_connections_are_kept_for_more_requests(house: House) -> None:
    with connect(house.port) as connection:
        for number in range(3):
            connection.sendall(head("POST", "/echo", "Content-Length: 1") + str(number).encode())
            got = b""
            while not got.endswith(str(number).encode()):
                got += connection.recv(10_000)
            assert got.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("blocks", [1, 2, 3, 300])
def test_streams_come_whole(house: House, blocks: int) -> None:
    answer = exchange(house.port, [get(f"/long?{blocks}", "Accept-Encoding: identity")])
    sent = b"".join(bytes([number % 251]) * 100_000 for number in range(blocks))
    assert (_dechunked(answer.body) if "chunked" in answer.head else answer.body) == sent


@pytest.mark.parametrize("length", [10, 200_000, 5_000_000])
def test_files_come_whole(house: House, tmp_path: Path, length: int) -> None:
    (tmp_path / "file").write_bytes(content := os.urandom(length))
    assert exchange(house.port, [get(f"/file?{tmp_path}/file")]).body == content


def test_head_has_the_length_and_no_body(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 500_000)
    answer = exchange(house.port, [head("HEAD", f"/file?{tmp_path}/file", "Connection: close")])
    assert "content-length: 500000" in answer.head
    assert answer.body == b""


def test_a_stream_whose_reader_goes_is_closed(house: House) -> None:
    closed = house.called().count("closed")
    with connect(house.port) as connection:
        connection.sendall(get("/long?100000"))
        connection.recv(100_000)
    deadline = time.monotonic() + 10
    while house.called().count("closed") == closed:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_head_that_drips_is_cut(house: House) -> None:
    drips = [piece for letter in b"X-Long: " + b"x" * 40 for piece in (bytes([letter]), PATIENCE / 10)]
    answer = exchange(house.port, [b"GET /info HTTP/1.1\r\nHost: a\r\n", *drips], seconds=2 * PATIENCE)
    assert answer.closed
    assert answer.status in (0, 408)


def test_a_body_that_stops_is_answered_408(house: House) -> None:
    answer = exchange(house.port, [head("POST", "/echo", "Content-Length: 9"), b"ab"], seconds=4 * PATIENCE)
    assert (answer.status, answer.closed) == (408, True)


def test_a_body_that_drips_is_answered_408(house: House) -> None:
    drips = [piece for _ in range(40) for piece in (b"x", PATIENCE / 10)]
    answer = exchange(
        house.port, [head("POST", "/echo", "Content-Length: 90000"), *drips], seconds=2 * PATIENCE
    )
    assert (answer.status, answer.closed) == (408, True)


def _dechunked(body: bytes) -> bytes:
    whole, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        whole += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return whole
