"""nginx keeps hot copies open in each of its workers, and yet brings none back that was purged or replaced."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from picturerail.edge.nginx import process
from picturerail.edge.purges.targets import CachedUrl, NginxEdge
from tests.edge.client import PICTURE, get
from tests.edge.conftest import SECRET, SITE, Running
from tests.edge.origin import PNG, Answer, Asked, Origin, picture
from tests.service import wait_until

COPY = CachedUrl(PICTURE, "other")
VISITS = 40  # enough for every worker to hold the file open
LOADER_SECONDS = 62  # nginx starts to load the index of its cache a minute after its own start

PLAIN = {"Content-Type": "text/plain", "Cache-Control": "no-store"}
ANSWERS: dict[str, Callable[[Asked], Answer]] = {
    "gone": lambda asked: Answer(404, {"Content-Type": "text/plain"}, b""),
    "gone and not to be kept": lambda asked: Answer(404, PLAIN, b""),
    "private": lambda asked: Answer(401, PLAIN, b""),
    "replaced": lambda asked: Answer(body=PNG + b"new"),
}


def visit(edge: Running) -> list[tuple[int, bytes]]:
    """What visitors get over so many connections, four at a time."""
    with ThreadPoolExecutor(4) as visitors:
        return [
            (status, body) for status, _, body in visitors.map(lambda _: get(edge, PICTURE), range(VISITS))
        ]


def purge(edge: Running, *, soft: bool) -> None:
    NginxEdge(edge.edge.inner, SECRET, SITE).purge([COPY], soft=soft)


@pytest.fixture(params=["started", "restarted", "reloaded"])
def hot(request: pytest.FixtureRequest, edge: Running, origin: Origin) -> Running:
    """An edge of which every worker holds the picture open; nginx has not loaded its index yet."""
    get(edge, PICTURE)
    if request.param == "restarted":
        edge.close()
        edge.restart()
    if request.param == "reloaded":
        process.reload(edge.process)
    assert {status for status, _ in visit(edge)} == {200}
    return edge


@pytest.mark.parametrize("now", ANSWERS)
def test_what_was_purged_stays_gone(hot: Running, origin: Origin, now: str) -> None:
    old = get(hot, PICTURE)[2]
    origin.answer = ANSWERS[now]
    purge(hot, soft=False)
    answers = visit(hot)
    assert old not in {body for _, body in answers}
    assert {status for status, _ in answers} == {ANSWERS[now](Asked("GET", PICTURE, {})).status}


def test_what_was_purged_stays_gone_while_the_origin_is_away(hot: Running, origin: Origin) -> None:
    origin.stop()
    purge(hot, soft=False)
    assert {status for status, _ in visit(hot)} == {503}


def test_what_was_replaced_is_new_in_every_worker(hot: Running, origin: Origin) -> None:
    for new in (PNG + b"second", PNG + b"third"):
        origin.answer = lambda asked, new=new: Answer(body=new)  # type: ignore[misc]
        purge(hot, soft=True)  # answered with the head of the new picture, a moment before all of it is there
        wait_until(lambda new=new: get(hot, PICTURE)[2] == new)  # type: ignore[misc]
        assert set(visit(hot)) == {(200, new)}


@pytest.mark.slow
def test_nothing_comes_back_once_the_index_is_loaded(edge: Running, origin: Origin) -> None:
    get(edge, PICTURE)
    edge.close()
    edge.restart()
    time.sleep(LOADER_SECONDS)
    for now in ANSWERS:
        visit(edge)
        test_what_was_purged_stays_gone(edge, origin, now)
        origin.answer = picture
        wait_until(lambda: get(edge, PICTURE)[0] == 200)  # what is missing is kept for 2 seconds
    test_what_was_replaced_is_new_in_every_worker(edge, origin)
