"""A mark that changes with every removal from a folder, seen at once by every process of this machine."""

import mmap
import os
from pathlib import Path

LENGTH = 8  # bytes
NAME = ".removals"  # no key begins with a dot


class Removals:
    """The mark of one folder, in memory that the processes share: looking at it costs no system call.

    Each removal writes a new random mark and never counts on: two writers at once could take a counter back to a
    number that it had before.
    """

    def __init__(self, folder: Path) -> None:
        """Share the mark of `folder`; its file is made when missing."""
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(handle).st_size < LENGTH:
                # real blocks: a hole, written to on a full disk, kills
                os.pwrite(handle, os.urandom(LENGTH), 0)
            self._shared = mmap.mmap(handle, LENGTH)
        finally:
            os.close(handle)

    def mark(self) -> bytes:
        """What changes with every removal."""
        return self._shared[:LENGTH]

    def change(self) -> None:
        """Tell all processes that something has gone; to be called when it is no longer there."""
        self._shared[:LENGTH] = os.urandom(LENGTH)
