"""Child processes that die with us."""

import ctypes
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from picturerail.errors import StartupError

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
SILENT_SECONDS = 3.0  # of waiting, before it is told what for

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    keep: Sequence[int] = (),
) -> Process:
    """Start a child in its own group that is told to stop when we die; `keep` are descriptors it inherits."""
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            list(command),
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            pass_fds=list(keep),
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - no threads run yet where we start children
            process_group=0,
        )
    except OSError as error:
        raise StartupError(f"{command[0]} cannot be started: {error.strerror}.") from error
    finally:
        if output:
            output.close()


def follow_parent() -> None:
    """Die with our parent; for processes that a library has started for us.

    A parent that ends in order ends us first, with care. One that is killed cannot; and being asked to stop then would
    not be enough: while the library still starts us, it does not listen yet, and an orphan would serve on.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:  # it died before we asked
        os._exit(1)


def keep_for_good() -> None:
    """What is here now stays as long as this process: the collector of garbage looks at none of it any more.

    Each full collection would look at a hundred thousand things of the program, while somebody waits for his answer.
    """
    gc.collect()
    gc.freeze()


def stop(process: Process, seconds: float = 20) -> int:
    """Ask a child to stop, insist after `seconds`, and return its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        print(f"Process {process.pid} did not stop within {seconds:g} s and is killed.", file=sys.stderr)
        process.kill()
        return process.wait()


def _die_with(parent: int) -> Callable[[], None]:
    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return prepare


class SlowStart:
    """Says what a start waits for, once, when it takes longer than people wait in silence."""

    def __init__(self, what: str) -> None:
        """Waiting for `what` begins now."""
        self.what = what
        self.due = time.monotonic() + SILENT_SECONDS

    def look(self) -> None:
        """Say it if it is time."""
        if time.monotonic() > self.due:
            print(f"Waiting for {self.what} ...", file=sys.stderr, flush=True)
            self.due = float("inf")
