"""docs/api.md: its examples are run against a real program, as they stand there."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.uploads import unique_jpeg
from tests.service import Service

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


class Caller:
    """Somebody who pastes the examples into a shell, with the variables that the page names."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.folder = folder
        self.token = service.run("token", "add", "docs/api.md", "--scope", "write").splitlines()[-1]
        url = service.cloudinary_url
        key, secret = re.findall(r"//([^:]+):([^@]+)@", url)[0]
        python = str(Path(sys.executable).parent)
        self.env = os.environ | {"PATH": f"{python}:{os.environ['PATH']}", "CLOUDINARY_URL": url}
        self.env |= {"SITE": service.url, "TOKEN": self.token, "KEY": key, "SECRET": secret}

    def run(self, *command: str, **env: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.env | env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, script: str, **env: str) -> list[str]:
        """What each curl of a block answers; one that is refused fails."""
        script = script.replace("curl -s", "curl -sS --fail-with-body -w '\\n'")
        return self.run("bash", "-euc", script, **env).splitlines()


@pytest.fixture(scope="module")
def caller(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("api")
    (folder / "photo.jpg").write_bytes(unique_jpeg(7_800_001, (640, 480)))
    (folder / "harbour.jpg").write_bytes(unique_jpeg(7_800_002, (640, 480)))
    yield Caller(service, folder)
    service.run("token", "remove", "docs/api.md")


def test_the_examples_of_the_gallery_upload_read_change_and_restore(caller: Caller) -> None:
    upload, _ = PYTHON
    listing, one, form, albums, *_ = SHELL
    picture = caller.run(sys.executable, "-c", upload, caller.env["SITE"], caller.token, "photo.jpg").strip()
    [sent] = map(json.loads, caller.shell(form))
    assert (sent["picture"]["tags"], sent["picture"]["visibility"]) == (["sea", "boat"], "private")
    newest = json.loads(caller.shell(listing)[0])["pictures"][0]
    assert (newest["id"], newest["description"]) == (picture, "By a script")
    changed, trashed, restored = (json.loads(line)["picture"] for line in caller.shell(one, ID=picture))
    assert (changed["description"], changed["tags"]) == ("A boat at dawn", ["sea"])
    assert (trashed["state"], restored["state"]) == ("trash", "live")
    made, listed, saved = map(json.loads, caller.shell(albums))
    assert made["album"]["title"] == "Summer"
    assert made["album"]["id"] in {album["id"] for album in listed["albums"]}
    assert saved["album"]["q"] == "whale -aquarium"


def test_the_examples_of_the_media_service_with_the_sdk_and_with_curl(caller: Caller) -> None:
    _, sdk = PYTHON
    url, delivery, tagged, renamed, destroyed = caller.run(sys.executable, "-c", sdk).splitlines()
    assert url.endswith("/holidays/boat.jpg")
    assert "/c_fill,f_auto,h_300,w_400/" in delivery
    assert (tagged, renamed, destroyed) == ("holidays/boat", "boats/first", "ok")
    sent, listed, *_ = caller.shell(SHELL[-1])
    assert json.loads(sent)["public_id"] == "boat"
    assert "boat" in {each["public_id"] for each in json.loads(listed)["resources"]}
    assert (caller.folder / "small.webp").read_bytes()[8:12] == b"WEBP"
