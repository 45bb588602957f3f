"""Child processes: how their end is seen."""

import signal
import subprocess
import sys

import pytest

from picturerail import processes
from tests.service import wait_until


@pytest.mark.parametrize(
    ("command", "code"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)]
)
def test_the_exit_code_of_a_child_is_seen_and_kept_for_others(command: str, code: int) -> None:
    child = processes.start([sys.executable, "-c", command])
    wait_until(lambda: processes.exit_code(child) is not None)
    assert processes.exit_code(child) == code
    assert processes.stop(child) == code
    assert processes.exit_code(child) == code


def test_a_running_child_has_no_exit_code() -> None:
    child = processes.start(["sleep", "60"])
    assert processes.exit_code(child) is None
    assert processes.stop(child) == -signal.SIGTERM


# A handler that raises, as the server's does at its end, while children are watched again and again.
INTERRUPTED = """
import signal, sys, subprocess
from picturerail import processes
signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
child = processes.start(["sleep", "60"])
signal.setitimer(signal.ITIMER_REAL, {delay})
try:
    while True:
        {look}
finally:
    processes.stop(child, 1)
"""


def _ends(look: str, delay: float) -> bool:
    program = INTERRUPTED.format(look=look, delay=delay)
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            return process.wait(10) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return False


def test_a_signal_while_children_are_watched_never_keeps_us_from_stopping() -> None:
    assert all(_ends("processes.exit_code(child)", 0.05 + number / 1000) for number in range(12))
