"""A TCP proxy that makes an address far away.

Bytes arrive half a round trip later, the first after a handshake, and no more of them at once than TCP's slow start
lets go (RFC 6928: ten segments at first, and one more for each that was acknowledged). Nothing is lost on the way, and
bandwidth has no limit: what is left is distance alone.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from picturerail.processes import follow_parent

BLOCK = 65536
FIRST_WINDOW = 10 * 1460  # bytes


@contextmanager
def far_away(address: str, round_trip: float) -> Iterator[str]:
    """HOST:PORT that leads to `address`, `round_trip` seconds away.

    A process of its own: in ours, whatever else this one does would make the way longer.
    """
    command = [sys.executable, "-m", "bench.cdn.delay", address, str(round_trip)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


async def _serve(address: str, round_trip: float) -> None:
    server = await asyncio.start_server(lambda r, w: _carry(r, w, address, round_trip), "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, round_trip: float
) -> None:
    host, _, port = address.rpartition(":")
    out_reader, out_writer = await asyncio.open_connection(host, int(port))
    handshake = round_trip  # SYN and SYN-ACK, which a proxy on this machine answers at once
    await asyncio.gather(
        _one_way(reader, out_writer, round_trip / 2, handshake),
        _one_way(out_reader, writer, round_trip / 2, 0),
    )


class _Window:
    """How many bytes may be on their way, unacknowledged: more each round trip."""

    def __init__(self, round_trip: float) -> None:
        self._round_trip, self._size, self._used = round_trip, FIRST_WINDOW, 0
        self._moved = asyncio.Event()

    async def room(self) -> int:
        """Wait until something may be sent; how much."""
        while self._used >= self._size:
            self._moved.clear()
            await self._moved.wait()
        return min(BLOCK, self._size - self._used)

    def sent(self, count: int) -> None:
        """So many bytes left; their acknowledgement comes a round trip later."""
        self._used += count
        asyncio.get_running_loop().call_later(self._round_trip, self._acknowledged, count)

    def _acknowledged(self, count: int) -> None:
        self._used -= count
        self._size += count
        self._moved.set()


async def _one_way(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, first: float
) -> None:
    """Read at once, write `delay` seconds later: what is on its way does not hold up what follows."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=4096)
    loop, window = asyncio.get_running_loop(), _Window(2 * delay)
    sender = asyncio.create_task(_send(queue, writer))
    with suppress(OSError):
        while block := await reader.read(await window.room()):
            window.sent(len(block))
            await queue.put((loop.time() + delay + first, block))
            first = 0
    await queue.put((loop.time() + delay, b""))
    await sender


async def _send(queue: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while True:
            due, block = await queue.get()
            await asyncio.sleep(due - loop.time())
            if not block:
                break
            writer.write(block)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    follow_parent()
    asyncio.run(_serve(sys.argv[1], float(sys.argv[2])))
