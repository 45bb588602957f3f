"""One real part of the world: how it starts, when it is ready, and how it ends."""

import contextlib
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from picturerail import processes
from picturerail.errors import StartupError

READY_SECONDS = 60


@dataclass
class Part:
    """A named process; `address` is where it listens, `ready` says whether it does its work now."""

    name: str
    what: str
    address: str
    start: Callable[[], processes.Process]
    ready: Callable[[], bool]
    grace: float = 20  # seconds to end by itself before it is killed
    process: processes.Process | None = None

    def begin(self) -> None:
        """Start it; `wait` waits until it is ready."""
        self.process = self.start()

    def wait(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it is ready; raise StartupError when it stops or does not become so."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            if self.process is not None and (code := self.process.poll()) is not None:
                raise StartupError(f"{self.name} stopped while starting (exit code {code}).")
            if time.monotonic() > deadline:
                raise StartupError(f"{self.name} did not become ready within {seconds:.0f} seconds.")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill -9, with the helpers that nginx would leave behind."""
        if self.process is not None:
            kill_group(self.process.pid)
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self.process is not None:
            processes.stop(self.process, self.grace)
            self.process = None


def start_all(parts: Sequence[Part]) -> None:
    """Start several parts at once and wait for all."""
    for part in parts:
        part.begin()
    for part in parts:
        part.wait()


def stop_all(parts: Sequence[Part]) -> None:
    """Ask several parts to end at once, and wait for all."""
    for part in parts:
        if part.process is not None and part.process.poll() is None:
            part.process.terminate()
    for part in parts:
        part.stop()


def kill_group(pid: int) -> None:
    """Kill -9 a part that `processes.start` began: it leads its own group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def listens(address: str) -> bool:
    """True when somebody takes connections at HOST:PORT."""
    host, _, port = address.rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def answers(url: str, headers: dict[str, str] | None = None) -> bool:
    """True when an HTTP GET there gives 200."""
    with contextlib.suppress(OSError):
        request = urllib.request.Request(url, headers=headers or {})
        with urllib.request.urlopen(request, timeout=3) as answer:
            return bool(answer.status == 200)
    return False
