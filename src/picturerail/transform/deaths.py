"""How image workers died: told by the pool that reaps them, asked by whoever waited for one of them.

What a worker was at is known by the name that its job was sent with.
"""

import mmap
import signal
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

MAX_TOLD = 200  # deaths that can be asked for; who waited for one asks within a second
TELL_SECONDS = 2.0  # in which a pool that is there has told of a death
MAX_JOB_NAME = 32  # bytes
# Of time, of memory, or of what is in the picture; all others come from outside.
OWN_FAULT = {
    getattr(signal, f"SIG{name}").value
    for name in ("ALRM", "PROF", "ABRT", "SEGV", "BUS", "TRAP", "ILL", "FPE", "SYS")
}


def folder_of(socket_path: Path) -> Path:
    """Where the pool behind a socket tells how its workers died."""
    return socket_path.resolve().with_suffix(".deaths")


class JobInHand:
    """The name of the job that a worker is at: in memory that it shares with the pool, which outlives it."""

    def __init__(self) -> None:
        """At none yet."""
        self._shared = mmap.mmap(-1, MAX_JOB_NAME)

    @property
    def name(self) -> str:
        """The name of the job; "" for none."""
        written = bytes(self._shared).rstrip(b"\0").decode("ascii", "replace")
        return written if written.isalnum() else ""

    def note(self, name: str) -> None:
        """Be at the job of a name, or at none."""
        self._shared[:] = name.encode()[:MAX_JOB_NAME].ljust(MAX_JOB_NAME, b"\0")


class Deaths:
    """A folder with one small file for each of the last deaths, named after the job; for the pool."""

    def __init__(self, folder: Path) -> None:
        """Begin anew in `folder`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.iterdir():
            left.unlink(missing_ok=True)
        self._folder, self._told = folder, deque[Path]()

    def tell(self, job: str, number: int) -> None:
        """Tell by which signal the worker died that was at a job; the oldest death is forgotten."""
        place = self._folder / job
        with suppress(OSError):  # a full disk: whoever waited takes it for a death from outside
            place.write_text(str(number))
        self._told.append(place)
        if len(self._told) > MAX_TOLD:
            self._told.popleft().unlink(missing_ok=True)


def is_own_fault(folder: Path, job: str) -> bool:
    """Whether the worker that was at a job died of its picture, as told in `folder`; waits until the pool has told."""
    place, end = folder / job, time.monotonic() + TELL_SECONDS
    while time.monotonic() < end:
        with suppress(FileNotFoundError, ValueError):
            return int(place.read_text()) in OWN_FAULT
        if not folder.exists():
            break
        time.sleep(0.01)
    return False
