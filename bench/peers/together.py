"""Us and the peers that make pictures, started for one measurement."""

from collections.abc import Sequence
from contextlib import ExitStack

from bench.parts.photographs import Photograph
from bench.peers.base import Unavailable
from bench.peers.ipx import Ipx
from bench.peers.ours import Ours
from bench.peers.thumbor import Thumbor

Server = Ours | Thumbor | Ipx


def start_all(
    stack: ExitStack, photos: Sequence[Photograph], notes: list[str], *, alone: bool = False
) -> list[Server]:
    """Start each; a peer that cannot be had becomes a note."""
    ours = stack.enter_context(Ours())
    ours.upload(list(photos))
    started: list[Server] = [ours]
    folder = photos[0].path.parent
    peers: list[Thumbor | Ipx] = [] if alone else [Thumbor(folder), Ipx(folder)]
    for peer in peers:
        try:
            stack.enter_context(peer)
            started.append(peer)
        except Unavailable as error:
            notes.append(f"Not measured: {error}.")
    return started
