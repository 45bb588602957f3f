"""picturerail import cloudinary, killed with -9 on its way."""

import random
import re
import subprocess

import cloudinary
from cloudinary import uploader
from cloudinary.api_client.call_api import call_api

from tests.media.foreign_cloud.conftest import DEFINED, picture
from tests.media.foreign_cloud.unruly_proxy import UnrulyProxy
from tests.media.http import send
from tests.media_service import MediaService
from tests.service import COMMAND, Service, wait_until
from tests.services import Services

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


def test_an_account_that_changes_while_it_is_moved_comes_out_equal(
    account: MediaService, services: Services
) -> None:
    """Some came on their first request and were changed there since; then more was changed, and a run was killed."""
    with UnrulyProxy(account.port, share=0.05) as proxy:
        env = {"PICTURERAIL_OLD_CLOUD": proxy.cloudinary_url(), "PICTURERAIL_FETCH_ALLOW": proxy.url[7:]}
        with services.program(env) as heir:
            command = ["import", "cloudinary", "--url", proxy.cloudinary_url()]
            for name in ("shop/003", "shop/009", "shop/015", "shop/021"):
                wait_until(lambda name=name: _is_shown(heir, name))  # type: ignore[misc]
            cloudinary.config(**account.sdk_config)
            uploader.upload(picture(100), public_id="shop/003", tags=["new"])
            uploader.add_tag("later", ["shop/009"])
            uploader.rename("shop/015", "moved/015")
            uploader.destroy("shop/021")
            assert LAST_LINE.search(heir.run(*command).strip())
            uploader.upload(picture(101), public_id="shop/003")
            uploader.upload(picture(102), public_id="shop/015")  # where another one was
            uploader.rename("shop/001", "moved/001", type="private")
            uploader.add_tag("later", ["é 000"])
            opened = {"public_ids": ["shop/005"], "access_mode": "public"}
            call_api("post", ["resources", "image", "authenticated", "update_access_mode"], opened)
            proxy.calls.clear()
            killed = subprocess.Popen(
                [*COMMAND, *command, "--data", str(heir.data)], stdout=subprocess.DEVNULL
            )
            wait_until(lambda: proxy.calls["other"] >= 1 or killed.poll() is not None)
            killed.kill()
            killed.wait()
            assert LAST_LINE.search(heir.run(*command).strip())
            assert proxy.calls["other"] <= 3 + 2 + proxy.calls["failed"], "what is here was loaded again"
            equal = WHOLE.search(heir.run(*command, "--check").strip())
            assert equal
            proxy.share = 0.0
            proxy.calls.clear()
            again = LAST_LINE.search(heir.run(*command).strip())
            assert again
            assert (int(again[1]), proxy.calls["other"]) == (0, 0)


def _is_shown(heir: Service, name: str) -> bool:
    return send(f"{heir.url}/picturerail/image/upload/{name}.png").status == 200
