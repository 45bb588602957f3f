"""picturerail import cloudinary, killed with -9 on its way."""

import random
import re
import subprocess

from tests.media.foreign_cloud.conftest import DEFINED
from tests.media.foreign_cloud.unruly_proxy import UnrulyProxy
from tests.media_service import MediaService
from tests.service import COMMAND, Service, wait_until

LAST_LINE = re.compile(r"taken (\d+), skipped (\d+), failed 0\Z")
WHOLE = re.compile(r"equal (\d+), different 0, missing 0, only here \d+\Z")


def test_a_command_killed_on_its_way_goes_on_and_loses_nothing(
    account: MediaService, running: Service
) -> None:
    with UnrulyProxy(account.port, share=0.05) as proxy:
        command = ["import", "cloudinary", "--url", proxy.cloudinary_url()]
        killed = subprocess.Popen(
            [*COMMAND, *command, "--data", str(running.data)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        loaded = random.randint(1, 15)
        wait_until(lambda: proxy.calls["other"] >= loaded)
        killed.kill()
        killed.wait()
        counted = LAST_LINE.search(running.run(*command).strip())
        assert counted
        assert int(counted[1]) > 0
        equal = WHOLE.search(running.run(*command, "--check").strip())
        assert equal
        assert int(equal[1]) == account.records["assets"].count_documents({}) + DEFINED
