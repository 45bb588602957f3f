"""The whole program in a process of its own, as a person starts it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.ports import free_port

START_SECONDS = 120  # on a machine where many others start, too
COMMAND = [sys.executable, "-m", "picturerail"]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition; fail loudly when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain")
        time.sleep(0.05)


@dataclass
class Service:
    """`picturerail serve` on a data folder; use as a context, or start, kill and start again."""

    data: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    owner_email: str = ""
    owner_password: str = ""
    process: subprocess.Popen[str] | None = None
    command: Sequence[str] = field(default_factory=COMMAND.copy)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def cloudinary_url(self) -> str:
        """What `picturerail credentials` prints: CLOUDINARY_URL=..., without the name."""
        return self.run("credentials").strip().partition("=")[2]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self, *, wait: bool = True) -> None:
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*self.command, "serve", "--data", str(self.data), "--port", str(self.port)],
                env=self._env(),
                stdout=log,
                stderr=log,
                text=True,
            )
        if not wait:
            return
        try:  # for this process itself: children of one that was killed may still answer for a moment
            wait_until(lambda: self.answers() and b" serves " in self.log.read_bytes()[begun:], START_SECONDS)
        except AssertionError:
            self.stop()
            raise

    def answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the program stopped:\n{self.log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """kill -9 the supervisor; its children are told to stop by the kernel."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def run(self, *args: str, stdin: str | None = None) -> str:
        """Run another picturerail command on the same data folder and return what it prints."""
        done = subprocess.run(
            [*self.command, *args, "--data", str(self.data)],
            env=self._env(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def add_user(self, email: str, role: str, password: str) -> None:
        self.run("user", "add", email, "--role", role, "--password-stdin", stdin=password + "\n")
        if role == "owner":
            self.owner_email, self.owner_password = email, password

    def _env(self) -> dict[str, str]:
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("PICTURERAIL_", "CLOUDINARY_", "MONGO_"))
        }
        return clean | {"PYTHONUNBUFFERED": "1"} | self.env
