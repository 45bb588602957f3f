"""What an edge does when its disk is full, its files are damaged, or it is stopped in the middle."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from picturerail.edge.verify_cache import check
from tests.edge.client import PICTURE, get
from tests.edge.conftest import Running, start_edge
from tests.edge.origin import PNG, Answer, Asked, Origin, picture
from tests.service import wait_until


def hashed(asked: Asked) -> Answer:
    answer = Answer(body=PNG + asked.path.encode() * 3000)
    digest = base64.b64encode(hashlib.sha256(answer.body).digest()).decode()
    answer.headers = {**answer.headers, "Repr-Digest": f"sha-256=:{digest}:"}
    return answer


def kept(edge: Running) -> Path:
    (path,) = (path for path in (edge.edge.folder / "cache").rglob("*") if path.is_file())
    return path


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a flipped bit": lambda content: content[:-100] + bytes([content[-100] ^ 1]) + content[-99:],
    "cut short": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_not_served_after_a_start(edge: Running, origin: Origin, damage: str) -> None:
    origin.answer = hashed
    good = get(edge, PICTURE)[2]
    edge.close()
    kept(edge).write_bytes(DAMAGE[damage](kept(edge).read_bytes()))
    edge.restart()
    assert get(edge, PICTURE)[2] == good
    edge.close()
    edge.restart()
    assert (get(edge, PICTURE)[2], len(origin.asked)) == (good, 2), "a good copy outlives a restart"


def test_damage_is_found_while_it_runs(edge: Running, origin: Origin) -> None:
    """At once, although nginx's workers hold the file open."""
    origin.answer = hashed
    good = get(edge, PICTURE)[2]
    assert {get(edge, PICTURE)[2] for _ in range(20)} == {good}
    kept(edge).write_bytes(DAMAGE["a flipped bit"](kept(edge).read_bytes()))
    done = check(edge.edge.folder)
    assert (done.good, done.damaged) == (0, 1)
    assert {get(edge, PICTURE)[2] for _ in range(20)} == {good}
    assert check(edge.edge.folder).good == 1


def test_a_copy_that_somebody_else_removes_is_missed_soon(edge: Running, origin: Origin) -> None:
    origin.answer = hashed
    good = get(edge, PICTURE)[2]
    assert {get(edge, PICTURE)[2] for _ in range(20)} == {good}
    kept(edge).unlink()
    wait_until(lambda: get(edge, PICTURE)[1]["X-Cache"] == "MISS")
    assert {get(edge, PICTURE)[2] for _ in range(20)} == {good}


def test_killed_in_the_middle_of_a_picture(edge: Running, origin: Origin) -> None:
    origin.answer = lambda asked: Answer(body=PNG + os.urandom(100), delay=3)
    visit = subprocess.Popen(
        ["curl", "-s", "-H", "Host: pictures.example", f"{edge.url}{PICTURE}"], stdout=subprocess.DEVNULL
    )
    wait_until(lambda: len(origin.asked) == 1)
    os.killpg(edge.process.pid, signal.SIGKILL)
    edge.process.wait()
    visit.wait(5)
    origin.answer = hashed
    edge.restart()
    assert get(edge, PICTURE)[2] == hashed(Asked("GET", PICTURE, {})).body


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB; needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False).returncode:
        pytest.fail("this test mounts a tmpfs: run it as root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_serves_nothing_wrong_and_heals(origin: Origin, small_disk: Path) -> None:
    origin.answer = hashed
    edge = start_edge(small_disk, origin.address, min_free=1024 * 1024)
    try:
        warm = get(edge, PICTURE)[2]
        ballast = small_disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(9 * 1024 * 1024))
        assert get(edge, PICTURE)[2] == warm
        for number in range(20):
            path = PICTURE.replace("100", str(number + 1000))
            wanted = hashed(Asked("GET", path, {})).body
            try:
                status, _, body = get(edge, path)
            except OSError:
                continue
            assert status != 200 or body == wanted
        ballast.unlink()
        assert get(edge, PICTURE.replace("100", "5000"))[0] == 200
    finally:
        edge.close()


def test_a_cache_that_somebody_removes_is_made_anew(edge: Running, origin: Origin) -> None:
    """Nobody notices, neither with a picture that was kept nor with one that was not."""
    warm, cold = PICTURE, PICTURE.replace("a.jpg", "b.jpg")
    assert get(edge, warm)[0] == 200
    shutil.rmtree(edge.edge.folder / "cache")
    for path in (cold, warm):
        status, _, body = get(edge, path)
        assert (status, body) == (200, picture(Asked("GET", path, {"accept": "*/*"})).body)
    wait_until(lambda: [get(edge, path)[1]["X-Cache"] for path in (cold, warm)] == ["HIT", "HIT"], 10)


def test_a_full_disk_of_the_cache_keeps_nobody_waiting(
    origin: Origin, small_disk: Path, tmp_path: Path
) -> None:
    """With the temporary files on another disk: everything is served, kept again when there is room."""
    origin.answer = hashed
    edge = start_edge(small_disk, origin.address, min_free=1024 * 1024, temp=tmp_path / "temp")
    paths = [PICTURE.replace("100", str(number + 1000)) for number in range(20)]
    try:
        ballast = small_disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(9 * 1024 * 1024))
        for path in paths:
            assert get(edge, path)[::2] == (200, hashed(Asked("GET", path, {})).body)
        ballast.unlink()
        wait_until(lambda: {get(edge, path)[1]["X-Cache"] for path in paths} == {"HIT"}, 20)
    finally:
        edge.close()
