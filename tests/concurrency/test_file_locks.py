"""Locks by key: each holds up its own key and nothing else, over processes, and ends with its holder."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from picturerail.concurrency.file_locks import FileLocks
from picturerail.errors import Unavailable


def test_locks_end_with_their_holder_and_in_time(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    with locks.hold("a", 1):
        with pytest.raises(Unavailable), locks.hold("a", 0.05):
            pass
        with locks.hold("b", 0.05):
            pass
    with locks.hold("a", 0.05):
        pass


def test_no_two_keys_share_a_lock(tmp_path: Path) -> None:
    """Work that takes long must hold up nothing but itself: a few thousand locks were shared by some of these."""
    locks = FileLocks(tmp_path)
    with ExitStack() as held:
        for number in range(500):
            held.enter_context(locks.hold(f"w_{number}/large.jpg", 0))
        with pytest.raises(Unavailable), locks.hold("w_499/large.jpg", 0):
            pass
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_locks_hold_over_processes_and_fall_open_with_one(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from picturerail.concurrency.file_locks import FileLocks\n"
        "with FileLocks(Path(sys.argv[1])).hold('a', 1): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        locks = FileLocks(tmp_path)
        with pytest.raises(Unavailable), locks.hold("a", 0.05):
            pass
        other.kill()
        other.wait()
        with locks.hold("a", 0.5):
            pass
