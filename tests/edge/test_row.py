"""Several edges as one: the origin is asked once for the row, and the loss of one edge moves only its share."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from picturerail.edge.nginx import config
from tests.edge.client import get
from tests.edge.conftest import SITE, Running, start_edge
from tests.edge.origin import PNG, Answer, Origin, picture
from tests.ports import free_port

VISITORS = 1000
PATH = "/picturerail/image/upload/w_{}/v1/a.jpg"


def row_of(count: int, origin: Origin, folder: Path) -> list[Running]:
    inner = tuple(f"127.0.0.1:{free_port()}" for _ in range(count))
    return [
        start_edge(folder / str(n), origin.address, name=f"e{n}", inner=inner[n], row=inner)
        for n in range(count)
    ]


@pytest.fixture
def three(origin: Origin, tmp_path: Path) -> Iterator[list[Running]]:
    edges = row_of(3, origin, tmp_path)
    yield edges
    for edge in edges:
        edge.close()


async def _visit(edge: Running, path: str) -> bytes:
    host, _, port = edge.edge.listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


def test_a_thousand_first_requests_over_all_edges_ask_the_origin_once(
    three: list[Running], origin: Origin
) -> None:
    origin.answer = lambda asked: Answer(body=PNG + b"x" * 5000, delay=2)

    async def crowd() -> list[bytes]:
        return await asyncio.gather(*(_visit(three[n % 3], PATH.format(1)) for n in range(VISITORS)))

    # Playwright, where it ran before, leaves a running loop in our thread
    with ThreadPoolExecutor(1) as apart:
        answers = apart.submit(asyncio.run, crowd()).result()
    assert Counter(answer.split(b" ", 2)[1] for answer in answers) == {b"200": VISITORS}
    assert {answer.partition(b"\r\n\r\n")[2] for answer in answers} == {PNG + b"x" * 5000}
    assert len(origin.asked) == 1


def test_losing_an_edge_moves_its_share_only_and_fails_nothing(three: list[Running], origin: Origin) -> None:
    paths = [PATH.format(number) for number in range(1, 91)]
    before = {path: get(three[0], path)[1]["X-Edge"] for path in paths}
    shares = Counter(before.values())
    assert set(shares) == {"e0", "e1", "e2"}
    assert min(shares.values()) >= 10, "the pictures are spread"
    os.killpg(three[2].process.pid, signal.SIGKILL)
    three[2].process.wait()
    after = {path: get(three[n % 2], path) for n, path in enumerate(paths)}
    assert {answer[0] for answer in after.values()} == {200}
    moved = [path for path in paths if after[path][1]["X-Edge"] != before[path]]
    assert {before[path] for path in moved} == {"e2"}
    assert len(origin.asked) == len(paths) + shares["e2"]


def test_a_row_is_as_careful_as_one_edge(three: list[Running], origin: Origin) -> None:
    whole = get(three[0], PATH.format(7))[2]
    assert get(three[1], PATH.format(7), {"Range": "bytes=0-7"})[0::2] == (206, whole[:8])
    origin.answer = lambda asked: Answer(
        headers={"Content-Type": "image/png", "Cache-Control": "public, max-age=9", "ETag": '"e"'}
    )
    get(three[0], PATH.format(8))
    assert get(three[1], PATH.format(8), {"If-None-Match": '"e"'})[0] == 304
    origin.stop()
    status, headers, _ = get(three[0], PATH.format(9))
    assert (status, headers["Retry-After"]) == (503, "2")
    origin.start()
    origin.answer = picture


def test_the_origin_is_told_whose_work_it_is_through_any_edge_of_the_row(
    three: list[Running], origin: Origin
) -> None:
    """By address, so that a crowd of one visitor does not stand in the way of the others; never as one says oneself."""
    forged = {"X-Edge-Visitor": "192.0.2.1", "X-Edge-Client": "192.0.2.1"}
    origin.answer = lambda asked: Answer(headers={"Cache-Control": "no-store"}, body=b"x")
    for number, edge in enumerate(three):
        host, _, port = edge.edge.listen.rpartition(":")
        for path in (PATH.format(20 + number), "/gallery/", "/account/"):
            address = f"127.0.0.{10 + number}"
            connection = HTTPConnection(host, int(port), timeout=10, source_address=(address, 0))
            connection.request("GET", path, headers={"Host": SITE} | forged)
            connection.getresponse().read()
            heard = origin.asked[-1].headers
            assert heard.get("x-edge-visitor", heard.get("x-edge-client")) == address, path
            connection.close()
    origin.answer = picture


def test_an_edge_whose_row_does_not_answer_serves_by_itself(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All inner doors are shut, its own too, as when a machine stalls for longer than a connection may take."""
    inner, *shut = (f"127.0.0.1:{free_port()}" for _ in range(3))
    monkeypatch.setattr(config, "_check", lambda settings, edge: None)  # it wants its own door in the row
    edge = start_edge(tmp_path, origin.address, inner=inner, row=tuple(shut))
    try:
        for path in (PATH.format(1), PATH.format(1), PATH.format(2)):
            status, headers, body = get(edge, path)
            assert (status, headers["X-Edge"]) == (200, "one")
            assert body.startswith(PNG)
        assert len(origin.asked) == 2
        origin.stop()
        assert get(edge, PATH.format(1))[0] == 200
        status, headers, _ = get(edge, PATH.format(3))
        assert (status, headers["Retry-After"]) == (503, "2")
        origin.start()
    finally:
        edge.close()
