"""The body of a request, read to its end before any thread is asked: within limits of time, and of bytes that are held.

A body is held in memory while it is small, or of middle size and there is room set aside for all of it; else in a
nameless file of the spool.
"""

import asyncio
import contextlib
import errno
import io
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from werkzeug.exceptions import ClientDisconnected

from picturerail.door.answers import Transport
from picturerail.door.head import Head
from picturerail.door.lanes import in_thread
from picturerail.errors import BadRequest, RequestTimeout, Unavailable

SMALL = 64 * 1024  # bytes that are held in memory
MAX_MIDDLE = 1024 * 1024  # bytes that are held there where all of them have room
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BLOCK = 1024 * 1024
SLOWEST = 4096  # bytes a second, from when patience is at its end
AGAIN_SECONDS = 10
DISCARD_SECONDS = 30  # of reading on when the answer needs no more of the body
MAX_DISCARDED = 1024 * 1024 * 1024


class Holdings:
    """The bytes of bodies that are held now: of each visitor, and in all."""

    def __init__(self, most: int, share: int) -> None:
        """Hold `most` bytes at once, and `share` of one visitor."""
        self._most, self._share = most, share
        self._held: Counter[str] = Counter()

    def take(self, visitor: str, length: int) -> None:
        """Hold more of a visitor's; Unavailable when that is too much."""
        if not self.has_room(visitor, length):
            raise Unavailable(
                "Too much is being sent here at this moment; try again soon.", retry_after=AGAIN_SECONDS
            )
        self._held[visitor] += length

    def has_room(self, visitor: str, length: int) -> bool:
        """Whether that would not be too much."""
        return self._held[visitor] + length <= self._share and self._held.total() + length <= self._most

    def give_back(self, visitor: str, length: int) -> None:
        """Hold so much less."""
        self._held[visitor] -= length
        if self._held[visitor] <= 0:
            del self._held[visitor]

    @property
    def total(self) -> int:
        """All that is held."""
        return self._held.total()


@dataclass(frozen=True)
class Spool:
    """Where bodies lie, the threads that write them, and what sees that the disk has room for so many more bytes."""

    folder: Path
    threads: Executor
    make_room: Callable[[int], None]


class Beginning(io.RawIOBase):
    """The beginning of a body that has not come whole: at its end the sender seems to have gone."""

    def __init__(self, file: BinaryIO) -> None:
        """Give what is in `file`."""
        self._file = file
        self.was_exhausted = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401
        """The next bytes."""
        block = self._file.read(len(buffer))
        if not block:
            self.was_exhausted = True
            raise ClientDisconnected
        buffer[: len(block)] = block
        return len(block)


class Body:
    """One body on its way in; use as a context, which gives back what it holds."""

    def __init__(self, transport: Transport, head: Head, spool: Spool, patience: float) -> None:
        """Nothing is read yet, so nobody who waits for `100 Continue` sends anything yet."""
        self._head, self._spool = head, spool
        self._blocks: AsyncIterator[bytes] = transport.__aiter__()
        self._began, self._patience = time.monotonic(), patience
        self._pending = bytearray()
        self._file: BinaryIO | None = None
        self._held: tuple[Holdings, int] | None = None
        self._is_kept_in_memory = False
        self.length = 0
        self.complete = not head.has_body

    def reserve(self, holdings: Holdings) -> bool:
        """Whether all of it may lie in memory: it says that it is of middle size, and there is room for it at once.

        Who then sends nothing more keeps others from nothing but this shorter way.
        """
        length = self._head.length or 0
        if not SMALL < length <= MAX_MIDDLE or not holdings.has_room(self._head.visitor, length):
            return False
        self._move_to(holdings, length)
        self._is_kept_in_memory = True
        return True

    async def read(self, limit: int, holdings: Holdings) -> None:
        """Go on until all has come, or `limit` bytes at least; they are held as `holdings` allow."""
        if not self._is_kept_in_memory:
            self._move_to(holdings, self.length)
        while not self.complete and self.length < limit:
            block = await self._next()
            self.complete = block is None or self.length + len(block) == self._head.length
            if block:
                self._hold(len(block))
                self._pending += block
                if (
                    self.length > SMALL
                    and not self._is_kept_in_memory
                    and (len(self._pending) >= BLOCK or self.complete)
                ):
                    await self._write()
        if self.complete and self._file is not None and self._pending:
            await self._write()

    def opened(self) -> BinaryIO:
        """What came so far, from its beginning."""
        if self._file is None:
            return io.BytesIO(bytes(self._pending))
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
        if self._held is not None:
            self._held[0].give_back(self._head.visitor, self._held[1])
            self._held = None

    async def discard(self) -> None:
        """Let go of it; read what is still to come for a while, and keep nothing."""
        self.close()
        left = MAX_DISCARDED
        with contextlib.suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(DISCARD_SECONDS):
                while left > 0 and (block := await anext(self._blocks)):
                    left -= len(block)

    async def _next(self) -> bytes | None:
        """The next bytes; None at the end."""
        left = self._began + self._patience + self.length / SLOWEST - time.monotonic()
        try:
            async with asyncio.timeout(max(0, min(self._patience, left))):
                block: bytes = await anext(self._blocks)
        except TimeoutError:
            raise RequestTimeout("The body of the request came too slowly.") from None
        except StopAsyncIteration:
            block = b""
        if not block:
            await self._check_end()
        return block or None

    async def _check_end(self) -> None:
        """Whether the end is one: granian gives an empty block for it, and one more when the sender went away."""
        empty = 0
        with contextlib.suppress(StopAsyncIteration):
            while empty < 2:
                await anext(self._blocks)
                empty += 1
        if empty or (self._head.length is not None and self.length < self._head.length):
            raise BadRequest("The request body ended before its Content-Length.")

    def _hold(self, length: int) -> None:
        self.length += length
        if self._held is not None and not self._is_kept_in_memory:
            holdings, held = self._held
            holdings.take(self._head.visitor, length)
            self._held = holdings, held + length

    def _move_to(self, holdings: Holdings, length: int) -> None:
        if self._held is not None:
            self._held[0].give_back(self._head.visitor, self._held[1])
            self._held = None
        holdings.take(self._head.visitor, length)
        self._held = holdings, length

    async def _write(self) -> None:
        block, self._pending = bytes(self._pending), bytearray()
        await in_thread(self._spool.threads, partial(self._append, block))

    def _append(self, block: bytes) -> None:
        self._spool.make_room(len(block))
        try:
            if self._file is None:
                self._spool.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._spool.folder))  # noqa: SIM115 - see close
            self._file.write(block)
            if self.complete:
                self._file.flush()
        except OSError as error:
            if error.errno in FULL:
                raise Unavailable(
                    "The disk is full: nothing was stored. Try again later.", retry_after=60
                ) from error
            raise
