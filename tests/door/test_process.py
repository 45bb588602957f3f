"""How the web server begins and ends."""

import os
import signal
import subprocess
import time
from pathlib import Path

from picturerail.door.door import Door
from picturerail.door.process import DRAIN_SECONDS, web_server
from tests.ports import free_port
from tests.service import wait_until

BEGUN = "BEGUN"


def slow_to_begin() -> Door:
    """A door whose process is not there yet when it is asked to stop."""
    Path(os.environ[BEGUN]).touch()
    time.sleep(60)
    raise AssertionError("nobody waits so long")


def test_a_process_that_still_begins_stops_when_asked(tmp_path: Path) -> None:
    """It must not take note only, and be killed when its time to drain is over."""
    begun = tmp_path / "begun"
    command = web_server(f"{__name__}:slow_to_begin", "127.0.0.1", free_port(), 1, 2)
    with subprocess.Popen(command, env={**os.environ, BEGUN: str(begun)}) as process:
        wait_until(begun.exists)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert time.monotonic() - started < DRAIN_SECONDS / 2
