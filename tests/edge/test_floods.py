"""Clients that want an edge to fall over: slow ones, and floods over HTTP/2 (threats S-76 and S-77)."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.edge.client import PICTURE, get
from tests.edge.conftest import SITE, Running, start_edge
from tests.edge.origin import Origin, picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ATTACKER = ("127.0.0.2", 0)  # visitors come from 127.0.0.1
HEADER_SECONDS = 10  # as the edge's configuration says
SLOW = 3000
RATE, CONNECTIONS = 400, 200  # the edge's own defaults

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, RST_STREAM, SETTINGS, PING, CONTINUATION = 1, 3, 4, 6, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1


@pytest.fixture
def guarded(origin: Origin, tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[list[Running]]:
    """Two edges with the limits of real ones, plain and with TLS, holding one picture."""
    origin.answer = picture
    crt, key = certificate
    limits = {"rate": RATE, "connections": CONNECTIONS}
    edges = [start_edge(tmp_path / "plain", origin.address, **limits),
             start_edge(tmp_path / "tls", origin.address, certificate=crt, key=key, **limits)]  # fmt: skip
    get(edges[0], PICTURE)
    yield edges
    for edge in edges:
        edge.close()


def address(edge: Running) -> tuple[str, int]:
    host, _, port = edge.edge.listen.rpartition(":")
    return host, int(port)


@contextmanager
def visiting(visit: Callable[[], int]) -> Iterator[list[tuple[int, float]]]:
    """A visitor who asks again and again; status and seconds of each answer."""
    answers: list[tuple[int, float]] = []
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            started = time.monotonic()
            try:
                status = visit()
            except OSError:
                status = 0
            answers.append((status, time.monotonic() - started))
            stop.wait(0.02)

    thread = threading.Thread(target=run)
    thread.start()
    yield answers
    stop.set()
    thread.join()


def well_served(answers: list[tuple[int, float]]) -> None:
    assert len(answers) > 50
    assert {status for status, _ in answers} == {200}
    assert sorted(seconds for _, seconds in answers)[len(answers) // 2] < 1, "and nobody waits for long"


def is_closed(raw: socket.socket) -> bool:
    raw.setblocking(False)
    try:
        while raw.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def is_refused(raw: socket.socket) -> bool:
    raw.setblocking(False)
    try:
        return raw.recv(4096).startswith(b"HTTP/1.1 429 ")
    except OSError:
        return False


def test_slow_headers_are_cut_off_and_cost_others_nothing(guarded: list[Running], origin: Origin) -> None:
    edge, asked = guarded[0], len(origin.asked)
    with visiting(lambda: get(edge, PICTURE)[0]) as answers:
        slow = [socket.create_connection(address(edge), source_address=ATTACKER) for _ in range(SLOW)]
        began = time.monotonic()
        for raw in slow:
            raw.sendall(f"GET {PICTURE} HTTP/1.1\r\nHost: {SITE}\r\n".encode())
        while time.monotonic() < began + HEADER_SECONDS + 5:
            for raw in slow:  # a little more each second, as slowloris does
                try:
                    raw.send(b"X-a: b\r\n")
                except OSError:
                    continue
            time.sleep(1)
        left = [raw for raw in slow if not is_closed(raw)]
    well_served(answers)
    assert left == []
    assert len(origin.asked) == asked
    for raw in slow:
        raw.close()


def test_slow_bodies_are_bounded_for_one_address_and_do_not_reach_the_origin(
    guarded: list[Running], origin: Origin
) -> None:
    edge, asked = guarded[0], len(origin.asked)
    head = f"POST /v1_1/picturerail/image/upload HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: 100000\r\n\r\n"
    with visiting(lambda: get(edge, PICTURE)[0]) as answers:
        slow = []
        for _ in range(2 * CONNECTIONS):
            raw = socket.create_connection(address(edge), source_address=ATTACKER)
            raw.sendall(head.encode() + b"x")
            slow.append(raw)
        for _ in range(3):
            time.sleep(1)
            for raw in slow:
                try:
                    raw.send(b"x")
                except OSError:
                    continue
        refused = sum(is_refused(raw) for raw in slow)
    well_served(answers)
    assert refused >= CONNECTIONS, "only so many at once from one address"
    assert len(origin.asked) == asked, "the edge collects a body before the origin hears of it"
    for raw in slow:
        raw.close()


def test_slow_readers_are_dropped(guarded: list[Running], origin: Origin) -> None:
    edge = guarded[0]
    origin.answer = lambda asked: picture(asked).__class__(body=b"x" * 20_000_000)
    large = PICTURE.replace("100", "4000")
    get(edge, large)
    readers = []
    for _ in range(50):
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.bind(ATTACKER)
        raw.connect(address(edge))
        raw.sendall(f"GET {large} HTTP/1.1\r\nHost: {SITE}\r\n\r\n".encode())
        readers.append(raw)
    with visiting(lambda: get(edge, PICTURE)[0]) as answers:
        time.sleep(20)
    well_served(answers)
    assert all(len(_rest(raw)) < 20_000_000 for raw in readers), "send_timeout has cut them off"


def _rest(raw: socket.socket) -> bytes:
    got = b""
    raw.settimeout(5)
    try:
        while block := raw.recv(1 << 20):
            got += block
    except OSError:
        pass
    raw.close()
    return got


class Http2:
    """A raw HTTP/2 connection of the attacker."""

    def __init__(self, edge: Running) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection(address(edge), source_address=ATTACKER)
        self._tls = context.wrap_socket(raw)
        assert self._tls.selected_alpn_protocol() == "h2"
        self._tls.settimeout(10)
        self.send(PREFACE + frame(SETTINGS, 0, 0))

    def send(self, content: bytes) -> bool:
        """False when the edge has hung up."""
        try:
            self._tls.sendall(content)
            self._tls.setblocking(False)
            try:
                while self._tls.recv(65536):
                    pass
            except ssl.SSLWantReadError:
                self._tls.settimeout(10)
                return True
        except OSError:
            return False
        return False  # an orderly end

    def close(self) -> None:
        self._tls.close()


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def request(path: str) -> bytes:
    """A header block without compression: literals that are not indexed."""
    fields = {":method": "GET", ":scheme": "https", ":authority": SITE, ":path": path}
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in fields.items())


def _text(text: str) -> bytes:
    assert len(text) < 127
    return bytes([len(text)]) + text.encode()


def over_tls(edge: Running) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(address(edge), timeout=10) as raw, context.wrap_socket(raw) as tls:
        tls.sendall(f"GET {PICTURE} HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
        return int(tls.recv(4096).split(b" ", 2)[1])


def test_rapid_reset_reaches_the_origin_no_faster_than_the_rate_allows(
    guarded: list[Running], origin: Origin
) -> None:
    edge, sent, asked, began = guarded[1], 0, len(origin.asked), time.monotonic()
    with visiting(lambda: over_tls(edge)) as answers:
        while time.monotonic() < began + 8:
            connection = Http2(edge)
            for stream in range(1, 20_000, 2):
                path = PICTURE.replace("100", str(1000 + sent))
                burst = frame(HEADERS, END_STREAM | END_HEADERS, stream, request(path))
                sent += 1
                if not connection.send(burst + frame(RST_STREAM, 0, stream, struct.pack(">I", 8))):
                    break
            connection.close()
    seconds = time.monotonic() - began
    well_served(answers)
    assert sent > 5000, "or else it was no flood"
    assert len(origin.asked) - asked <= RATE * (seconds + 3), f"of {sent} in {seconds:.0f} s"


@pytest.mark.parametrize("kind", ["continuation", "settings", "ping", "empty"])
def test_other_floods_end_with_the_connection_or_do_no_harm(guarded: list[Running], kind: str) -> None:
    edge, began, ends = guarded[1], time.monotonic(), 0
    with visiting(lambda: over_tls(edge)) as answers:
        while time.monotonic() < began + 4:
            connection = Http2(edge)
            connection.send(frame(HEADERS, 0, 1, request(PICTURE)) if kind == "continuation" else b"")
            flood = {
                "continuation": frame(CONTINUATION, 0, 1, b"\0" + _text("x-many") + _text("y" * 100)),
                "settings": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)),
                "ping": frame(PING, 0, 0, b"12345678"),
                "empty": frame(0, 0, 1),
            }[kind]
            while time.monotonic() < began + 4 and connection.send(flood * 50):
                pass
            ends += 1
            connection.close()
    well_served(answers)
    assert ends >= 1
    if kind == "continuation":
        assert ends > 1, "headers without end are not collected without end"
