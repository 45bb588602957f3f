"""Locks by key that hold over threads and processes, and fall open when their holder dies."""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from picturerail.errors import Unavailable
from picturerail.storage import keys

FIRST_WAIT = 0.001
MAX_WAIT = 0.002
_FLOCK = "hhqqi4x"  # struct flock of <fcntl.h>: type, from where, start, length, process


class FileLocks:
    """One file, in which each key has a byte of its own: so many that no two keys are ever seen to share one.

    Whoever makes a picture holds its lock for as long as it waits and is made. If keys shared a few thousand locks, a
    small picture would now and then wait for a dear one.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the file in `folder`, made when missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.glob("*.lock"):  # which keys shared, before version 0.2
            old.unlink(missing_ok=True)
        self._path = folder / "keys"

    @contextmanager
    def hold(self, key: str, seconds: float) -> Iterator[None]:
        """Hold the lock of `key`; Unavailable when others keep it for longer than `seconds`."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait(descriptor, keys.lock(key), time.monotonic() + seconds)
            yield
        finally:
            os.close(descriptor)


def _wait(descriptor: int, place: int, deadline: float) -> None:
    """Lock a byte for this descriptor, and not for its process: each thread has one of its own."""
    pause, wanted = FIRST_WAIT, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
    while not _locked(descriptor, wanted):
        if time.monotonic() > deadline:
            raise Unavailable("This is being made for somebody else. Try again shortly.", retry_after=1)
        time.sleep(pause)
        pause = min(pause * 1.5, MAX_WAIT)


def _locked(descriptor: int, wanted: bytes) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except BlockingIOError:
        return False
    return True
