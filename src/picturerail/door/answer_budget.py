"""What answers hold in memory until their visitors have taken them: how much in all, how much for each, whose go.

Each visitor may hold as much as is free (the dynamic threshold of Choudhury and Hahne, 1998): one alone gets half of
all, N who want all they can get one part of N + 1 each, and one part stays free for whoever comes next.
"""

import heapq
import threading
import time
from collections.abc import Container, Mapping
from typing import NamedTuple

from picturerail.door.head import address_of, network_of
from picturerail.door.readers import Peer

MAX_FREE = 64 * 1024  # bytes: so small a body is the kernel's at once, and counted only when it stays there
UNKNOWN = 256 * 1024  # bytes of somebody who takes what nobody has counted
FILLED = 0.75  # of all that may be held: above, readers go
FRESH_SECONDS = 0.25  # in which the web server has begun to send what it was given


class Holding(NamedTuple):
    """What one connection holds: whose, how many bytes, since when."""

    visitor: str
    size: int
    since: float


class AnswerBudget:
    """The account of one process; for any thread."""

    def __init__(self, most: int) -> None:
        """Let all visitors together hold `most` bytes."""
        self._most = most
        self._held: dict[Peer, Holding] = {}
        self._shares: dict[str, int] = {}
        self._given: dict[Peer, int] = {}
        self._total = 0
        self._lock = threading.Lock()
        self.pressed = threading.Event()  # somebody was refused: it is time to look who has taken what he had

    @property
    def total(self) -> int:
        """Bytes that are held."""
        return self._total

    def admit(self, peer: Peer, size: int, visitor: str = "") -> bool:
        """Whether a connection may hold so many bytes, in place of what it held before.

        The largest answers count as a quarter of all that may be held: else nobody could ever have them.
        """
        visitor, size = visitor or _visitor(peer), min(size, self._most // 4)
        with self._lock:
            self._forget(peer)
            # as much as is free afterwards: what many fill with large answers has room for a small one at the end
            if self._shares.get(visitor, 0) + size > self._most - self._total - size:
                self.pressed.set()
                return False
            self._hold(peer, Holding(visitor, size, time.monotonic()))
            return True

    def add(self, peer: Peer, size: int, length: int, visitor: str = "") -> bool:
        """Whether a connection of HTTP/2 may hold so many bytes beside what it holds; up to `MAX_FREE` it always may.

        On such a connection many answers wait at once, in the web server and not in the kernel, when its other side
        opens no window for them. So the `length` of each is added up, and what was taken is compared with that.
        """
        visitor, small, size = visitor or _visitor(peer), size <= MAX_FREE, min(size, self._most // 4)
        with self._lock:
            before = self._held.get(peer, Holding(visitor, 0, 0.0))
            held = before.size + size
            others = self._shares.get(visitor, 0) - before.size
            if not small and others + held > self._most - self._total - size:
                self.pressed.set()
                return False
            self._forget(peer)
            self._hold(peer, Holding(visitor, held, time.monotonic()))
            self._given[peer] = self._given.get(peer, 0) + length
            if self._total > FILLED * self._most:
                self.pressed.set()
            return True

    def owes(self, peer: Peer, taken: int) -> bool:
        """Whether a connection of HTTP/2, which has `taken` so many bytes in all, has not taken all it was given."""
        return self._given.get(peer, 0) > taken

    def keep(self, waiting: Container[Peer], before: float, there: Container[Peer] = ()) -> None:
        """Forget what was given some time before a moment to those for whom nothing is `waiting` any more.

        Of connections that are not `there` any more, everything.
        """
        with self._lock:
            for peer, held in list(self._held.items()):
                if held.since < before - FRESH_SECONDS and peer not in waiting:
                    self._forget(peer)
            self._given = {
                peer: given for peer, given in self._given.items() if peer in there or peer in self._held
            }

    def excess(self, slow: Mapping[Peer, float]) -> set[Peer]:
        """Who has to go, of those who are `slow`, by how fast they are: always one of who holds most, his slowest."""
        with self._lock:
            self._take_in(slow)
            total, shares, queues = self._total, self._shares.copy(), dict[str, list[Peer]]()
            for peer in sorted(slow, key=slow.__getitem__, reverse=True):
                queues.setdefault(self._held[peer].visitor, []).append(peer)
            order = [(-shares[visitor], visitor) for visitor in queues]
            heapq.heapify(order)
            going = set[Peer]()
            while order and total > FILLED * self._most:
                visitor = heapq.heappop(order)[1]
                going.add(peer := queues[visitor].pop())
                total -= self._held[peer].size
                shares[visitor] -= self._held[peer].size
                if queues[visitor]:
                    heapq.heappush(order, (-shares[visitor], visitor))
            return going

    def _take_in(self, peers: Mapping[Peer, float]) -> None:
        """Count what is held by connections that nobody has counted, or that were forgotten too soon."""
        for peer in peers:
            if peer not in self._held:
                self._hold(peer, Holding(_visitor(peer), UNKNOWN, time.monotonic()))

    def _hold(self, peer: Peer, held: Holding) -> None:
        self._held[peer] = held
        self._shares[held.visitor] = self._shares.get(held.visitor, 0) + held.size
        self._total += held.size

    def _forget(self, peer: Peer) -> None:
        if (held := self._held.pop(peer, None)) is None:
            return
        self._total -= held.size
        if (rest := self._shares[held.visitor] - held.size) > 0:
            self._shares[held.visitor] = rest
        else:
            del self._shares[held.visitor]


def _visitor(peer: Peer) -> str:
    """Whose connection it is, when nobody says more."""
    return network_of(address_of(peer)) if peer[0] == "[" else peer[: peer.rfind(":")]
