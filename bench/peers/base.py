"""What a measured program is: something to start, an address for a picture, something to stop."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.parts.photographs import Photograph
from tests.ports import free_port

CACHE = Path("build/bench")


@dataclass(frozen=True)
class Ask:
    """One derived picture in words that every peer has: 0 leaves a number to the peer's default."""

    width: int
    height: int = 0  # 0 keeps the proportions; otherwise the middle is cut out to fill both
    format: str = "jpg"  # jpg, webp, avif, auto
    quality: int = 0


class Unavailable(Exception):
    """A peer that cannot be had on this machine, and what would help."""


class Peer(ABC):
    """A server in a process of its own; use as a context."""

    name: str

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @abstractmethod
    def command(self) -> list[str]:
        """Install what is needed, and say how to start it."""

    @abstractmethod
    def url(self, photo: Photograph, ask: Ask) -> str:
        """The address at which this peer answers with the picture."""

    def __enter__(self) -> Self:
        folder = CACHE / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{self.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env=self.environment(), start_new_session=True
            )
        self._wait()
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.site}/", timeout=5).close()
            except urllib.error.HTTPError:
                return  # an error page is an answer
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise Unavailable(f"{self.name} did not answer within a minute; see {CACHE}/logs/{self.name}.log")
