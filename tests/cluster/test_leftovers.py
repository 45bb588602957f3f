"""What a killed supervisor leaves is asked to end, and what does not is killed when its own time is over."""

import json
import os
import sys
import time
from pathlib import Path

from picturerail import processes
from picturerail.cluster.leftovers import GRACE_SECONDS, end_leftovers, map_file
from tests.service import wait_until

DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], "deaf").touch()
time.sleep(99)
"""


def test_a_part_that_hears_nothing_is_killed_when_its_own_time_is_over(tmp_path: Path) -> None:
    deaf = processes.start([sys.executable, "-c", DEAF, str(tmp_path)])
    nobody = processes.start(["/bin/true"])
    nobody.wait()
    told = {"supervisor": nobody.pid, "parts": {"deaf": deaf.pid}, "graces": {"deaf": 0.5}}
    map_file(tmp_path).write_text(json.dumps(told))
    wait_until((tmp_path / "deaf").exists)
    said: list[str] = []
    begun = time.monotonic()
    assert end_leftovers(tmp_path, said.append)
    assert 0.5 <= time.monotonic() - begun < GRACE_SECONDS
    assert said == ["The supervisor was killed; ending what it left: deaf."]
    assert os.waitstatus_to_exitcode(os.waitpid(deaf.pid, 0)[1]) == -9
    assert not map_file(tmp_path).exists()
