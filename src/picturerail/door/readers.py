"""Who takes an answer how fast, and who has to go: because he is too slow, or because there are too many; pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

LOOK_SECONDS = 3.0  # over which a reader is measured
SLOWEST = 4096  # bytes a second that a visitor must take, over the time of one patience
MAX_SLOW = 200  # at once: above so many they are cut sooner
MAX_READERS = 300  # at once in a process: the web server keeps up to a megabyte for each
SHARE = 4  # of all readers, that one address keeps when there are too many

Peer = tuple[str, int]


@dataclass(frozen=True)
class Reader:
    """When he was first seen, from which byte on; since when he has been too slow, and from which byte on."""

    begun: float
    first: int
    since: float
    taken: int


class Readers:
    """The connections of a process with something that waits to be sent, from look to look."""

    def __init__(self, patience: float) -> None:
        """Cut who takes less than `SLOWEST` for twice `patience`."""
        self._patience = patience
        self._known: dict[Peer, Reader] = {}

    def look(self, now: float, taken: Mapping[Peer, int]) -> set[Peer]:
        """Who has to go, by how many bytes each has taken so far."""
        self._known = {peer: self._seen(now, peer, count) for peer, count in taken.items()}
        allowed = 2 * self._patience if len(taken) < MAX_SLOW else LOOK_SECONDS
        slow = {peer for peer, reader in self._known.items() if now - reader.since > allowed}
        return slow | self._excess(now, {peer: count for peer, count in taken.items() if peer not in slow})

    def _seen(self, now: float, peer: Peer, taken: int) -> Reader:
        if (known := self._known.get(peer)) is None:
            return Reader(now, taken, now, taken)
        if taken - known.taken > SLOWEST * max(now - known.since, LOOK_SECONDS):
            return Reader(known.begun, known.first, now, taken)
        return known

    def _excess(self, now: float, taken: Mapping[Peer, int]) -> set[Peer]:
        """Those above the number that is kept: first of addresses with more than their share, the slowest first."""
        held = Counter(address for address, _ in taken)

        def order(peer: Peer) -> tuple[bool, float]:
            reader = self._known[peer]
            pace = (taken[peer] - reader.first) / (now - reader.begun) if now > reader.begun else float("inf")
            return held[peer[0]] * SHARE <= MAX_READERS, pace

        return set(sorted(taken, key=order)[: max(0, len(taken) - MAX_READERS)])
