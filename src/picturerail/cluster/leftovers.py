"""What a supervisor that was killed has left behind: found by its map, and ended."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picturerail.cluster.services import kill_group

GRACE_SECONDS = 20.0  # of a part whose own time the map does not tell


def map_file(data: Path) -> Path:
    """Where a running world says which process is which part."""
    return data / "cluster.json"


def read_map(data: Path) -> dict[str, Any] | None:
    """What the last supervisor wrote down; None when it has taken everything with it."""
    try:
        known: dict[str, Any] = json.loads(map_file(data).read_text())
    except FileNotFoundError:
        return None
    return known


def is_up(data: Path) -> bool:
    """Whether the supervisor lives."""
    known = read_map(data)
    return known is not None and _is_of(known["supervisor"], "cluster")


def end_leftovers(data: Path, told: Callable[[str], None] = lambda _: None) -> bool:
    """End the parts of a world whose supervisor is gone; False when there is nothing to end."""
    known = read_map(data)
    if known is None or is_up(data):
        return False
    pids = {name: pid for name, pid in known["parts"].items() if _is_of(pid, str(data.absolute()))}
    if pids:
        told(f"The supervisor was killed; ending what it left: {', '.join(pids)}.")
    for pid in pids.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    begun, graces = time.monotonic(), known.get("graces", {})
    while pids := {name: pid for name, pid in pids.items() if _is_of(pid, str(data.absolute()))}:
        for name, pid in pids.items():
            if time.monotonic() - begun > graces.get(name, GRACE_SECONDS):
                kill_group(pid)
        time.sleep(0.1)
    map_file(data).unlink(missing_ok=True)
    return True


def _is_of(pid: int, mention: str) -> bool:
    """Whether a process still is the one that we mean: numbers are given again, most of all after a restart."""
    try:
        # empty for one that has ended and waits for its parent
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return mention.encode() in command
