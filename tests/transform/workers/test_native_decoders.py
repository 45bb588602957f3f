"""LibRaw and libultrahdr in the image workers' sandbox: they work there, and what is hostile costs its own job only."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from picturerail.errors import PicturerailError
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.workers import ImageWorkers
from tests import pictures
from tests.camera_raw_files import Dng
from tests.service import wait_until
from tests.transform.pixels.test_ultra_hdr import layers, ultra_hdr

MEGABYTE = 2**20
SHOT = pictures.quadrants(600, 400)
START = """
import sys
from pathlib import Path
from picturerail.transform import workers
folder = Path(sys.argv[1])
workers.serve(folder / "p.sock", workers=1, queue=8, seconds=10, memory=int(sys.argv[2]), write=[folder / "work"])
"""


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[ImageWorkers]:
    with started(tmp_path, 1200 * MEGABYTE) as workers:
        yield workers


@contextmanager
def started(folder: Path, memory: int) -> Iterator[ImageWorkers]:
    """A pool as the program starts it: filtered calls, no files but those below its folder."""
    (folder / "work").mkdir()
    with subprocess.Popen([sys.executable, "-c", START, str(folder), str(memory)]) as process:
        try:
            wait_until((folder / "p.sock").exists)
            yield ImageWorkers(folder / "p.sock")
        finally:
            process.terminate()


def test_it_is_looked_at_shown_and_developed(pool: ImageWorkers, tmp_path: Path) -> None:
    work = tmp_path / "work"
    source = Dng(SHOT, SHOT.resize((300, 200))).put(work / "shot.dng")
    info = pool.probe(source).info
    assert (info.format, info.preview) == ("dng", (300, 200))
    for text in ("w_200", "w_320", ""):
        plan = make_plan(parse(text), info, Output("jpg"))
        assert pool.render(source, plan, work / "out.jpg").width == plan.width
    assert pool.camera(source)["image_metadata"]["LensModel"] == "Summar 50"
    assert not pool.faces(source)


def test_a_gain_map_is_read_and_written(pool: ImageWorkers, tmp_path: Path) -> None:
    source, out = ultra_hdr(tmp_path / "work" / "room.jpg"), tmp_path / "work" / "out.jpg"
    info = pool.probe(source).info
    pool.render(source, make_plan(parse("w_200"), info, Output("jpg")), out)
    assert (info.gain_map, layers(out)[1].size) == (True, (100, 75))


def test_hostile_maps_cost_the_map_or_the_job(pool: ImageWorkers, tmp_path: Path) -> None:
    work, chance = tmp_path / "work", random.Random(7)
    good = ultra_hdr(work / "good.jpg").read_bytes()
    start = good.index(b"\xff\xd8", 100)
    answers = []
    for _ in range(60):
        content = bytearray(good)
        for _ in range(chance.choice((1, 2, 8))):
            at = chance.choice((chance.randrange(20, 900), chance.randrange(start, start + 800)))
            content[at : at + 4] = chance.choice((bytes(4), b"\xff\xff\xff\xff", chance.randbytes(4)))
        (work / "bad").write_bytes(content)
        answers.append(_answer(pool, work))
    assert set(answers) <= {"done", 413, 415}
    assert len(set(answers)) > 1


def test_one_that_needs_too_much_memory_is_refused_and_the_next_is_done(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with started(tmp_path, 360 * MEGABYTE) as pool:
        large = Dng(pictures.quadrants(5000, 4000)).put(work / "large.dng")
        small = Dng(SHOT).put(work / "small.dng")
        info = pool.probe(large).info
        with pytest.raises(PicturerailError, match="memory"):
            pool.render(large, make_plan(parse(""), info, Output("jpg")), work / "out.jpg")
        info = pool.probe(small).info
        assert pool.render(small, make_plan(parse(""), info, Output("jpg")), work / "out.jpg").width == 600


def test_hostile_files_are_refused_and_the_pool_lives(pool: ImageWorkers, tmp_path: Path) -> None:
    """Damaged in what LibRaw reads first: directories, sizes, lengths, the head of the preview."""
    work, chance = tmp_path / "work", random.Random(7)
    good = Dng(SHOT, SHOT.resize((300, 200))).content()
    answers = []
    for _ in range(120):
        content = bytearray(good)
        for _ in range(chance.choice((1, 2, 8))):
            at = chance.choice(
                (chance.randrange(8, 500), chance.randrange(2048, 2300), chance.randrange(4096, 5000))
            )
            content[at : at + 4] = chance.choice((bytes(4), b"\xff\xff\xff\xff", chance.randbytes(4)))
        (work / "bad").write_bytes(content)
        answers.append(_answer(pool, work))
    assert set(answers) <= {"done", 413, 415}
    assert len(set(answers)) > 1
    Dng(SHOT).put(work / "good.dng")
    assert pool.probe(work / "good.dng").info.width == 600


def _answer(pool: ImageWorkers, work: Path) -> str | int:
    try:
        info = pool.probe(work / "bad").info
        pool.render(work / "bad", make_plan(parse("w_500"), info, Output("jpg")), work / "out.jpg")
    except PicturerailError as error:
        return error.status
    return "done"
