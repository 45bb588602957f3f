"""The pool of image workers, as a real process: queue, limits, deaths, and memory that stays flat."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from picturerail import processes
from picturerail.errors import PicturerailError, TooManyRequests, Unavailable, UnsupportedMedia
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Context, Output, Plan, make_plan
from picturerail.transform.probe import SourceInfo
from picturerail.transform.workers import Cancellation, ImageWorkers
from tests import pictures

Start = Callable[..., tuple[ImageWorkers, int]]

SERVE = """
import sys
from pathlib import Path
from picturerail.transform.workers import serve
path, workers, queue, seconds, memory = sys.argv[1:]
serve(Path(path), workers=int(workers), queue=int(queue), seconds=int(seconds), memory=int(memory))
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(workers=1, queue=4, seconds=5, memory=...) -> (client, process id of the pool)."""
    started = []

    def starter(
        *, workers: int = 1, queue: int = 4, seconds: int = 5, memory: int = 1200 * 2**20
    ) -> tuple[ImageWorkers, int]:
        path = tmp_path / "pool.sock"
        process = processes.start(
            [sys.executable, "-c", SERVE, *map(str, (path, workers, queue, seconds, memory))]
        )
        started.append(process)
        wait(lambda: path.exists() and len(children(process.pid)) == workers)
        return ImageWorkers(path), process.pid

    yield starter
    for process in started:
        processes.stop(process)


def wait(until: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def replaced(pool: int, before: list[int]) -> bool:
    now = children(pool)
    return len(now) == len(before) and not set(now) & set(before)


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def slow_picture(folder: Path, frames: int = 60) -> Path:
    """A picture that takes seconds: an animation of many large frames."""
    return pictures.animation(folder / "slow.gif", [20] * frames, (1200, 900))


def test_probe_and_render(tmp_path: Path, start: Start) -> None:
    workers, _ = start()
    source = pictures.saved(pictures.photo("cat"), tmp_path / "cat.jpg")
    info = workers.probe(source).info
    done = workers.render(source, make_plan(parse("w_100"), info, Output("webp")), tmp_path / "out.webp")
    assert (done.width, done.height, done.format) == (100, 67, "webp")
    assert done.bytes == (tmp_path / "out.webp").stat().st_size


def test_a_thumbnail_of_a_face(tmp_path: Path, start: Start) -> None:
    workers, _ = start()
    source = pictures.saved(pictures.photo("astronaut"), tmp_path / "a.jpg", quality=95)
    info = workers.probe(source).info
    context = Context(faces=lambda: workers.faces(source))
    plan = make_plan(parse("c_thumb,g_face,w_100,h_100"), info, Output("png"), context)
    workers.render(source, plan, tmp_path / "face.png")
    (again,) = workers.faces(tmp_path / "face.png")
    assert 0.3 < again.width < 0.9
    assert abs(again.x + again.width / 2 - 0.5) < 0.1


def test_same_plan_same_bytes(tmp_path: Path, start: Start) -> None:
    workers, _ = start(workers=2)
    source = pictures.saved(pictures.photo("cat"), tmp_path / "cat.jpg")
    info = workers.probe(source).info
    for kind in ("jpg", "png", "webp", "avif", "gif"):
        plan = make_plan(parse("c_fill,w_90,h_90,r_9/a_5,q_auto"), info, Output(kind))
        for name in ("one", "two"):
            workers.render(source, plan, tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_errors_travel(tmp_path: Path, start: Start) -> None:
    workers, _ = start()
    path = tmp_path / "text"
    path.write_text("hello")
    with pytest.raises(UnsupportedMedia, match="not a picture"):
        workers.probe(path)
    with pytest.raises(PicturerailError) as failure:
        workers.probe(tmp_path / "missing")
    assert failure.value.status == 404
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "no temporary file is left"


def test_no_pool_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as failure:
        ImageWorkers(tmp_path / "nothing.sock").probe(tmp_path)
    assert failure.value.retry_after


def test_a_full_queue_refuses_at_once(tmp_path: Path, start: Start) -> None:
    workers, _ = start(workers=1, queue=3, seconds=20)
    slow = slow_picture(tmp_path)

    def probe(_: int) -> str:
        try:
            workers.probe(slow)
        except TooManyRequests as error:
            return f"refused, come back in {error.retry_after} s"
        return "done"

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(probe, range(12)))
    assert 3 <= answers.count("done") <= 5, (
        "three waiting, one in work unless all came before it began, and perhaps one more"
    )
    assert answers.count("refused, come back in 1 s") == 12 - answers.count("done")


def test_time_is_limited(tmp_path: Path, start: Start) -> None:
    workers, pool = start(seconds=1)
    before = children(pool)
    slow = slow_picture(tmp_path)
    info = SourceInfo("gif", 1200, 900, frames=60)
    plan = make_plan(parse("c_scale,w_700,h_700"), info, Output("webp"))
    began = time.monotonic()
    with pytest.raises(UnsupportedMedia, match="limits of time and memory"):
        workers.render(slow, plan, tmp_path / "out.webp")
    assert time.monotonic() - began > 0.9
    wait(lambda: len(children(pool)) == 1 and children(pool) != before)
    assert workers.probe(pictures.saved(pictures.quadrants(), tmp_path / "q.png")).info.width == 120


def test_a_drawing_has_less_time(tmp_path: Path, start: Start) -> None:
    """It takes minutes to find the brightest of the millions of points around each."""
    drawing = tmp_path / "drawing.svg"
    drawing.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f"><feMorphology '
        'operator="dilate" radius="2000"/></filter><rect width="4000" height="4000" filter="url(#f)"/></svg>'
    )
    workers, pool = start(seconds=300)
    before = children(pool)
    with pytest.raises(UnsupportedMedia, match="limits of time"):
        workers.probe(drawing)
    wait(lambda: replaced(pool, before))


def test_memory_is_limited(tmp_path: Path, start: Start) -> None:
    workers, pool = start(memory=300 * 2**20)
    big = pictures.saved(pictures.quadrants(7000, 7000), tmp_path / "big.webp", quality=1, method=0)
    with pytest.raises(PicturerailError) as failure:
        workers.probe(big)
    assert 400 <= failure.value.status < 500
    wait(lambda: len(children(pool)) == 1)
    assert workers.probe(pictures.saved(pictures.quadrants(), tmp_path / "q.png")).info.width == 120


def test_killed_workers_come_back(tmp_path: Path, start: Start) -> None:
    workers, pool = start(workers=2)
    source = pictures.saved(pictures.quadrants(), tmp_path / "q.png")
    for _ in range(2):
        before = children(pool)
        for child in before:
            os.kill(child, signal.SIGKILL)
        wait(partial(replaced, pool, before))
        assert workers.probe(source).info.width == 120


def test_workers_of_a_program_that_lets_others_go_first_do_more_than_one_job(
    tmp_path: Path, start: Start
) -> None:
    workers, pool = start()
    source = pictures.saved(pictures.quadrants(), tmp_path / "q.png")
    os.setpriority(os.PRIO_PROCESS, pool, 15)
    before = children(pool)
    os.kill(before[0], signal.SIGKILL)
    wait(partial(replaced, pool, before))
    worker = children(pool)
    assert os.getpriority(os.PRIO_PROCESS, worker[0]) == 15
    for _ in range(3):
        assert workers.probe(source).info.width == 120
    assert children(pool) == worker


def test_one_that_made_a_dear_picture_is_replaced(tmp_path: Path, start: Start) -> None:
    workers, pool = start()
    source = pictures.saved(pictures.quadrants(), tmp_path / "q.png")
    plan = make_plan(parse("w_10"), workers.probe(source).info, Output("png"))
    before = children(pool)
    workers.render(source, plan, tmp_path / "out.png", is_dear=True)
    wait(partial(replaced, pool, before))


def test_a_picture_whose_worker_is_killed_is_made_by_the_next(tmp_path: Path, start: Start) -> None:
    images, pool = start(seconds=120)
    info = SourceInfo("gif", 1200, 900, frames=30)
    plan = make_plan(parse("c_scale,w_300,h_300"), info, Output("webp"))
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(images.render, slow_picture(tmp_path, 30), plan, tmp_path / "out.webp")
        wait(lambda: working(pool))
        os.kill(children(pool)[0], signal.SIGKILL)
        assert asked.result(timeout=60).width == 300


def test_a_picture_whose_workers_are_killed_is_asked_for_later(tmp_path: Path, start: Start) -> None:
    images, pool = start(seconds=120)
    source = large_picture(tmp_path)
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(images.render, source, long_plan(), tmp_path / "made.jpg")
        for _ in range(2):
            wait(lambda: working(pool))
            before = children(pool)
            os.kill(before[0], signal.SIGKILL)
            wait(partial(replaced, pool, before))
        with pytest.raises(Unavailable) as refused:
            asked.result(timeout=20)
    assert refused.value.retry_after


def test_workers_end_with_the_pool(start: Start) -> None:
    _, pool = start(workers=2)
    wait(lambda: len(children(pool)) == 2)
    workers = children(pool)
    os.kill(pool, signal.SIGKILL)
    wait(lambda: not any(Path(f"/proc/{pid}").exists() and alive(pid) for pid in workers))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_memory_stays_flat(tmp_path: Path, start: Start) -> None:
    workers, pool = start()
    source = pictures.saved(pictures.photo("astronaut").resize((2000, 2000)), tmp_path / "big.jpg")
    info = workers.probe(source).info

    def render(width: int) -> None:
        kind = ("jpg", "webp", "png", "avif")[width % 4]
        workers.render(source, make_plan(parse(f"w_{width}"), info, Output(kind)), tmp_path / f"out.{kind}")

    for width in range(100, 140):
        render(width)
    (child,) = children(pool)
    early = resident(child)
    for width in range(140, 300):
        render(width)
    assert children(pool) == [child]
    assert resident(child) - early < 15 * 2**20


def test_what_a_large_picture_took_is_given_back_though_others_wait(tmp_path: Path, start: Start) -> None:
    workers, pool = start()
    small = pictures.saved(pictures.photo("cat"), tmp_path / "small.jpg")
    large = pictures.saved(pictures.photo("cat").resize((4000, 4000)), tmp_path / "large.jpg")

    def after_small_ones() -> int:
        for _ in range(10):
            workers.probe(small)
        return resident(children(pool)[0])

    before = after_small_ones()
    workers.probe(large)
    assert after_small_ones() - before < 24 * 2**20


def test_web_processes_stay_without_libvips() -> None:
    code = (
        "import sys, picturerail.transform.workers, picturerail.transform.plan\n"
        "print([name for name in sys.modules if 'vips' in name or name == 'PIL'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def working(pool: int) -> bool:
    """Whether some worker uses its core now."""

    def ticks() -> int:
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children(pool)]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats)

    before = ticks()
    time.sleep(0.3)
    return ticks() > before + 5


def long_plan() -> Plan:
    chain = "/".join(["e_oil_paint:90"] * 6)
    return make_plan(parse(chain), SourceInfo("jpg", 4000, 3000), Output("jpg"))


def large_picture(folder: Path) -> Path:
    return pictures.saved(pictures.photo("cat", (4000, 3000)), folder / "large.jpg")


def test_work_that_nobody_waits_for_stops(tmp_path: Path, start: Start) -> None:
    images, pool = start(seconds=120)
    source, cancellation = large_picture(tmp_path), Cancellation()
    render = partial(images.render, source, long_plan(), tmp_path / "made.jpg", cancellation=cancellation)
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(render)
        wait(lambda: working(pool))
        cancellation.cancel()
        with pytest.raises(Unavailable, match="Nobody waits"):
            asked.result(timeout=20)
        wait(lambda: not working(pool), 10)
    with pytest.raises(Unavailable, match="Nobody waits"):
        render()
    assert images.probe(pictures.saved(pictures.quadrants(), tmp_path / "q.png")).info.width == 120


def test_work_of_a_client_that_dies_stops_and_leaves_the_queue(tmp_path: Path, start: Start) -> None:
    _, pool = start(seconds=120)
    source = large_picture(tmp_path)
    ask = (
        "import sys; from pathlib import Path; from picturerail.transform.workers import ImageWorkers; "
        "from picturerail.transform.plan import Plan; import json; "
        "ImageWorkers(Path(sys.argv[1])).render(Path(sys.argv[2]), Plan.from_json(json.loads(sys.argv[3])), "
        "Path(sys.argv[4]))"
    )
    plan = json.dumps(long_plan().to_json())
    arguments = [tmp_path / "pool.sock", source, plan, tmp_path / "made.jpg"]
    clients = [subprocess.Popen([sys.executable, "-c", ask, *map(str, arguments)]) for _ in range(3)]
    wait(lambda: working(pool))
    time.sleep(1)  # the others wait in the queue by now
    for client in clients:
        client.kill()
        client.wait()

    wait(lambda: not working(pool), 10)
    assert not working(pool)
    assert not (tmp_path / "made.jpg").exists()


def test_chain_of_steps_does_not_stretch_the_time_of_a_picture(tmp_path: Path, start: Start) -> None:
    images, pool = start(seconds=120)
    source, before = large_picture(tmp_path), children(pool)

    with pytest.raises(UnsupportedMedia, match="limits of time"):
        images.render(source, long_plan(), tmp_path / "made.jpg", seconds=0.5)

    wait(lambda: replaced(pool, before))
    assert not (tmp_path / "made.jpg").exists()


def test_client_that_says_nothing_costs_no_worker(tmp_path: Path, start: Start) -> None:
    images, pool = start()
    before = children(pool)
    for said in (b"", b"{", b'{"job": "probe"'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(tmp_path / "pool.sock"))
            connection.sendall(said)
    assert images.probe(pictures.saved(pictures.quadrants(), tmp_path / "q.png")).info.width == 120
    assert children(pool) == before
