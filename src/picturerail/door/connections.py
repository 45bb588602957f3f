"""Connections that cost more than they bring, seen by what the kernel knows of them (TCP_INFO).

The web server limits how long a head may take, the door how long a body; how long an answer may take nobody does but
this. It works below TLS, and on whatever is sent. The kernel itself would take some megabytes of an answer for each who
reads slowly; it is told to take little more than what is on its way (TCP_NOTSENT_LOWAT), which slows nobody down.
"""

import logging
import os
import socket
import stat
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass

from picturerail.door.answer_budget import AnswerBudget
from picturerail.door.readers import LOOK_SECONDS, Peer, Readers

# until the next look; longer where a look takes long, but never longer than `LOOK_SECONDS`
NEXT_SECONDS = 1.0
PRESSED_SECONDS = 0.1  # until the next look at the soonest, when somebody was refused for what others hold
REST = 10  # times as long as a look worked
MAX_UNSENT = 128 * 1024  # bytes that the kernel takes of an answer before it can send them
CROWDED, ROOMY = 0.9, 0.75  # of all connections: above, those that are idle go until it is roomy again

_LAST_SENT, _LAST_RECEIVED = 44, 52  # milliseconds since; the offsets of <linux/tcp.h>
_ACKED, _UNSENT = 120, 144
_INFO_BYTES = 148
_NOTSENT_LOWAT = 25  # <linux/tcp.h>; Python has no name for it
_FORGET = struct.pack("ii", 1, 0)  # what was not taken is thrown away with the connection

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """One connection at one moment: bytes taken so far, bytes that wait to be sent, seconds without any traffic."""

    taken: int
    unsent: int
    idle: float


class Connections:
    """The connections of this process to one port, and which of them are cut."""

    def __init__(self, port: int, most: int, patience: float, budget: AnswerBudget) -> None:
        """Cut readers who are too slow or hold too much, and idle connections when there are nearly `most`."""
        self._port, self._most = port, most
        self._readers, self._budget = Readers(patience), budget

    def watch(self) -> None:
        """Look from now on, in a thread of its own."""
        threading.Thread(target=self._run, name="connections", daemon=True).start()

    def look(self, now: float) -> int:
        """Look once; how many were cut."""
        idle, taken = list[tuple[float, Peer]](), dict[Peer, int]()
        owing, places = dict[Peer, int](), dict[Peer, int]()
        for place, connection in self._sockets():
            with closing(connection), suppress(OSError):
                if (peer := _peer(connection)) is None:  # it listens, and what it accepts takes this over
                    connection.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, MAX_UNSENT)
                    continue
                seen, places[peer] = _seen(connection), place
                if seen.unsent:
                    taken[peer] = seen.taken
                elif self._budget.owes(peer, seen.taken):
                    owing[peer] = seen.taken
                else:
                    idle.append((seen.idle, peer))
        self._budget.keep(taken.keys() | owing.keys(), now, places)
        # who holds answers in the web server may have given them up: he goes only where there is no room
        going = self._readers.look(now, taken | owing).difference(owing)
        going |= self._budget.excess(self._readers.slow(now, taken | owing))
        self._cut_all(going, places, reading=True)
        return len(going) + self._make_room(len(places), idle, places)

    def _make_room(self, count: int, idle: list[tuple[float, Peer]], places: Mapping[Peer, int]) -> int:
        if count < CROWDED * self._most:
            return 0
        going = {peer for _, peer in sorted(idle, reverse=True)[: count - int(ROOMY * self._most)]}
        self._cut_all(going, places, reading=False)
        log.warning("%d connections: %d idle ones were cut", count, len(going))
        return len(going)

    def _cut_all(self, going: set[Peer], places: Mapping[Peer, int], *, reading: bool) -> None:
        """End those connections that are still what they were, with or without something to send."""
        for peer in going:
            if (connection := _handle(places[peer])) is None:
                continue
            with closing(connection), suppress(OSError):
                if _peer(connection) == peer and self._waits(peer, _seen(connection)) is reading:
                    _cut(connection)

    def _waits(self, peer: Peer, seen: Seen) -> bool:
        """Whether anything waits until it is taken: in the kernel, or in the web server."""
        return seen.unsent > 0 or self._budget.owes(peer, seen.taken)

    def _sockets(self) -> Iterator[tuple[int, socket.socket]]:
        """The number of each connection and of what takes them in, and a second handle, to be closed by the taker."""
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - thousands of names, and no paths are wanted
            connection = _handle(int(name))
            if connection is not None and _is_ours(connection, self._port):
                yield int(name), connection
            elif connection is not None:
                connection.close()

    def _run(self) -> None:
        pause = NEXT_SECONDS
        while True:
            self._budget.pressed.wait(pause)
            self._budget.pressed.clear()
            begun = time.thread_time()  # of the processor: where many want it, looks are not to be fewer
            try:
                if cut := self.look(time.monotonic()):
                    log.warning("%d connections were cut: too slow, or idle or slowest without room", cut)
            except Exception:
                log.exception("connections could not be looked at")
            rest = min(LOOK_SECONDS, max(PRESSED_SECONDS, REST * (time.thread_time() - begun)))
            time.sleep(rest)
            pause = max(0.0, NEXT_SECONDS - rest)


def _handle(descriptor: int) -> socket.socket | None:
    """A second handle on what a descriptor stands for at this moment, when that is a socket."""
    with suppress(OSError):
        second = os.dup(descriptor)
        if stat.S_ISSOCK(os.fstat(second).st_mode):
            return socket.socket(fileno=second)
        os.close(second)
    return None


def _is_ours(connection: socket.socket, port: int) -> bool:
    with suppress(OSError):
        if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
            return bool(connection.getsockname()[1] == port)
    return False


def _peer(connection: socket.socket) -> Peer | None:
    """The other side as the web server names it; None when there is none."""
    try:
        address, port = connection.getpeername()[:2]
    except OSError:
        return None
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _seen(connection: socket.socket) -> Seen:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    taken, unsent = struct.unpack_from("Q", info, _ACKED)[0], struct.unpack_from("I", info, _UNSENT)[0]
    quiet = min(struct.unpack_from("I", info, place)[0] for place in (_LAST_SENT, _LAST_RECEIVED))
    return Seen(taken, unsent, quiet / 1000)


def _cut(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _FORGET)
    connection.shutdown(socket.SHUT_RDWR)
