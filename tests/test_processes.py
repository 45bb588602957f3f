"""Child processes: how they are stopped, and how a signal ends the one that watches them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from picturerail import processes
from tests.service import wait_until


def test_a_child_is_asked_to_stop() -> None:
    child = processes.start(["sleep", "60"])
    assert child.poll() is None
    assert processes.stop(child) == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); open({0!r}, 'w'); time.sleep(60)"
    child = processes.start([sys.executable, "-c", program.format(str(tmp_path / "ready"))])
    wait_until((tmp_path / "ready").exists)
    assert processes.stop(child, 0.2) == -signal.SIGKILL
    assert "did not stop" in capsys.readouterr().err


WATCHING = """
import signal
from picturerail import data_folder, processes, server
from picturerail.settings import Settings
server.HOUSEKEEPING = ["true"]
server.WATCH_SECONDS = 0.0
watched = server.Server(Settings(), data_folder.DataFolder(server.Path({folder!r})))
watched.folder.lock()
watched.parts = [server.SupervisedPart("sleep", lambda: None)]
watched.parts[0].process = processes.start(["sleep", "60"])
signal.signal(signal.SIGALRM, lambda *_: watched.end())
signal.setitimer(signal.ITIMER_REAL, {delay})  # comes while children are looked at, again and again
watched.watch()
watched.stop()
"""


@pytest.mark.parametrize("number", range(8))
def test_a_signal_at_any_moment_ends_the_watch_and_all_children(number: int, tmp_path: Path) -> None:
    program = WATCHING.format(folder=str(tmp_path), delay=0.05 + number / 1000)
    done = subprocess.run(
        [sys.executable, "-c", program], timeout=60, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_who_follows_its_parent_does_not_outlive_it_even_while_it_does_not_listen(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    program = f"""
import os, pathlib, signal, time
from picturerail.processes import follow_parent
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    follow_parent()
    pathlib.Path({str(told)!r}).write_text(str(os.getpid()))
time.sleep(300)
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    wait_until(lambda: told.exists() and told.read_text() != "")
    parent.kill()
    parent.wait()
    child = Path(f"/proc/{told.read_text()}/stat")

    def ended() -> bool:
        try:
            return child.read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True

    wait_until(ended)
