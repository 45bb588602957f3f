"""The small world as a whole: every real part at work, and each of them dying once."""

import hashlib
import io
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from tests.cluster.cluster import Cluster, Uploads, Visitor
from tests.service import wait_until


def noise(number: int) -> bytes:
    """A JPEG unlike every other one."""
    pixels = np.random.default_rng(number).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((640, 480)).save(buffer, "JPEG")
    return buffer.getvalue()


def resized(answer: dict[str, str], width: int) -> str:
    return urlsplit(answer["secure_url"]).path.replace("/upload/", f"/upload/c_scale,f_auto,w_{width}/")


def test_the_map_names_every_part_and_all_are_well(cluster: Cluster) -> None:
    code, said = cluster.command("status")
    assert code == 0, said
    assert [line.split()[0] for line in said.splitlines()] == [part.name for part in cluster.world.parts()]
    assert said.count("(primary)") == 1
    assert "AWAY" not in said


def test_a_picture_travels_through_all_of_it(cluster: Cluster, visitor: Visitor) -> None:
    content = noise(1)
    answer = visitor.upload(content, "travels")
    path = resized(answer, 100)
    said = [visitor.get(path, edge, Accept="image/webp") for edge in (0, 1, 0, 1)]
    assert [each.status for each in said] == [200] * 4
    assert [each.headers["X-Cache"] for each in said] == ["MISS", "HIT", "HIT", "HIT"]
    assert len({each.data for each in said}) == len({each.headers["X-Edge"] for each in said}) == 1
    assert Image.open(io.BytesIO(said[0].data)).size == (100, 75)
    assert said[0].headers["Content-Type"] == "image/webp"
    whole = visitor.get(urlsplit(answer["secure_url"]).path)
    assert hashlib.sha256(whole.data).digest() == hashlib.sha256(content).digest()
    assert not [*cluster.data.glob("app*/originals/*"), *cluster.data.glob("app*/derived/*")], (
        "all of it is in S3"
    )


def test_the_origin_is_hidden(cluster: Cluster) -> None:
    apps = [part for part in cluster.world.parts() if part.name.startswith("app")]
    for part in apps:
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(f"http://{part.address}/gallery/", timeout=5)
        assert refused.value.code == 403


def test_what_is_deleted_is_gone_from_both_edges(visitor: Visitor) -> None:
    path = resized(visitor.upload(noise(2), "deleted"), 90)
    for edge in (0, 1):
        assert visitor.get(path, edge).status == 200
    visitor.destroy("deleted")
    wait_until(lambda: {visitor.get(path, edge).status for edge in (0, 1)} == {404})


def test_what_is_replaced_is_new_on_both_edges(visitor: Visitor) -> None:
    visitor.upload(noise(3), "replaced")
    path = "/picturerail/image/upload/c_scale,w_80/replaced.png"
    old = [visitor.get(path, edge).data for edge in (0, 1)]
    visitor.upload(noise(4), "replaced")
    wait_until(lambda: all(visitor.get(path, edge).data not in old for edge in (0, 1)))


@pytest.mark.parametrize(
    "name",
    [
        "edge1",
        "primary",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("volume1", "app1", "mongo1")),
    ],
)
def test_a_part_dies_and_no_visitor_notices(cluster: Cluster, visitor: Visitor, name: str) -> None:
    """Warm and cold pictures go on; an upload that was acknowledged is there."""
    path = resized(visitor.upload(noise(5), f"dies-{name}"), 70)
    assert visitor.get(path).status == 200
    with Uploads(cluster, noise, threads=1) as uploads:
        victim = _primary(cluster) if name == "primary" else name
        cluster.kill(victim)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            assert visitor.get(path).status == 200
    assert uploads.acknowledged
    cluster.wait_well()
    assert uploads.lost_and_doubled() == (0, 0)
    assert uploads.longest < 20, "`make faults` asks for 5 seconds, on a machine that does nothing else"


def _primary(cluster: Cluster) -> str:
    _, said = cluster.command("status")
    return next(line.split()[0] for line in said.splitlines() if "(primary)" in line)


def test_what_a_killed_supervisor_leaves_is_ended_by_down_and_up(cluster: Cluster) -> None:
    for command in ("down", "up"):
        pids = [cluster.pid(part.name) for part in cluster.world.parts()]
        assert cluster.process is not None
        cluster.process.kill()
        cluster.process.wait()
        if command == "down":
            code, said = cluster.command("down")
            assert (code, said.splitlines()[-1]) == (0, "Stopped.")
            assert [pid for pid in pids if _runs(pid)] == []
            assert cluster.command("status")[0] == 1
        cluster.start()
        assert [pid for pid in pids if _runs(pid)] == []
        assert cluster.command("status")[0] == 0


def test_down_leaves_nothing_behind(cluster: Cluster) -> None:
    """The last of this file: it takes the world away."""
    pids = [cluster.pid(part.name) for part in cluster.world.parts()]
    code, said = cluster.command("up", "--port", "1")
    assert (code, "up already" in said) == (1, True)
    assert cluster.command("down") == (0, "Stopped.\n")
    assert cluster.process is not None
    assert cluster.process.wait(10) == 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    code, said = cluster.command("status")
    assert (code, "No world is up" in said) == (1, True)


def _runs(pid: int) -> bool:
    """Whether a process does anything any more; one that has ended may wait for whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False
