"""A new configuration under load: no new visitor is turned away, and no answer that has begun is cut."""

import select
import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

from picturerail.edge.nginx import process
from tests.edge.client import PICTURE
from tests.edge.conftest import SITE, Running
from tests.edge.origin import PNG, Answer, Origin
from tests.service import wait_until

RELOADS = 20
HOST = {"Host": SITE}
LONG = PICTURE.replace("w_100", "w_101")


@dataclass
class Crowd:
    """What its visitors saw."""

    edge: Running
    seen: Counter[str] = field(default_factory=Counter)
    done: threading.Event = field(default_factory=threading.Event)

    def dial(self) -> HTTPConnection:
        host, _, port = self.edge.edge.listen.rpartition(":")
        return HTTPConnection(host, int(port), timeout=30)

    def ask(self, connection: HTTPConnection, kind: str) -> None:
        """One picture, whole."""
        connection.request("GET", PICTURE, headers=HOST)
        answer = connection.getresponse()
        with suppress(ConnectionError, IncompleteRead):
            if len(answer.read()) == int(answer.headers["Content-Length"]) and answer.status == 200:
                self.seen[kind] += 1
                return
        self.seen[f"{kind}: {answer.status}, cut or refused"] += 1

    def come_once(self) -> None:
        """A connection for each request."""
        while not self.done.is_set():
            connection = self.dial()
            try:
                self.ask(connection, "new")
            except Exception as error:
                self.seen[f"new: {error!r}"] += 1
            connection.close()

    def stay(self) -> None:
        """One connection for many requests.

        A server may close one that is idle at any time. Who asks at that very moment gets no byte of an answer, and
        asks again on a new connection (RFC 9112, 9.3.1 and 9.5), as browsers do; that one has to work.
        """
        connection = self.dial()
        while not self.done.is_set():
            kind = "kept" if connection.sock and not _has_ended(connection.sock) else "again"
            try:
                if kind == "again":
                    connection.close()
                self.ask(connection, kind)
            except ConnectionError as error:  # RemoteDisconnected too: before the first byte
                self.seen["idle" if kind == "kept" else f"again: {error!r}"] += 1
                connection.close()
            except Exception as error:
                self.seen[f"{kind}: {error!r}"] += 1
                connection.close()
        connection.close()


def _has_ended(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


def test_a_new_configuration_is_taken_over_under_load(edge: Running, origin: Origin) -> None:
    """20 reloads (threats R-32): all new connections are answered, and what was begun before ends whole."""
    rest, short = threading.Event(), Answer()
    long = Answer(body=PNG + b"x" * 200_000, rest=rest)
    origin.answer = lambda asked: long if asked.path == LONG else short
    crowd = Crowd(edge)
    begun = crowd.dial()
    begun.request("GET", LONG, headers=HOST)
    answer = begun.getresponse()  # its second half comes after the last reload
    visitors = [threading.Thread(target=visit) for visit in (crowd.come_once, crowd.stay) for _ in range(6)]
    for visitor in visitors:
        visitor.start()
    try:
        for _ in range(RELOADS):
            before, answered = _workers(edge), crowd.seen.total()
            process.reload(edge.process)
            wait_until(lambda: len(_workers(edge) - before) >= 2)  # noqa: B023 - called before the next turn
            wait_until(lambda: crowd.seen.total() > answered + len(visitors))  # noqa: B023
    finally:
        crowd.done.set()
        for visitor in visitors:
            visitor.join()
    rest.set()
    assert answer.read() == long.body
    begun.close()
    assert set(crowd.seen) <= {"new", "kept", "again", "idle"}, crowd.seen
    assert min(crowd.seen[kind] for kind in ("new", "kept", "again")) > RELOADS, crowd.seen


def _workers(edge: Running) -> set[str]:
    """The processes of nginx, those that end included."""
    pid = edge.process.pid
    with suppress(OSError):
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return set()
