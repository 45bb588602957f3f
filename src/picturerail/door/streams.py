"""Answers of any length: block after block through a named pipe, as fast as the visitor takes them.

granian sends a file with its own threads, and a pipe is one. Its stream interface would take everything at once,
into memory, however slow the reader is.
"""

import asyncio
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from pathlib import Path

from picturerail.door.answers import SILENT, Answer, Transport
from picturerail.door.lanes import in_thread

PIPE_BYTES = 256 * 1024
OPEN_SECONDS = 5.0
IDLE_SECONDS = 60.0  # without a byte taken, after which the visitor is given up
OLD_SECONDS = 60.0


class Streams:
    """Sends streams; `threads` read their blocks, one block at a time."""

    def __init__(self, folder: Path, threads: Executor) -> None:
        """Keep the pipes in `folder`; those that a crash left are removed."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._threads = folder, threads
        for left in folder.iterdir():
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - OLD_SECONDS:
                    left.unlink()

    async def send(self, transport: Transport, answer: Answer) -> None:
        """Send an answer that is a stream, to its end or until the visitor goes."""
        if answer.stream is None:
            return
        pipe = self._folder / uuid.uuid4().hex
        try:
            os.mkfifo(pipe, 0o600)
            transport.response_file(answer.status, [*answer.headers, SILENT], str(pipe))
            await self._pump(pipe, answer.beginning, answer.stream)
        finally:
            pipe.unlink(missing_ok=True)
            await self.close(answer)

    async def close(self, answer: Answer) -> None:
        """Let go of what an answer is read from, whether it was sent or not."""
        if (close := getattr(answer.stream, "close", None)) is not None:
            await in_thread(self._threads, close)

    async def _pump(self, pipe: Path, beginning: tuple[bytes, ...], stream: Iterator[bytes]) -> None:
        descriptor = await _opened(pipe)
        if descriptor is None:
            return
        try:
            with suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            for block in beginning:
                await _write(descriptor, block)
            while (more := await self._next(stream)) is not None:
                await _write(descriptor, more)
        except (BrokenPipeError, TimeoutError):  # the visitor went, or takes nothing
            return
        finally:
            os.close(descriptor)

    async def _next(self, stream: Iterator[bytes]) -> bytes | None:
        return await in_thread(self._threads, partial(next, stream, None))


async def _opened(pipe: Path) -> int | None:
    """The end to write to, once granian has opened the other one; None when it never does: the visitor has gone."""
    deadline = time.monotonic() + OPEN_SECONDS
    while time.monotonic() < deadline:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # nobody reads yet
            await asyncio.sleep(0.001)
    return None


async def _write(descriptor: int, block: bytes) -> None:
    """All of a block; TimeoutError when nothing is taken for a while."""
    rest = memoryview(block)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            async with asyncio.timeout(IDLE_SECONDS):
                await _writable(descriptor)


async def _writable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_writer(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(descriptor)
