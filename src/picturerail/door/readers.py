"""Who takes an answer how fast, and who is too slow: always, or when others need the room; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

LOOK_SECONDS = 3.0  # over which a reader is measured
# After which his pace is known where there is no room; a far satellite has brought 40 kB by then.
PACE_SECONDS = 1.0
SLOWEST = 1024  # bytes a second that a visitor must take, over twice the time of a patience
SLOW = 16 * 1024  # bytes a second: whoever takes less makes room when there is none

Peer = str  # ADDRESS:PORT, as the web server writes it


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
        """Who has to go in any case, by how many bytes each has taken so far."""
        self._known = {peer: self._seen(now, peer, count) for peer, count in taken.items()}
        return {peer for peer, reader in self._known.items() if now - reader.since > 2 * self._patience}

    def slow(self, now: float, taken: Mapping[Peer, int]) -> dict[Peer, float]:
        """Those who go when there is no room, with the bytes that they take a second; nobody who has just come."""
        paces = dict[Peer, float]()
        for peer, reader in self._known.items():
            if (seconds := now - reader.begun) >= PACE_SECONDS:
                paces[peer] = (taken[peer] - reader.first) / seconds
        return {peer: pace for peer, pace in paces.items() if pace < SLOW}

    def _seen(self, now: float, peer: Peer, taken: int) -> Reader:
        if (known := self._known.get(peer)) is None:
            return Reader(now, taken, now, taken)
        if taken - known.taken > SLOWEST * max(now - known.since, LOOK_SECONDS):
            return Reader(known.begun, known.first, now, taken)
        return known
