"""How the web server begins and ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("part", ["public", "media"])
def test_no_collection_of_garbage_looks_at_what_the_program_is_made_of(
    part: str, tmp_path: Path, new_mongo_uri: Callable[[], str]
) -> None:
    """A full one would look at all of it, in the middle of an answer."""
    looked_at = "sum(len(gc.get_objects(generation)) for generation in range(3))"
    begun = f"door = {part}.door(); print({looked_at}, gc.get_freeze_count(), flush=True); os._exit(0)"
    settings = {
        "PICTURERAIL_DATA": str(tmp_path),
        "MONGO_URI": new_mongo_uri(),
        "SECRET_KEY": "for tests",
    }
    settings |= {"PICTURERAIL_API_KEY": "1", "PICTURERAIL_API_SECRET": "for tests"}
    told = subprocess.run(
        [sys.executable, "-c", f"import gc, os; from picturerail.rsgi import {part}; {begun}"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    left, kept = map(int, told.stdout.split())
    assert left < kept / 20
