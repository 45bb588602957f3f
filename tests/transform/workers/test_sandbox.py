"""A picture that takes an image worker over finds nothing: each way out that it tries is closed by the kernel."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from picturerail.errors import PicturerailError
from picturerail.transform.workers import ImageWorkers
from tests.files import jpeg
from tests.service import wait_until
from tests.transform.workers.evil import WAYS

SECRET = "the-secret-of-this-house"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with things to steal, and a pool of image workers in which an evil step is planted."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("originals", "spool", "mongo"):
        (folder / name).mkdir()
    for name in ("secrets.json", "mongo/collection", "originals/a"):
        (folder / name).write_text(SECRET)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as database:
        database.bind(str(folder / "mongod.sock"))
        database.listen()
        command = [
            sys.executable,
            "-m",
            "tests.transform.workers.evil",
            str(folder),
            str(listener.getsockname()[1]),
        ]
        with (folder / "secrets.json").open() as leak:
            process = subprocess.Popen(command, pass_fds=[leak.fileno()])
        wait_until((folder / "images.sock").exists)
        yield folder
        process.terminate()
        process.wait(30)


def ask(home: Path, **request: Any) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(home / "images.sock"))
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = list(connection.makefile("rb"))
    return json.loads(answer[0]) if answer else {"died": True}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_out(home: Path, way: str) -> None:
    answer = ask(home, job="evil", way=way)
    assert "open" not in answer.get("result", {}), answer
    assert "closed" in answer.get("result", {}), answer
    assert (home / "originals/a").read_text() == SECRET
    assert sorted(path.name for path in (home / "originals").iterdir()) == ["a"]


def test_more_than_twenty_ways_are_tried() -> None:
    assert len(WAYS) > 20


def test_folders_that_are_made_again_are_those_of_the_next_worker(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The kernel's rules name folders, not paths, and somebody may remove a folder while the program runs."""
    workers, picture = ImageWorkers(home / "images.sock"), jpeg(300, 200)
    for _ in range(3):
        shutil.rmtree(home / "spool")
        (home / "spool").mkdir()
        (home / "spool/picture").write_bytes(picture)
        for _ in range(3):
            assert workers.probe(home / "spool/picture").info.width == 300
    outside = tmp_path_factory.mktemp("outside") / "picture"
    outside.write_bytes(picture)
    with pytest.raises(PicturerailError):
        workers.probe(outside)
