"""Locks by key that hold over threads and processes, and fall open when their holder dies (flock)."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from picturerail.errors import Unavailable
from picturerail.storage import keys

FIRST_WAIT = 0.001
MAX_WAIT = 0.002


class FileLocks:
    """A folder of lock files, a fixed number of them: two keys rarely share one, and none is ever removed."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, made when missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    @contextmanager
    def hold(self, key: str, seconds: float) -> Iterator[None]:
        """Hold the lock of `key`; Unavailable when others keep it for longer than `seconds`."""
        descriptor = os.open(f"{self._folder}/{keys.lock(key)}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait(descriptor, time.monotonic() + seconds)
            yield
        finally:
            os.close(descriptor)


def _wait(descriptor: int, deadline: float) -> None:
    pause = FIRST_WAIT
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unavailable(
                    "This is being made for somebody else. Try again shortly.", retry_after=1
                ) from None
        time.sleep(pause)
        pause = min(pause * 1.5, MAX_WAIT)
