"""A TCP proxy that makes an address far away: bytes arrive half a round trip later, the first after a handshake."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 65536


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
    for task in asyncio.all_tasks(loop):  # connections that browsers and edges left open
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


async def _one_way(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, first: float
) -> None:
    """Read at once, write `delay` seconds later: what is on its way does not hold up what follows."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=4096)
    loop = asyncio.get_running_loop()
    sender = asyncio.create_task(_send(queue, writer))
    with suppress(OSError):
        while block := await reader.read(BLOCK):
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
