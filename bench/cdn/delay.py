"""A TCP proxy that makes an address far away.

Bytes arrive half a round trip later, the first after a handshake, and no more of them at once than TCP's slow start
lets go (RFC 6928: ten segments at first, and one more for each that was acknowledged). Nothing is lost on the way, and
bandwidth has no limit: what is left is distance alone.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 65536
FIRST_WINDOW = 10 * 1460  # bytes


@contextmanager
def far_away(address: str, round_trip: float) -> Iterator[str]:
    """HOST:PORT that leads to `address`, `round_trip` seconds away."""
    loop = asyncio.new_event_loop()
    ready: list[str] = []
    started = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _carry(r, w, address, round_trip), "127.0.0.1", 0)
        ready.append(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        started.set()

    thread = threading.Thread(target=_run, args=(loop, serve()), daemon=True)
    thread.start()
    started.wait()
    yield ready[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def _run(loop: asyncio.AbstractEventLoop, serve: object) -> None:
    asyncio.set_event_loop(loop)
    loop.create_task(serve)  # type: ignore[arg-type]
    loop.run_forever()
    loop.set_exception_handler(lambda *_: None)  # connections that browsers and edges left open
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0.05))


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
