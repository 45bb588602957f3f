"""libvips by itself in a warm process, from the original: the limit for a picture that is not made yet."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Self

from bench.peers.base import Ask

PROGRAM = Path(__file__).with_name("libvips_process.py")


class Libvips:
    """A process that makes one picture at a time, without any server around it; use as a context."""

    name = "libvips"
    process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        command = [sys.executable, str(PROGRAM)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.communicate(timeout=30)

    @property
    def pid(self) -> int:
        return self.process.pid

    def make(self, photo: Path, ask: Ask, target: Path) -> bytes:
        """Make one picture and return its bytes."""
        assert self.process.stdin
        assert self.process.stdout
        job = [str(photo), ask.width, ask.height, ask.quality, str(target.with_suffix(f".{ask.format}"))]
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return Path(self.process.stdout.readline().strip()).read_bytes()
