"""How image workers died: told by the pool that reaps them, asked by whoever waited for one of them."""

import signal
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

MAX_TOLD = 200  # deaths that can be asked for; who waited for one asks within a second
TELL_SECONDS = 2.0  # in which a pool that is there has told of a death
# Of time, of memory, or of what is in the picture; all others come from outside.
OWN_FAULT = {
    getattr(signal, f"SIG{name}").value
    for name in ("ALRM", "PROF", "ABRT", "SEGV", "BUS", "TRAP", "ILL", "FPE", "SYS")
}


class Deaths:
    """A folder with one small file for each of the last deaths; for the pool."""

    def __init__(self, folder: Path) -> None:
        """Begin anew in `folder`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.iterdir():
            left.unlink(missing_ok=True)
        self._folder, self._told, self._born = folder, deque[Path](), 0

    def place(self) -> Path:
        """Where the death of the next worker will be told."""
        self._born += 1
        return self._folder / str(self._born)

    def tell(self, place: Path, number: int) -> None:
        """Tell by which signal a worker died; the oldest death is forgotten."""
        with suppress(OSError):  # a full disk: whoever waited takes it for a death from outside
            place.write_text(str(number))
        self._told.append(place)
        if len(self._told) > MAX_TOLD:
            self._told.popleft().unlink(missing_ok=True)


def is_own_fault(place: Path) -> bool:
    """Whether the worker whose death is told at `place` died of its picture; waits until the pool has told."""
    end = time.monotonic() + TELL_SECONDS
    while time.monotonic() < end:
        with suppress(FileNotFoundError, ValueError):
            return int(place.read_text()) in OWN_FAULT
        if not place.parent.exists():
            break
        time.sleep(0.01)
    return False
