"""Crowds at an edge for what cannot be had: one request at the origin, the real program, and nobody stands in line."""

import asyncio
import io
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import cloudinary.uploader
import cloudinary.utils
import pytest

from tests.edge.door import Door
from tests.edge.site import Site, site
from tests.faults.uploads import account_of, unique_jpeg
from tests.service import wait_until

pytestmark = pytest.mark.alone

VISITORS = 150
FORGOTTEN = 2.1  # seconds after which an edge asks for a refusal again
CLOUD = "/picturerail/image"
THERE = f"{CLOUD}/upload/c_scale,w_%d,e_sharpen/there.jpg"
GONE = f"{0x0123456789ABCDEF0123456:023x}"  # and one digit


@dataclass
class Place:
    """A site, and the door of its origin."""

    site: Site
    door: Door


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        doors: list[Door] = []

        def watched(origin: str) -> str:
            doors.append(stack.enter_context(Door(origin)))
            return doors[0].address

        running = stack.enter_context(site(tmp_path_factory.mktemp("crowds"), between=watched))
        for name, kind in (("there", "upload"), ("closed", "authenticated")):
            content = io.BytesIO(unique_jpeg(len(name), (1200, 900)))
            cloudinary.uploader.upload(content, public_id=name, type=kind, **account_of(running.front))
        yield Place(running, doors[0])


async def _visit(site: Site, path: str) -> tuple[int, bytes]:
    host, _, port = site.edges[0].edge.listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


def crowd(site: Site, path: str) -> tuple[set[tuple[int, bytes]], float]:
    """What `VISITORS` at once are answered, and the seconds until the last of them is."""

    async def all_at_once() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(_visit(site, path) for _ in range(VISITORS)))

    started = time.monotonic()
    with ThreadPoolExecutor(1) as apart:
        answers = apart.submit(asyncio.run, all_at_once()).result()
    return set(answers), time.monotonic() - started


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{CLOUD}/upload/missing%d.jpg", 404),
        (f"{CLOUD}/upload/c_scale,w_abc%d/there.jpg", 400),
        (f"{CLOUD}/upload/l_nowhere%d/there.jpg", 404),
        (f"{CLOUD}/authenticated/w_1%d/closed.jpg", 401),
        (f"{CLOUD}/fetch/http://127.0.0.1:1/x%d.jpg", 400),
        (f"{CLOUD}/nonsense/there%d.jpg", 404),
        (f"/gallery/{GONE}%d", 404),
        (f"/gallery/?after={GONE}%d", 303),
        ("/static/app.0000000%d.js", 404),
    ],
)  # fmt: skip
def test_a_crowd_at_a_refusal_asks_once_and_waits_no_longer_than_one_at_a_picture(
    place: Place, path: str, status: int
) -> None:
    width = 200 + zlib.crc32(path.encode()) % 1000

    def waits_no_longer(turn: int) -> bool:
        """One address a turn: only who asks for what is not kept at all waits for another's answer."""
        picture, refused = THERE % (width + turn), path % turn
        place.door.asked.clear()
        there, at_a_picture = crowd(place.site, picture)
        assert {code for code, _ in there} == {200}
        answers, at_a_refusal = crowd(place.site, refused)
        assert {code for code, _ in answers} == {status}
        assert len(answers) == 1, "all read the same sentence"
        assert (place.door.asked[refused], place.door.asked[picture]) == (1, 1)
        return at_a_refusal <= 2 * at_a_picture

    for turn in range(3):  # other tests may be busy on the same cores just then
        if waits_no_longer(turn):
            return
    raise AssertionError("three times in a row a refusal took longer than two pictures")


def test_a_refusal_is_forgotten_after_a_moment(place: Place) -> None:
    """It is never shown while the edge asks again, as a picture is."""
    path = f"{CLOUD}/upload/later.jpg"
    assert place.site.get(path)[0] == 404
    cloudinary.uploader.upload(io.BytesIO(unique_jpeg(7)), public_id="later", **account_of(place.site.front))
    wait_until(lambda: place.site.get(f"{CLOUD}/upload/w_9/later.jpg")[0] == 200)
    time.sleep(FORGOTTEN)
    assert place.site.get(path)[0] == 200


def test_what_depends_on_who_asks_is_kept_for_nobody(place: Place) -> None:
    path = f"{CLOUD}/authenticated/closed.jpg"
    asked = place.door.asked[path]
    for _ in range(3):
        status, headers, _ = place.site.get(path, {"Cookie": "__cld_token__=exp=1~hmac=2"})
        assert (status, headers["X-Cache"]) == (401, "BYPASS")
    assert place.door.asked[path] == asked + 3


def test_a_crowd_with_a_signature_of_something_closed_goes_straight_through(place: Place) -> None:
    account = account_of(place.site.front)
    url, _ = cloudinary.utils.cloudinary_url(
        "closed.jpg", type="authenticated", sign_url=True, width=321, crop="scale", **account
    )
    path = urlsplit(url).path
    _, at_a_picture = crowd(place.site, THERE % 96)
    answers, at_a_closed_one = crowd(place.site, path)
    assert {code for code, _ in answers} <= {200, 429}, answers
    assert at_a_closed_one <= 4 * at_a_picture, "the origin answers each of them"
    asked = place.door.asked[path]
    for _ in range(2):
        _, headers, _ = place.site.get(path)
        assert headers["X-Cache"] == "BYPASS"
    assert place.door.asked[path] == asked + 2


def test_browsers_are_told_nothing_of_what_is_between_origin_and_edge(place: Place) -> None:
    for _ in range(2):
        _, headers, _ = place.site.get(THERE % 99)
        assert headers["Cache-Control"] == "public, max-age=60"
        assert headers["X-Accel-Expires"] is None
    _, headers, _ = place.site.get(f"{CLOUD}/upload/nothing.jpg")
    assert headers["Cache-Control"] == "no-store"


def test_a_crowd_while_the_origin_is_away_hears_of_it_at_once(place: Place) -> None:
    """The last of this file: the origin stays away."""
    _, at_a_picture = crowd(place.site, THERE % 98)
    place.site.service.stop()
    answers, at_nothing = crowd(place.site, THERE % 97)
    assert {code for code, _ in answers} == {503}
    assert at_nothing <= 2 * at_a_picture
